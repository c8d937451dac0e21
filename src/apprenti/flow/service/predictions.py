"""Predictions: what the version in production says of an image, kept so that people can say otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.sketches import sketch
from apprenti.domain.dataset import TaskType
from apprenti.domain.errors import ConflictError, ItemError
from apprenti.domain.manifest import Manifest
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
from apprenti.store.database.rows import Page

ImageFile = bytes
Pixels = NDArray[np.uint8]
P_DIGITS, FACT_DIGITS = 6, 5
"""Decimals of probabilities and facts that are kept; whoever compares them with others rounds those as well."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Classified:
    """What was said of an image.

    Args:
        stored: what is kept of it.
        prediction: what the model said, every label listed; nothing rounded.
        embedding: float32 [D].
    """

    stored: StoredPrediction
    prediction: Prediction
    embedding: NDArray[np.float32]


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
    """Say what an image shows; where the image is kept, it and the answer are on the disk when this returns.

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
        StoreError: the answer cannot be kept.
    """
    images = [(item, data)]
    (said,) = classify_many(
        service, caller, workspace_id, task_id, images, version=version, keeps_images=keeps_image
    )
    return said.stored


def classify_many(
    service: Service,
    caller: Caller,
    workspace_id: str,
    task_id: str,
    images: Sequence[tuple[str, ImageFile | Pixels]],
    *,
    version: int | None = None,
    keeps_images: bool | None = None,
) -> list[Classified]:
    """Say what images show, all by the same version; where one cannot be used, nothing is kept of any.

    Args:
        service: what to work with.
        caller: on whose behalf.
        workspace_id: where.
        task_id: what is asked.
        images: names, for messages, each with an image file; or each with pixels uint8 [S,S,3] in the size of the
            model, of which the answers alone are kept.
        version: who answers; the version in production where nobody is named.
        keeps_images: whether to keep them; only where the task has consent. As the task says by default.

    Raises:
        ApprentiError: as ``classify``.
    """
    allow(caller, workspace_id, Role.READER)
    task, asked = answering_version(service, workspace_id, task_id, version)
    if keeps_images and not task.keeps_images:
        raise ConflictError("no_consent", task=task.name)
    model = service.models.of(asked, service.blobs)
    said = [_said(service, task, asked, model, image, item) for item, image in images]
    if task.keeps_images if keeps_images is None else keeps_images:
        files = [image for _, image in images if isinstance(image, bytes)]
        if len(files) == len(images):
            return [
                replace(one, stored=_kept_with_image(service, one, data, item))
                for one, data, (item, _) in zip(said, files, images, strict=True)
            ]
    service.prediction_log.keep(service.database, [one.stored for one in said])
    return said


def _said(
    service: Service,
    task: Task,
    version: Version,
    model: LoadedModel,
    image: ImageFile | Pixels,
    item: str,
) -> Classified:
    """Return what a model says of an image; one that cannot be used is counted."""
    begun_us = service.now_us()
    try:
        if isinstance(image, bytes):
            answered = model.ask(image, item=item, max_megapixels=service.limits.max_megapixels)
        else:
            answered = model.ask_pixels(image, item=item)
    except ItemError:
        with service.database.write(only_adds=True) as tx:
            count_error(tx, task.id, version.number, now_us=service.now_us())
        raise
    latency_us = service.now_us() - begun_us
    stored = _stored(service, task, version, model, answered, latency_us)
    return Classified(stored=stored, prediction=answered.prediction, embedding=answered.embedding)


def answering_version(
    service: Service, workspace_id: str, task_id: str, number: int | None
) -> tuple[Task, Version]:
    """Return a task and the version of it that answers; see ``AnsweringVersions``.

    Raises:
        ConflictError: the task has no model yet.
        NotFoundError: there is no such task or version.
    """
    who = service.answering.of(service.database, workspace_id, task_id, number, now_us=service.now_us())
    return who.task, who.version


def answering_model(
    service: Service, caller: Caller, workspace_id: str, task_id: str, number: int | None
) -> tuple[Version, Manifest]:
    """Return the version of a task that answers, and what its model says about itself.

    Raises:
        ConflictError: the task has no model yet.
        NotFoundError: there is no such task or version.
    """
    allow(caller, workspace_id, Role.READER)
    _, version = answering_version(service, workspace_id, task_id, number)
    return version, service.models.of(version, service.blobs).predictor.manifest


def _kept_with_image(service: Service, said: Classified, data: bytes, item: str) -> StoredPrediction:
    """Return the prediction with its image, both written."""
    made = replace(said.stored, sketch=sketch(said.embedding))
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
        facts=tuple(round(float(fact), FACT_DIGITS) for fact in answered.facts),
        latency_us=latency_us,
        created_us=service.now_us(),
    )


def answer_data(prediction: Prediction, ids: Mapping[str, str]) -> dict[str, Any]:
    """Return the JSON form of an answer: every label with its id, best first, or a number with its interval."""
    if prediction.value is not None and prediction.interval is not None:
        ends = {"low": prediction.interval.low, "high": prediction.interval.high}
        return {"value": prediction.value, **ends, "level": prediction.interval.level}
    given = {label for label, _ in prediction.labels}
    labels = [{"id": ids[name], "name": name, "p": round(p, P_DIGITS)} for name, p in prediction.top]
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
    return place.score, place.reason


def get_prediction(
    service: Service, caller: Caller, workspace_id: str, prediction_id: str
) -> StoredPrediction:
    """Return a prediction."""
    allow(caller, workspace_id, Role.READER)
    service.prediction_log.settle()
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
    service.prediction_log.settle()
    with service.database.read() as tx:
        if task_id is not None:
            task_table.get(tx, workspace_id, task_id)
        return table.page(tx, workspace_id, task_id=task_id, cursor=cursor, limit=limit)
