"""Rows for tests of the database, each with what it cannot do without."""

from __future__ import annotations

import itertools
import uuid

from sqlalchemy import Connection

from apprenti.domain.service import (
    Correction,
    ImageLabel,
    Label,
    LabelKind,
    StoredImage,
    StoredPrediction,
    Task,
    TaskLabel,
    TrainingJob,
    Version,
    Workspace,
)
from apprenti.store.database import (
    corrections,
    images,
    labels,
    predictions,
    tasks,
    trainings,
    versions,
    workspaces,
)

NUMBERS = itertools.count(1)
HASH = "ab" * 32


def new_id() -> str:
    """Return an id."""
    return str(uuid.uuid4())


def add_workspace(tx: Connection) -> str:
    workspace = Workspace(id=new_id(), name="Mine", created_us=next(NUMBERS))
    workspaces.insert(tx, workspace)
    return workspace.id


def add_task(tx: Connection, here: str, **values: object) -> Task:
    task = Task(id=new_id(), workspace_id=here, name="Colours", created_us=next(NUMBERS), **values)  # type: ignore[arg-type]
    tasks.insert(tx, task)
    return task


def add_label(tx: Connection, here: str, name: str = "red", *, task: Task | None = None) -> Label:
    label = Label(id=new_id(), workspace_id=here, name=name, kind=LabelKind.TAG, created_us=next(NUMBERS))
    labels.insert(tx, label)
    if task is not None:
        labels.connect(tx, TaskLabel(task_id=task.id, label_id=label.id))
    return label


def add_image(tx: Connection, here: str, **values: object) -> StoredImage:
    image = StoredImage(
        id=new_id(),
        workspace_id=here,
        sha256=f"{next(NUMBERS):064x}",
        n_bytes=3_000_000_000,
        width_px=4,
        height_px=3,
        format="PNG",
        created_us=next(NUMBERS),
        **values,  # type: ignore[arg-type]
    )
    images.insert(tx, image)
    return image


def show(tx: Connection, image: StoredImage, label: Label, value: float | None = None) -> None:
    images.show(tx, ImageLabel(image_id=image.id, label_id=label.id, value=value, created_us=next(NUMBERS)))


def add_job(tx: Connection, task: Task, **values: object) -> TrainingJob:
    job = TrainingJob(
        id=new_id(),
        workspace_id=task.workspace_id,
        task_id=task.id,
        budget_seconds=20,
        created_us=next(NUMBERS),
        **values,  # type: ignore[arg-type]
    )
    trainings.insert(tx, job)
    return job


def add_version(tx: Connection, task: Task, **values: object) -> Version:
    version = Version(
        id=new_id(),
        workspace_id=task.workspace_id,
        task_id=task.id,
        number=versions.next_number(tx, task.id),
        model_sha256=HASH,
        n_bytes=5,
        created_us=next(NUMBERS),
        **values,  # type: ignore[arg-type]
    )
    versions.insert(tx, version)
    return version


def add_prediction(
    tx: Connection, task: Task, image: StoredImage | None, **values: object
) -> StoredPrediction:
    made = StoredPrediction(
        id=new_id(),
        workspace_id=task.workspace_id,
        task_id=task.id,
        version_number=1,
        image_id=None if image is None else image.id,
        created_us=next(NUMBERS),
        **values,  # type: ignore[arg-type]
    )
    predictions.insert(tx, made)
    return made


def add_correction(tx: Connection, task: Task, image: StoredImage, **values: object) -> Correction:
    made = Correction(
        id=new_id(),
        workspace_id=task.workspace_id,
        task_id=task.id,
        image_id=image.id,
        created_us=next(NUMBERS),
        **values,  # type: ignore[arg-type]
    )
    corrections.insert(tx, made)
    return made
