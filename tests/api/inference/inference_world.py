"""A small real model behind both kinds of server, and what is asked of it."""

from __future__ import annotations

import base64
import io
import json
import struct
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from PIL import Image
from tests.api.v1.service_asking import House
from tests.blocks.models import LABELS, a_model_file

from apprenti.blocks.decoding import decode
from apprenti.domain.service import Task, Version
from apprenti.stages.predict import Predictor
from apprenti.store.database import tasks, versions

SIDE = 16
LENGTH = "Inference-Header-Content-Length"


@cache
def model_bytes(folder: Path) -> bytes:
    return a_model_file(folder)


@cache
def predictor(folder: Path) -> Predictor:
    return Predictor.open(model_bytes(folder))


def photo(seed: int, *, side_px: int = 40) -> bytes:
    """Return a noisy PNG."""
    pixels = np.random.default_rng(seed).integers(0, 256, (side_px, side_px, 3), np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def pixels_of(data: bytes, folder: Path) -> Any:
    return decode(data, predictor(folder).manifest.canvas, item="photo")


def in_json(*photos: bytes, **more: Any) -> dict[str, Any]:
    """Return a request with images as base64."""
    data = [base64.b64encode(one).decode() for one in photos]
    image = {"name": "image", "datatype": "BYTES", "shape": [len(photos)], "data": data}
    return {"inputs": [image], **more}


def in_bytes(*photos: bytes, **more: Any) -> tuple[bytes, dict[str, str]]:
    """Return the body and the headers of a request with images as bytes behind its JSON."""
    behind = b"".join(struct.pack("<I", len(one)) + one for one in photos)
    image = {"name": "image", "datatype": "BYTES", "shape": [len(photos)]}
    head = {"inputs": [{**image, "parameters": {"binary_data_size": len(behind)}}], **more}
    text = json.dumps(head).encode()
    return text + behind, {LENGTH: str(len(text))}


def outputs_of(answer: httpx.Response) -> dict[str, Any]:
    """Return the outputs of an answer in JSON, by name."""
    assert answer.status_code == 200, answer.text
    return {one["name"]: one["data"] for one in answer.json()["outputs"]}


def give_model(house: House, folder: Path, *, name: str = "birds", numbers: tuple[int, ...] = (1,)) -> str:
    """Put a task into a service that has versions, the last in production; return its id."""
    service = house.service
    task = Task(
        id=service.new_id(),
        workspace_id=house.workspace,
        name=name,
        production_version=numbers[-1],
        created_us=service.now_us(),
    )
    first = Version(
        id=service.new_id(),
        workspace_id=house.workspace,
        task_id=task.id,
        number=numbers[0],
        model_sha256=service.blobs.put(model_bytes(folder)),
        n_bytes=len(model_bytes(folder)),
        labels=tuple(service.new_id() for _ in LABELS),
        created_us=service.now_us(),
    )
    with service.database.write() as tx:
        tasks.insert(tx, task)
        versions.insert(tx, *(replace(first, id=service.new_id(), number=number) for number in numbers))
    return task.id
