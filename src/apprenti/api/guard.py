"""What every request passes first: whom it is addressed to, who sends it, and how large it may be.

A page on another site can make a browser post to this machine, and a name it controls can be made to point
here. So the Host must be one of ours, and an Origin, where there is one, must be the Host itself.

Source: Ray CVE-2025-62593 (rebinding), Triton CVE-2025-23310 (size); see "DNS rebinding" in the MDN glossary.
"""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from apprenti.api.refusals import Dialects, RefusedError, answer_refusal

LOG = logging.getLogger("apprenti.api")

HEADERS = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
"""Of every answer that does not set its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Whom the server answers and how much it takes in.

    Args:
        names: host names and addresses it answers under, without ports, in lower case.
        any_address: whether it also answers under every address written in digits. No name that somebody
            else controls can hide behind digits: safe when every address of the machine is listened on.
        max_body_bytes: larger requests are turned away before they are read.
        large: paths that take in more, and how much.
    """

    names: frozenset[str]
    any_address: bool = False
    max_body_bytes: int = 20_000_000
    large: Mapping[str, int] = field(default_factory=dict)

    def most_bytes(self, path: str) -> int:
        """Return how large a request to a path may be."""
        return self.large.get(path, self.max_body_bytes)

    def answers_to(self, host: str) -> bool:
        """Return whether ``host`` (of a Host header, with or without port) is one of our names."""
        name = host_name(host)
        return name in self.names or (self.any_address and _is_address(name))


class Guard:
    """ASGI middleware that checks every request and adds safe headers to every answer.

    Args:
        app: what is behind it.
        door: whom it answers and how much it takes in.
        dialects: how refusals are said at other doors.
    """

    def __init__(self, app: ASGIApp, *, door: Door, dialects: Dialects | None = None) -> None:
        self._app, self._door, self._dialects = app, door, dialects or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or turn the request away."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)
        else:  # a WebSocket: nothing here speaks it
            await send({"type": "websocket.close", "code": 1008})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def safe_send(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        headers = Headers(scope=scope)
        try:
            most_bytes = self._door.most_bytes(scope["path"])
            self._check(headers, most_bytes)
            await self._app(scope, self._counted(receive, most_bytes), safe_send)
        except ClientDisconnect:
            return
        except Exception as error:
            if started:
                raise
            await self._refusal(error, scope)(scope, receive, safe_send)

    def _check(self, headers: Headers, most_bytes: int) -> None:
        hosts = headers.getlist("host")
        host = hosts[0] if len(hosts) == 1 else ""
        if not self._door.answers_to(host):
            raise RefusedError("host_refused", 403, host=host[:200])
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
            raise RefusedError("origin_refused", 403, origin=origin[:200])
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > most_bytes:
            raise _too_large(most_bytes)

    def _counted(self, receive: Receive, most_bytes: int) -> Receive:
        """Return ``receive`` that stops as soon as more has come than is taken: a length can be left out."""
        n_bytes = 0

        async def counted() -> Message:
            nonlocal n_bytes
            message = await receive()
            n_bytes += len(message.get("body", b""))
            if n_bytes > most_bytes:
                raise _too_large(most_bytes)
            return message

        return counted

    def _refusal(self, error: Exception, scope: Scope) -> Response:
        """Return the answer to a request that was turned away, or that nobody caught."""
        if not isinstance(error, RefusedError):
            LOG.error("%s %s", scope["method"], scope["path"], exc_info=error)
            error = RefusedError("server_failed", 500)
        return answer_refusal(error, scope, self._dialects)


def _too_large(most_bytes: int) -> RefusedError:
    limit = f"{most_bytes / 1e6:g}"
    return RefusedError("body_too_large", 413, headers={"connection": "close"}, limit=limit)


def host_name(host: str) -> str:
    """Return the name in a Host header, without port and brackets, in lower case.

    Example:
        >>> host_name("[::1]:8000")
        '::1'
    """
    host = host.strip().lower()
    if host.startswith("["):
        name, closing, _ = host[1:].partition("]")
        return name if closing else ""
    return host.partition(":")[0]


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
