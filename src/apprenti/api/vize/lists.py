"""Lists page by page: ``{"count", "next", "results"}``, the next page under the Host that the caller used."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from apprenti.api.refusals import RefusedError
from apprenti.api.vize.asking import Asked
from apprenti.store.database.rows import Page, cursor_after

PAGE_SIZE = 100
MAX_PAGES = 10_000_000
Noun = TypeVar("Noun")


def page_of(
    asked: Asked,
    look: Callable[[str | None, int], Page[Noun]],
    shown: Callable[[Sequence[Noun]], Sequence[Mapping[str, Any]]],
    *,
    count: int,
) -> Mapping[str, Any]:
    """Return one page of a list.

    The address of the next page names both its number and the place where this one ended: who deletes what he was
    shown and goes on misses nothing.

    Args:
        asked: whose ``page`` and ``after`` say which page.
        look: returns nouns after a cursor, and how many at most.
        shown: returns their JSON form.
        count: how many there are in all.
    """
    number = _page_number(asked.query.get("page", "1"))
    cursor = asked.query.get("after") or (cursor_after((number - 1) * PAGE_SIZE) if number > 1 else None)
    page = look(cursor, PAGE_SIZE)
    following = None
    if page.next_cursor is not None:
        following = str(asked.url.include_query_params(page=number + 1, after=page.next_cursor))
    return {"count": count, "next": following, "results": list(shown(page.items))}


def _page_number(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or not 1 <= int(text[:20]) <= MAX_PAGES:
        raise RefusedError("request_malformed", 400, detail="page")
    return int(text)
