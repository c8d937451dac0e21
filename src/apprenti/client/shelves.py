"""What every group of calls is made of: ask, read as a noun, page by page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from apprenti.client.transport import Transport, segment
from apprenti.domain.errors import ServiceUnreachableError
from apprenti.domain.json_form import from_json

Noun = TypeVar("Noun")
PAGE = 200
KEEP: Any = type("Keep", (), {"__repr__": lambda _: "KEEP"})()
"""Stands for what is not to change, where ``None`` means something."""


class Shelf:
    """A group of calls about one noun.

    Args:
        transport: the way to the service.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def _one(self, kind: type[Noun], data: Any) -> Noun:
        """Return an answer as a noun.

        Raises:
            ServiceUnreachableError: it is none of ours.
        """
        try:
            return from_json(kind, data)
        except ValueError as error:
            cause = str(error)[:200]
            address = self._transport.address
            raise ServiceUnreachableError("service_unclear", address=address, cause=cause) from error

    def _get(self, kind: type[Noun], path: str) -> Noun:
        return self._one(kind, self._transport.ask_json("GET", path))

    def _every(self, kind: type[Noun], path: str, query: Mapping[str, Any] | None = None) -> Iterator[Noun]:
        """Yield all there are; the next page is asked for when the one before has been used up."""
        cursor: str | None = None
        while True:
            asked = {**(query or {}), "limit": PAGE, "cursor": cursor}
            page = self._transport.ask_json("GET", path, query=asked)
            if not isinstance(page, dict) or not isinstance(page.get("items"), list):
                address = self._transport.address
                raise ServiceUnreachableError("service_unclear", address=address, cause="no list")
            for item in page["items"]:
                yield self._one(kind, item)
            cursor = page.get("next_cursor")
            if cursor is None:
                return


def changes(**fields: Any) -> dict[str, Any]:
    """Return the fields that are to change.

    Example:
        >>> changes(name="Bread", description=KEEP)
        {'name': 'Bread'}
    """
    return {name: value for name, value in fields.items() if value is not KEEP}


def at(*words: str | int) -> str:
    """Return a path under ``/v1``, each word a part of its own.

    Example:
        >>> at("tasks", "5f0c", "versions", 3)
        '/v1/tasks/5f0c/versions/3'
    """
    return "/".join(["/v1", *(segment(str(word)) for word in words)])
