"""Takes the photo out of a request, and lets only so many in at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Request
from starlette.exceptions import HTTPException

from apprenti.api.refusals import RefusedError
from apprenti.api.uploads import files_of

UNNAMED = "photo"


class Gate:
    """Counts the requests whose photo is in memory; the next one is asked to come back.

    Args:
        n_inside: most requests at once.
    """

    def __init__(self, n_inside: int) -> None:
        self._n_free = n_inside

    @asynccontextmanager
    async def entered(self) -> AsyncIterator[None]:
        """Hold a place.

        Raises:
            RefusedError: every place is taken (503, before anything was read).
        """
        if self._n_free < 1:
            raise RefusedError("too_busy", 503, headers={"retry-after": "1"})
        self._n_free -= 1
        try:
            yield
        finally:
            self._n_free += 1


async def read_photo(request: Request, *, seconds: float) -> tuple[bytes, str]:
    """Return the bytes of the photo and the name to call it by.

    Args:
        request: its body is the photo, of any content type, or a form with the field ``image`` or ``file``.
        seconds: how long the body may take to arrive.

    Raises:
        RefusedError: there is no photo, it is too large, or too slow.
    """
    is_form = request.headers.get("content-type", "").lower().startswith("multipart/form-data")
    try:
        async with asyncio.timeout(seconds):
            data, name = await _from_form(request) if is_form else (await request.body(), UNNAMED)
    except TimeoutError as error:
        raise RefusedError("body_too_slow", 408, seconds=round(seconds)) from error
    if not data:
        raise RefusedError("body_empty", 400)
    return data, name


async def _from_form(request: Request) -> tuple[bytes, str]:
    try:
        async with request.form(max_files=1, max_fields=4) as form:
            for part in files_of(form):
                return await part.read(), part.filename or UNNAMED
    except HTTPException as error:
        raise RefusedError("form_malformed", 400) from error
    return b"", UNNAMED
