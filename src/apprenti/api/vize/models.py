"""Models, which are versions and the trainings they come of; and the question they are there for: classify."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, Field

from apprenti.api.vize.answers import answered_records
from apprenti.api.vize.asking import Asked, uuid_in
from apprenti.api.vize.lists import page_of
from apprenti.api.vize.pictures import Pictures
from apprenti.api.vize.routes import Answer, Routes
from apprenti.api.vize.shapes import shown_training, shown_version
from apprenti.domain.errors import NotFoundError
from apprenti.domain.service import TrainingJob, Version
from apprenti.flow.service import predictions, tasks, trainings, versions

PATH = "/recognition/v2/model"
MAX_RECORDS = 100
MAX_VERSION = 2**31 - 1


class ClassifyWords(BaseModel):
    """What is asked of which images."""

    records: list[dict[str, Any]] = Field(min_length=1, max_length=MAX_RECORDS)
    task_id: str | None = None
    task: str | None = None
    version: int | None = Field(default=None, ge=1, le=MAX_VERSION)
    store_images: bool | None = None


def model_routes(routes: Routes, pictures: Pictures) -> None:
    """Add them."""
    routes.on("GET", PATH)(list_models)
    routes.on("GET", f"{PATH}/{{id}}")(get_model)
    routes.on("DELETE", f"{PATH}/{{id}}")(delete_model)

    @routes.on("POST", "/recognition/v2/classify", has_images=True)
    def classify(asked: Asked) -> Answer:
        return classified(asked, pictures)


def list_models(asked: Asked) -> Answer:
    """Show one page of the versions, newest first: all, or those of a task."""
    task_id = uuid_in(asked.query["task"], "task") if asked.query.get("task") else None
    return page_of(
        asked,
        lambda cursor, limit: versions.list_versions(
            *asked.here, task_id=task_id, cursor=cursor, limit=limit
        ),
        lambda found: [_of_version(asked, version) for version in found],
        count=versions.count_versions(*asked.here, task_id=task_id),
    )


def get_model(asked: Asked) -> Answer:
    """Show a version by its id, or by the id of the training it came of; before it is there, that training."""
    id_ = asked.id_of("model")
    version, job = _found(asked, id_)
    if version is not None:
        return {**_of_version(asked, version), "id": id_}
    if job is None:
        raise NotFoundError("not_found", noun="version", id=id_)
    return shown_training(asked, job, tasks.get_task(*asked.here, job.task_id))


def delete_model(asked: Asked) -> Answer:
    """Delete a version, or cancel the training it would have come of."""
    id_ = asked.id_of("model")
    version, job = _found(asked, id_)
    if version is not None:
        versions.delete_version(*asked.here, version.task_id, version.number)
    elif job is not None and not job.state.is_over:
        trainings.cancel_training(*asked.here, job.id)
    else:
        raise NotFoundError("not_found", noun="version", id=id_)
    return None


def classified(asked: Asked, pictures: Pictures) -> Mapping[str, Any]:
    """Return what a task's model says of each record; one that cannot be read spoils none of the others.

    Raises:
        ConflictError: the task has no model yet, or keeps no images.
        NotFoundError: there is no such task or version.
    """
    words = asked.words(ClassifyWords)
    task_id = uuid_in(words.task_id or words.task, "task")
    predictions.answering_version(asked.service, asked.workspace_id, task_id, words.version)

    def ask(data: bytes) -> Any:
        return predictions.classify(
            *asked.here, task_id, data, version=words.version, keeps_image=bool(words.store_images)
        )

    return {
        "records": answered_records(words.records, pictures, ask, asked.lang),
        "status": {"code": 200, "text": "OK"},
        "task_id": task_id,
    }


def _found(asked: Asked, id_: str) -> tuple[Version | None, TrainingJob | None]:
    """Return the version meant, or the training; neither where there is nothing of this id."""
    try:
        return versions.version_by_id(*asked.here, id_), None
    except NotFoundError:
        job = trainings.get_training(*asked.here, id_)
    if job.version_number is None:
        return None, job
    try:
        return versions.get_version(*asked.here, job.task_id, job.version_number), job
    except NotFoundError:  # deleted since
        return None, None


def _of_version(asked: Asked, version: Version) -> Mapping[str, Any]:
    return shown_version(version, tasks.get_task(*asked.here, version.task_id))
