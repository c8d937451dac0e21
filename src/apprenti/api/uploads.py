"""Images in requests: the body itself, or the parts of a form; counted while they come, before they are kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from apprenti.api.refusals import RefusedError

MAX_FILES = 100
FIELDS = ("image", "file")
UNNAMED = "image"
_BYTES = {"type": "string", "format": "binary"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """An image that was sent.

    Args:
        name: what the sender calls it; never a path.
        data: its bytes; empty where it is too large.
        is_too_large: larger than one image may be.
    """

    name: str
    data: bytes
    is_too_large: bool = False


async def read_image(request: Request, *, most_bytes: int) -> Upload:
    """Return the one image of a request: its body, of any content type, or the field ``image`` or ``file`` of a form.

    Raises:
        RefusedError: there is none, or it is too large.
    """
    if not _is_form(request):
        upload = Upload(name=UNNAMED, data=await _body(request, most_bytes))
    else:
        async with read_images(request, most_bytes=most_bytes, most_files=1) as uploads:
            upload = await anext(uploads, Upload(name=UNNAMED, data=b""))
    if upload.is_too_large:
        raise _too_large(most_bytes)
    if not upload.data:
        raise RefusedError("body_empty", 400)
    return upload


@asynccontextmanager
async def read_images(
    request: Request, *, most_bytes: int, most_files: int = MAX_FILES
) -> AsyncIterator[AsyncIterator[Upload]]:
    """Give the images of a form one after the other; the form lies on the disk meanwhile.

    Raises:
        RefusedError: it is no form, has too many parts, or one that nobody would look at.
    """
    if not _is_form(request):
        raise RefusedError("form_malformed", 400)
    try:
        async with request.form(max_files=most_files, max_fields=8) as form:
            files = files_of(form)
            if not files:
                raise RefusedError("body_empty", 400)
            yield _uploads(files, most_bytes)
    except HTTPException as error:
        raise RefusedError("form_malformed", 400) from error


def files_of(form: FormData, *, skips_others: bool = False) -> list[UploadFile]:
    """Return the files of a form.

    Raises:
        RefusedError: it has something else too, which the sender believes to be heard.
    """
    files = []
    for name, part in form.multi_items():
        if name in FIELDS and isinstance(part, UploadFile):
            files.append(part)
        elif not skips_others:
            raise RefusedError("form_field_unknown", 422, name=name[:100])
    return files


async def _uploads(parts: list[UploadFile], most_bytes: int) -> AsyncIterator[Upload]:
    for part in parts:
        name = plain_name(part.filename or "")
        if (part.size or 0) > most_bytes:
            yield Upload(name=name, data=b"", is_too_large=True)
        else:
            yield Upload(name=name, data=await part.read())


async def _body(request: Request, most_bytes: int) -> bytes:
    parts, n_bytes = [], 0
    async for part in request.stream():
        n_bytes += len(part)
        if n_bytes > most_bytes:
            raise _too_large(most_bytes)
        parts.append(part)
    return b"".join(parts)


def plain_name(name: str) -> str:
    r"""Return the last part of what a sender calls a file, without signs that no name has.

    Example:
        >>> plain_name("C:\\photos\\bread.jpg")
        'bread.jpg'
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in last if sign.isprintable())[:200] or UNNAMED


def image_body(*, many: bool = False) -> dict[str, object]:
    """Return how a body of images is described in OpenAPI."""
    one = {"type": "object", "properties": {"image": _BYTES}, "required": ["image"]}
    several = {
        "type": "object",
        "properties": {"image": {"type": "array", "items": _BYTES, "maxItems": MAX_FILES}},
        "required": ["image"],
    }
    form = {"multipart/form-data": {"schema": several if many else one}}
    content = form if many else {"image/*": {"schema": _BYTES}, **form}
    return {"requestBody": {"required": True, "content": content}}


def _is_form(request: Request) -> bool:
    return request.headers.get("content-type", "").lower().startswith("multipart/form-data")


def _too_large(most_bytes: int) -> RefusedError:
    limit = f"{most_bytes / 1e6:g}"
    return RefusedError("body_too_large", 413, headers={"connection": "close"}, limit=limit)
