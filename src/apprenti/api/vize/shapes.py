"""The nouns as these clients expect them in JSON; fields without which they break come first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from apprenti.api.vize.asking import Asked
from apprenti.domain.service import ImageLabel, JobState, Label, StoredImage, Task, TrainingJob, Version
from apprenti.flow.service import images, labels, trainings, verifications
from apprenti.texts import say

IN_TRAINING, TRAINED, FAILED = "IN_TRAINING", "TRAINED", "FAILED"
_ENDINGS = {"JPEG": "jpg", "WEBP": "webp"}
"""Of images as they are sent back; all others are sent as PNG."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def shown_tasks(asked: Asked, tasks: Sequence[Task]) -> list[Mapping[str, Any]]:
    """Return tasks, each with how its last training went."""
    latest = trainings.latest_trainings(*asked.here, [task.id for task in tasks])
    return [_task(task, latest.get(task.id)) for task in tasks]


def _task(task: Task, job: TrainingJob | None) -> Mapping[str, Any]:
    return {
        "id": task.id,
        "name": task.name,
        "type": task.task_type.value,
        "production_version": task.production_version,
        "workspace": task.workspace_id,
        "description": task.description,
        "last_train_status": "" if job is None else train_status(job),
        "keeps_images": task.keeps_images,
        "created": when(task.created_us),
    }


def shown_labels(asked: Asked, found: Sequence[Label]) -> list[Mapping[str, Any]]:
    """Return labels, each with its tasks and how many images show it."""
    ids = [label.id for label in found]
    tasks = labels.tasks_of_labels(*asked.here, ids)
    n_images = labels.count_images(*asked.here, ids)
    return [_label(label, tasks[label.id], n_images[label.id]) for label in found]


def _label(label: Label, tasks: Sequence[tuple[Task, bool]], n_images: int) -> Mapping[str, Any]:
    return {
        "id": label.id,
        "name": label.name,
        "type": label.kind.value,
        "tasks_count": len(tasks),
        "negative_for_task": next((task.id for task, is_negative in tasks if is_negative), None),
        "workspace": label.workspace_id,
        "images_count": n_images,
        "description": label.description,
        "output_name": label.output_name,
        "recognition_tasks": [{"id": task.id, "name": task.name} for task, _ in tasks],
        "created": when(label.created_us),
    }


def shown_images(asked: Asked, found: Sequence[StoredImage]) -> list[Mapping[str, Any]]:
    """Return images, each with how many people have verified it."""
    n_verified = verifications.verifications_of_images(*asked.here, [image.id for image in found])
    return [_image(asked, image, n_verified[image.id]) for image in found]


def shown_image(asked: Asked, image_id: str) -> Mapping[str, Any]:
    """Return an image with its labels."""
    image = images.get_image(*asked.here, image_id)
    (data,) = shown_images(asked, [image])
    said = images.labels_of_images(*asked.here, [image_id])[image_id]
    return {**data, "labels": _with_values(shown_labels(asked, [label for label, _ in said]), said)}


def _with_values(
    shown: Sequence[Mapping[str, Any]], said: Sequence[tuple[Label, ImageLabel]]
) -> list[Mapping[str, Any]]:
    return [{**label, "value": link.value} for label, (_, link) in zip(shown, said, strict=True)]


def _image(asked: Asked, image: StoredImage, n_verified: int) -> Mapping[str, Any]:
    address = f"{asked.base}recognition/v2/file/{image.id}/{image.sha256}"
    return {
        "id": image.id,
        "img_path": f"{address}.{_ENDINGS.get(image.format, 'png')}",
        "thumb_img_path": f"{address}_thumb.jpg",
        "created": when(image.created_us),
        "img_width": image.width_px,
        "img_height": image.height_px,
        "meta_data": dict(image.meta_data),
        "test_image": image.is_test,
        "real": image.is_real,
        "verifyCount": n_verified,
        "workspace": image.workspace_id,
    }


def shown_version(version: Version, task: Task) -> Mapping[str, Any]:
    """Return a version as a model."""
    return {
        "id": version.id,
        "task": task.id,
        "task_name": task.name,
        "version": version.number,
        "train_status": TRAINED,
        "workspace": version.workspace_id,
        "training_images": version.n_examples,
        "scores": dict(version.scores),
        "created": when(version.created_us),
    }


def shown_training(asked: Asked, job: TrainingJob, task: Task) -> Mapping[str, Any]:
    """Return a training as a model that is not there yet; its id stands for the version that comes of it, too."""
    error = job.error
    return {
        "id": job.id,
        "task": task.id,
        "task_name": task.name,
        "version": job.version_number,
        "train_status": train_status(job),
        "problem": say(error["key"], asked.lang, **error["values"]) if error else "",
        "workspace": job.workspace_id,
        "created": when(job.created_us),
    }


def train_status(job: TrainingJob) -> str:
    """Return the word for how a training went."""
    if not job.state.is_over:
        return IN_TRAINING
    return TRAINED if job.state is JobState.DONE else FAILED


def when(time_us: int) -> str:
    """Return a time as ISO 8601.

    Example:
        >>> when(1_760_000_000_000_000)
        '2025-10-09T08:53:20+00:00'
    """
    return (_EPOCH + timedelta(microseconds=time_us)).isoformat()
