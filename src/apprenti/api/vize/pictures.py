"""Images in requests: base64, as it is or in a ``data:`` address, or an address to fetch, where that is allowed."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from apprenti.api.refusals import RefusedError
from apprenti.domain.errors import ItemError

FILES = "/recognition/v2/file/"
"""How the addresses of image files begin; they are opened without a token."""

Fetch = Callable[[str], bytes]
LONGEST_ADDRESS = 4_000
_DATA_ADDRESS = re.compile(r"data:[\w.+/-]{0,100};base64,", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """Takes images out of requests.

    Args:
        max_bytes: of one image file.
        fetch: returns what lies at an address, or raises an error of ours; ``None`` where none is asked.
    """

    max_bytes: int
    fetch: Fetch | None = None

    def in_record(self, record: Mapping[str, Any], *, field: str = "_base64") -> bytes:
        """Return the image file of a record.

        Args:
            record: with ``field``, or with ``_url``.
            field: which field holds base64.

        Raises:
            RefusedError: there is none, or it cannot be read (400).
            ItemError: it is too large.
            ApprentiError: the address cannot be asked.
        """
        if record.get(field) is not None:
            return self.from_base64(record[field], field=field)
        if record.get("_url") is None:
            raise RefusedError("vize_no_image", 400, field=field)
        url = record["_url"]
        if self.fetch is None:
            raise RefusedError("vize_no_addresses", 400)
        if not isinstance(url, str) or len(url) > LONGEST_ADDRESS:
            raise RefusedError("request_malformed", 400, detail="_url")
        return self._bounded(self.fetch(url))

    def from_base64(self, text: object, *, field: str) -> bytes:
        """Return the bytes of strict base64: its own alphabet, padded, line ends allowed.

        Raises:
            RefusedError: it is not that (400).
            ItemError: it says more bytes than one image may have, told before it is decoded.
        """
        if not isinstance(text, str):
            raise RefusedError("vize_base64", 400, field=field)
        head = _DATA_ADDRESS.match(text)
        bare = text[head.end() :] if head else text
        if len(bare) > self.max_bytes * 1.4 + 4:
            raise self._too_large()
        try:
            data = base64.b64decode(bare.replace("\n", "").replace("\r", ""), validate=True)
        except (ValueError, binascii.Error) as error:
            raise RefusedError("vize_base64", 400, field=field) from error
        if not data:
            raise RefusedError("vize_no_image", 400, field=field)
        return self._bounded(data)

    def _bounded(self, data: bytes) -> bytes:
        if len(data) > self.max_bytes:
            raise self._too_large()
        return data

    def _too_large(self) -> ItemError:
        return ItemError("file_too_large", item="image", limit=f"{self.max_bytes / 1e6:g}")
