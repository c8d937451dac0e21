"""What is said to a request that is no HTTP, such as one with a length that is no number: the one shape of errors.

No application ever sees such a request, so its server answers it.
"""

from __future__ import annotations

import json

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from apprenti.plain import error_data
from apprenti.texts import say

KEY = "request_unreadable"
STATUS = 400


class Http(H11Protocol):
    """HTTP as uvicorn speaks it, but for the one answer it would give in plain text."""

    def send_400_response(self, msg: str) -> None:
        """Say that the request cannot be read, and close; in English: its headers cannot be read either."""
        body = json.dumps(error_data(KEY, say(f"errors.{KEY}", "en"))).encode()
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"cache-control", b"no-store"),
            (b"connection", b"close"),
        ]
        for event in (
            h11.Response(status_code=STATUS, headers=headers),
            h11.Data(data=body),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()
