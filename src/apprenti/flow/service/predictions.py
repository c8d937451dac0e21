"""Predictions: what the version in production says of an image, kept so that people can say otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from apprenti.blocks.sketches import sketch
from apprenti.domain.dataset import TaskType
from apprenti.domain.errors import ConflictError, ItemError
from apprenti.domain.prediction import Prediction
from apprenti.domain.service import Caller, Origin, ReviewReason, Role, StoredPrediction, Task, Version
from apprenti.flow.service.access import allow
from apprenti.flow.service.images import ImageWords, stored_image
from apprenti.flow.service.loaded_models import Answered, LoadedModel
from apprenti.flow.service.service import Service
from apprenti.flow.service.traffic import count_answer, count_error
from apprenti.stages.feedback.review import review_places
from apprenti.store.database import images as image_table
from apprenti.store.database import predictions as table
from apprenti.store.database import tasks as task_table
from apprenti.store.database import versions as version_table
from apprenti.store.database.rows import Page


def classify(
    service: Service,
    caller: Caller,
    workspace_id: str,
    task_id: str,
    data: bytes,
    *,
    version: int | None = None,
    item: str = "image",
    keeps_image: bool | None = None,
) -> StoredPrediction:
    """Say what an image shows; when this returns, what is kept is on the disk.

    Args:
        service: what to work with.
        caller: on whose behalf.
        workspace_id: where.
        task_id: what is asked.
        data: an image file.
        version: who answers; the version in production where nobody is named.
        item: the image's name, for messages.
        keeps_image: whether to keep the image; only where the task has consent. As the task says by default.

    Raises:
        ConflictError: the task has no model yet, or the image shall be kept without consent.
        ItemError: the bytes are no image that can be used.
        NotFoundError: there is no such task or version.
    """
    allow(caller, workspace_id, Role.READER)
    task, asked = answering_version(service, workspace_id, task_id, version)
    if keeps_image and not task.keeps_images:
        raise ConflictError("no_consent", task=task.name)
    begun_us = service.now_us()
    model = service.models.of(asked, service.blobs)
    try:
        answered = model.ask(data, item=item, max_megapixels=service.limits.max_megapixels)
    except ItemError:
        with service.database.write() as tx:
            count_error(tx, task.id, asked.number, now_us=service.now_us())
        raise
    latency_us = service.now_us() - begun_us
    made = _stored(service, task, asked, model, answered, latency_us)
    if not (task.keeps_images if keeps_image is None else keeps_image):
        with service.database.write() as tx:
            table.insert(tx, made)
            count_answer(tx, made)
        return made
    made = replace(made, sketch=sketch(answered.embedding))
    return _kept_with_image(service, made, data, item)


def answering_version(
    service: Service, workspace_id: str, task_id: str, number: int | None
) -> tuple[Task, Version]:
    """Return a task and the version of it that answers.

    Raises:
        ConflictError: the task has no model yet.
        NotFoundError: there is no such task or version.
    """
    with service.database.read() as tx:
        task = task_table.get(tx, workspace_id, task_id)
        chosen = task.production_version if number is None else number
        if chosen is None:
            raise ConflictError("no_version_yet", task=task.name)
        return task, version_table.numbered(tx, workspace_id, task_id, chosen)


def _kept_with_image(service: Service, made: StoredPrediction, data: bytes, item: str) -> StoredPrediction:
    """Return the prediction with its image, both written."""
    words = ImageWords(name=item if item != "image" else "", origin=Origin.PREDICTION)
    image = stored_image(service, made.workspace_id, data, words)
    service.blobs.put(data)
    with service.database.write() as tx:
        there = image_table.by_hash(tx, made.workspace_id, image.sha256)
        if not service.blobs.has(image.sha256):
            service.blobs.put(data)
        if there is None:
            image_table.insert(tx, image)
        kept = replace(made, image_id=(there or image).id)
        table.insert(tx, kept)
        count_answer(tx, kept)
    return kept


def _stored(
    service: Service, task: Task, version: Version, model: LoadedModel, answered: Answered, latency_us: int
) -> StoredPrediction:
    prediction = answered.prediction
    prediction_id = service.new_id()
    score, reason = _review_place(prediction_id, model, prediction)
    ids = dict(zip(model.predictor.labels, version.labels, strict=True))
    best = prediction.label if task.task_type is TaskType.MULTI_CLASS else None
    if task.task_type is TaskType.MULTI_LABEL and prediction.labels:
        best = prediction.labels[0][0]
    p_of = dict(prediction.top)
    return StoredPrediction(
        id=prediction_id,
        workspace_id=task.workspace_id,
        task_id=task.id,
        version_number=version.number,
        answer=answer_data(prediction, ids),
        label_id=ids[best] if best is not None else "",
        p_label=p_of.get(best, 0.0) if best is not None else 0.0,
        familiar=prediction.familiar,
        distance=prediction.distance,
        review_score=score,
        review_reason=reason,
        facts=tuple(round(float(fact), 5) for fact in answered.facts),
        latency_us=latency_us,
        created_us=service.now_us(),
    )


def answer_data(prediction: Prediction, ids: Mapping[str, str]) -> dict[str, Any]:
    """Return the JSON form of an answer: every label with its id, best first, or a number with its interval."""
    if prediction.value is not None and prediction.interval is not None:
        ends = {"low": prediction.interval.low, "high": prediction.interval.high}
        return {"value": prediction.value, **ends, "level": prediction.interval.level}
    given = {label for label, _ in prediction.labels}
    labels = [{"id": ids[name], "name": name, "p": round(p, 6)} for name, p in prediction.top]
    if prediction.task_type is TaskType.MULTI_LABEL:
        labels = [{**label, "given": label["name"] in given} for label in labels]
    return {"labels": labels}


def _review_place(
    prediction_id: str, model: LoadedModel, prediction: Prediction
) -> tuple[float, ReviewReason | None]:
    if model.scale is None:
        return 0.0, None
    manifest = model.predictor.manifest
    if prediction.value is not None:
        answers = np.array([[prediction.value]])
    else:
        p_of = dict(prediction.top)
        answers = np.array([[p_of[label] for label in manifest.labels]])
    (place,) = review_places(
        [prediction_id],
        answers,
        [prediction.distance],
        model.scale,
        task_type=manifest.task_type,
        thresholds=manifest.thresholds,
    )
    return place.score, ReviewReason(place.reason.value)


def get_prediction(
    service: Service, caller: Caller, workspace_id: str, prediction_id: str
) -> StoredPrediction:
    """Return a prediction."""
    allow(caller, workspace_id, Role.READER)
    with service.database.read() as tx:
        return table.get(tx, workspace_id, prediction_id)


def list_predictions(
    service: Service,
    caller: Caller,
    workspace_id: str,
    *,
    task_id: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[StoredPrediction]:
    """Return predictions, newest first."""
    allow(caller, workspace_id, Role.READER)
    with service.database.read() as tx:
        if task_id is not None:
            task_table.get(tx, workspace_id, task_id)
        return table.page(tx, workspace_id, task_id=task_id, cursor=cursor, limit=limit)
