"""Bodies of requests: JSON objects that a database can keep, read within bounds of size and time."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Mapping
from typing import Any

from fastapi import Request

from apprenti.api.refusals import RefusedError

BODY_SECONDS = 60.0
MAX_DEPTH = 32
LIGHT_BYTES = 2_000_000
"""Of a body without an image; those with images are bounded by the guard in front of the application."""


async def read_light(request: Request) -> Mapping[str, Any]:
    """Return the body of a request that carries no image.

    Raises:
        RefusedError: it is no JSON object, too large or too slow.
    """
    return json_object(await _bytes(request, most=LIGHT_BYTES))


async def read_heavy(request: Request) -> Mapping[str, Any]:
    """Return the body of a request that may carry images.

    Raises:
        RefusedError: it is no JSON object, or too slow.
    """
    return json_object(await _bytes(request, most=None))


async def _bytes(request: Request, *, most: int | None) -> bytes:
    blocks, n_bytes = [], 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for block in request.stream():
                n_bytes += len(block)
                if most is not None and n_bytes > most:
                    limit = f"{most / 1e6:g}"
                    raise RefusedError("body_too_large", 413, headers={"connection": "close"}, limit=limit)
                blocks.append(block)
    except TimeoutError as error:
        raise RefusedError("body_too_slow", 408, seconds=round(BODY_SECONDS)) from error
    return b"".join(blocks)


def json_object(data: bytes) -> Mapping[str, Any]:
    """Return the object that ``data`` says; nothing at all is an empty one.

    Raises:
        RefusedError: it is no JSON object, nested too deeply, or has NaN, NUL or halves of characters, which
            databases and other readers stumble over.
    """
    refused = RefusedError("body_not_json", 400, limit=MAX_DEPTH)
    if not data.strip():
        return {}
    try:
        said = json.loads(data, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise refused from error
    if not isinstance(said, dict) or not _can_be_kept(said):
        raise refused
    return said


def _refuse_constant(word: str) -> None:
    raise ValueError(f"{word} is no JSON")


def _can_be_kept(said: object) -> bool:
    waiting = [(said, 1)]
    while waiting:
        value, depth = waiting.pop()
        if depth > MAX_DEPTH:
            return False
        if isinstance(value, dict):
            waiting += [(part, depth + 1) for pair in value.items() for part in pair]
        elif isinstance(value, list):
            waiting += [(part, depth + 1) for part in value]
        elif not _is_plain(value):
            return False
    return True


def _is_plain(value: object) -> bool:
    if isinstance(value, str):
        has_halves = not value.isascii() and any("\ud800" <= sign <= "\udfff" for sign in value)
        return not has_halves and "\x00" not in value
    return not isinstance(value, float) or math.isfinite(value)  # 1e999 is read as infinity
