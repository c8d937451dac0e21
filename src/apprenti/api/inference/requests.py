"""Requests for an answer: read while they are counted, and every size checked before memory is taken for it.

Source: Triton CVE-2025-23310 (sizes a sender only claims).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from fastapi import Request

from apprenti.api.inference.answers import IMAGE, PIXELS, WantedOutput, wanted_outputs
from apprenti.api.inference.errors import shown
from apprenti.api.inference.served import ServedModel, Shown
from apprenti.api.inference.tensors import BYTES, UINT8, GivenTensor, read_tensors
from apprenti.api.refusals import RefusedError

JSON_LENGTH = "inference-header-content-length"
MAX_JSON_BYTES = 8_000_000
"""JSON takes many times its size in memory; larger images travel as bytes."""

MAX_ID_SIGNS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class InferenceLimits:
    """How much one request may bring.

    Args:
        max_images: in one request.
        max_image_bytes: of one image file.
        body_seconds: how long a body may take to arrive.
    """

    max_images: int = 32
    max_image_bytes: int = 20_000_000
    body_seconds: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request for an answer.

    Args:
        request_id: the sender's word for it, sent back; ``None`` where there is none.
        images: what is asked about.
        wanted: what is asked.
    """

    request_id: str | None
    images: Sequence[Shown] = field(repr=False)
    wanted: Sequence[WantedOutput]


async def read_body(request: Request, limits: InferenceLimits) -> bytes:
    """Return the body of a request.

    Raises:
        RefusedError: it is compressed, too large or too slow.
    """
    if request.headers.get("content-encoding", "identity") != "identity":
        raise RefusedError("inference_compressed", 415)
    most = limits.max_image_bytes + MAX_JSON_BYTES
    parts, n_bytes = [], 0
    try:
        async with asyncio.timeout(limits.body_seconds):
            async for part in request.stream():
                n_bytes += len(part)
                if n_bytes > most:
                    raise _too_large(most)
                parts.append(part)
    except TimeoutError as error:
        seconds = round(limits.body_seconds)
        raise RefusedError("body_too_slow", 408, headers={"connection": "close"}, seconds=seconds) from error
    return b"".join(parts)


def read_asked(body: bytes, json_length: str | None, model: ServedModel, limits: InferenceLimits) -> Asked:
    """Return what a body asks of a model.

    Args:
        body: JSON, with the bytes of tensors behind it; or the bytes of one image alone.
        json_length: the header that says how much of it is JSON; 0 where it is an image alone.
        model: whom.
        limits: how much.

    Raises:
        RefusedError: it is malformed, or asks for too much.
    """
    n_json = _json_length(json_length, len(body))
    if n_json == 0:
        blobs = _checked([body], limits)
        return Asked(request_id=None, images=blobs, wanted=wanted_outputs({}, model))
    asked = _read_json(body[:n_json])
    request_id = asked.get("id")
    if request_id is not None and (not isinstance(request_id, str) or len(request_id) > MAX_ID_SIGNS):
        raise RefusedError("inference_malformed", 422, field="id")
    wanted = wanted_outputs(asked, model)
    tensors = read_tensors(asked, memoryview(body)[n_json:])
    if len(tensors) != 1:
        raise RefusedError("inference_one_input", 422, image=IMAGE, pixels=PIXELS)
    images = _images(tensors[0], model, limits)
    return Asked(request_id=request_id or None, images=images, wanted=wanted)


def _json_length(said: str | None, n_body: int) -> int:
    if said is None:
        n_json = n_body
    elif said.isascii() and said.isdecimal() and len(said) < 12 and int(said) <= n_body:
        n_json = int(said)
    else:
        raise RefusedError("inference_malformed", 400, field="Inference-Header-Content-Length")
    if n_body == 0:
        raise RefusedError("body_empty", 400)
    if n_json > MAX_JSON_BYTES:
        raise RefusedError("json_too_large", 413, limit=MAX_JSON_BYTES)
    return n_json


def _read_json(data: bytes) -> dict[str, Any]:
    try:
        asked = json.loads(data, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise RefusedError("json_malformed", 400) from error
    if not isinstance(asked, dict):
        raise RefusedError("json_malformed", 400)
    return asked


def _refuse_constant(_: str) -> NoReturn:
    raise RefusedError("json_not_finite", 422)


def _images(tensor: GivenTensor, model: ServedModel, limits: InferenceLimits) -> Sequence[Shown]:
    side = model.manifest.canvas.size_px
    if (tensor.name, tensor.datatype) == (IMAGE, BYTES):
        fits = len(tensor.shape) == 1 or tensor.shape[1:] == (1,)
    elif (tensor.name, tensor.datatype) == (PIXELS, UINT8):
        fits = tensor.shape[1:] == (side, side, 3)
    else:
        raise RefusedError(
            "inference_input", 422, name=shown(tensor.name), image=IMAGE, pixels=PIXELS, side=side
        )
    if not fits:
        size = " × ".join(map(str, tensor.shape))
        raise RefusedError("inference_shape", 422, name=tensor.name, shape=size, side=side)
    if tensor.shape[0] > limits.max_images:
        raise RefusedError("inference_too_many", 413, limit=limits.max_images)
    if tensor.datatype == UINT8:
        return list(tensor.levels())
    return _checked(tensor.blobs(), limits)


def _checked(blobs: list[bytes], limits: InferenceLimits) -> list[bytes]:
    if any(len(blob) > limits.max_image_bytes for blob in blobs):
        raise _too_large(limits.max_image_bytes)
    return blobs


def _too_large(most_bytes: int) -> RefusedError:
    limit = f"{most_bytes / 1e6:g}"
    return RefusedError("body_too_large", 413, headers={"connection": "close"}, limit=limit)
