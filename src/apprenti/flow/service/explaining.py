"""Explanations: an answer with what it rests on. Nothing of it is kept or counted: somebody tries a model out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.decoding import decode, read_header
from apprenti.domain.dataset import TaskType
from apprenti.domain.prediction import Prediction
from apprenti.domain.recipe import Fit
from apprenti.domain.service import Caller, Role, Task, Version
from apprenti.flow.service.access import allow
from apprenti.flow.service.loaded_models import LoadedModel
from apprenti.flow.service.predictions import answer_data, answering_version
from apprenti.flow.service.service import Service
from apprenti.stages.predict import Heat, heat_of
from apprenti.store.database import images as image_table
from apprenti.store.database import labels as label_table
from apprenti.store.database.rows import Tx

MOST_CELLS = 9
MOST_NEAREST = 24
LOOKED_THROUGH = 200
"""Photos most alike that are looked through for some that still exist."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LikePhoto:
    """A photo the model learnt from that is like the one asked about.

    Args:
        image_id: which.
        likeness: cosine of both embeddings, 1 for the same photo.
        shows: names of the task's labels it has now; the number, where the task tells numbers.
    """

    image_id: str
    likeness: float
    shows: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Explanation:
    """An answer and what it rests on.

    Args:
        version: who answered.
        answer: its JSON form, see ``predictions.answer_data``.
        familiar: whether the photo looks like those it learnt from.
        distance: from them, above 1 is unfamiliar.
        fit: how the photo was brought into the square the model sees: where the parts of the heat lie.
        heat: what it looked at; ``None`` where that was not asked for.
        heat_label: the label whose probability was followed; empty of a number.
        nearest: photos it learnt from, the most alike first; those deleted since are left out.
        latency_us: how long the answer took, without what explains it.
    """

    version: Version
    answer: dict[str, Any]
    familiar: bool
    distance: float
    fit: Fit
    heat: Heat | None
    heat_label: str
    nearest: tuple[LikePhoto, ...]
    latency_us: int


def explain(
    service: Service,
    caller: Caller,
    workspace_id: str,
    task_id: str,
    data: bytes,
    *,
    version: int | None = None,
    item: str = "image",
    n_cells: int = 0,
    n_nearest: int = 0,
) -> Explanation:
    """Say what an image shows and why, and keep nothing.

    Args:
        service: what to work with.
        caller: on whose behalf.
        workspace_id: where.
        task_id: what is asked.
        data: an image file.
        version: who answers; the version in production where nobody is named.
        item: the image's name, for messages.
        n_cells: parts along each side whose heat is told, each of them squared being asked about; 0 for none.
        n_nearest: photos most alike that are told of; 0 for none.

    Raises:
        ConflictError: the task has no model yet.
        ItemError: the bytes are no image that can be used.
        NotFoundError: there is no such task or version.
    """
    allow(caller, workspace_id, Role.READER)
    task, asked = answering_version(service, workspace_id, task_id, version)
    model = service.models.of(asked, service.blobs)
    begun_us = service.now_us()
    read_header(data, item=item, max_megapixels=service.limits.max_megapixels)
    manifest = model.predictor.manifest
    pixels = decode(data, manifest.canvas, item=item)
    answered = model.ask_pixels(pixels, item=item)
    latency_us = service.now_us() - begun_us
    prediction, label = answered.prediction, _followed(answered.prediction)
    heat = heat_of(model.predictor, pixels, label=label, n_cells=n_cells) if n_cells else None
    names = dict(zip(model.predictor.labels, asked.labels, strict=True))
    return Explanation(
        version=asked,
        answer=answer_data(prediction, names),
        familiar=prediction.familiar,
        distance=prediction.distance,
        fit=manifest.canvas.fit,
        heat=heat,
        heat_label=label or "",
        nearest=_nearest(service, task, model, answered.embedding, n_nearest),
        latency_us=latency_us,
    )


def _followed(prediction: Prediction) -> str | None:
    """Return the label whose probability is followed: the first of the answer; ``None`` of a number."""
    if prediction.value is not None:
        return None
    given = [label for label, _ in prediction.labels]
    return given[0] if given else prediction.label


def _nearest(
    service: Service, task: Task, model: LoadedModel, embedding: NDArray[np.float32], n: int
) -> tuple[LikePhoto, ...]:
    if not n or model.known is None:
        return ()
    alike = dict(islice(model.known.most_alike(embedding), LOOKED_THROUGH))
    with service.database.read() as tx:
        return tuple(islice(_that_exist(tx, task, alike), n))


def _that_exist(tx: Tx, task: Task, alike: dict[str, float]) -> Iterator[LikePhoto]:
    """Yield those of the photos the workspace still has, in the order given."""
    images = {image.sha256: image for image in image_table.by_hashes(tx, task.workspace_id, list(alike))}
    names = {label.id: label.name for label, _ in label_table.of_task(tx, task.id)}
    said = image_table.labels_of(tx, [image.id for image in images.values()])
    for sha256, likeness in alike.items():
        image = images.get(sha256)
        if image is None:
            continue
        here = [(names[label.id], one.value) for label, one in said[image.id] if label.id in names]
        is_number = task.task_type is TaskType.REGRESSION
        shows = (
            [f"{value:g}" for _, value in here if value is not None]
            if is_number
            else [name for name, _ in here]
        )
        yield LikePhoto(image_id=image.id, likeness=round(likeness, 4), shows=tuple(shows))
