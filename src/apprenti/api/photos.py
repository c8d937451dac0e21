"""Takes the photo out of a request."""

from __future__ import annotations

import asyncio

from fastapi import Request
from starlette.exceptions import HTTPException

from apprenti.api.refusals import RefusedError
from apprenti.api.uploads import files_of

UNNAMED = "photo"


async def read_photo(request: Request, *, seconds: float, skips_others: bool = False) -> tuple[bytes, str]:
    """Return the bytes of the photo and the name to call it by.

    Args:
        request: its body is the photo, of any content type, or a form with the field ``image`` or ``file``.
        seconds: how long the body may take to arrive.
        skips_others: other fields of the form are skipped, for scripts written for somebody else; refused by default.

    Raises:
        RefusedError: there is no photo, it is too large, or too slow.
    """
    is_form = request.headers.get("content-type", "").lower().startswith("multipart/form-data")
    try:
        async with asyncio.timeout(seconds):
            data, name = (
                await _from_form(request, skips_others) if is_form else (await request.body(), UNNAMED)
            )
    except TimeoutError as error:
        raise RefusedError("body_too_slow", 408, seconds=round(seconds)) from error
    if not data:
        raise RefusedError("body_empty", 400)
    return data, name


async def _from_form(request: Request, skips_others: bool) -> tuple[bytes, str]:
    try:
        async with request.form(max_files=1, max_fields=4) as form:
            for part in files_of(form, skips_others=skips_others):
                return await part.read(), part.filename or UNNAMED
    except HTTPException as error:
        raise RefusedError("form_malformed", 400) from error
    return b"", UNNAMED
