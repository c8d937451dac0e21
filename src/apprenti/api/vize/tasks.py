"""Tasks: made, listed, given labels, trained, deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from apprenti.api.vize.asking import Asked, uuid_in
from apprenti.api.vize.lists import page_of
from apprenti.api.vize.routes import Answer, Routes, created
from apprenti.api.vize.shapes import shown_tasks, shown_training
from apprenti.domain.dataset import TaskType
from apprenti.flow.service import labels, tasks, trainings
from apprenti.flow.service.tasks import TaskSettings
from apprenti.texts import say

PATH = "/recognition/v2/task"
FEW_IMAGES = 20
"""Of a label: the hosted service trains on no fewer."""


class TaskWords(BaseModel):
    """What is said of a new task."""

    name: str
    type: TaskType = TaskType.MULTI_CLASS
    description: str | None = None
    keeps_images: bool = True  # each call says with store_images which it keeps; false forbids it to all


class LabelWords(BaseModel):
    """Which label is meant."""

    label_id: str


def task_routes(routes: Routes) -> None:
    """Add them."""
    routes.on("POST", PATH)(create_task)
    routes.on("GET", PATH)(list_tasks)
    routes.on("GET", f"{PATH}/{{id}}")(get_task)
    routes.on("DELETE", f"{PATH}/{{id}}")(delete_task)
    routes.on("POST", f"{PATH}/{{id}}/add-label")(add_label)
    routes.on("POST", f"{PATH}/{{id}}/remove-label")(remove_label)
    routes.on("POST", f"{PATH}/{{id}}/train")(train)


def create_task(asked: Asked) -> Answer:
    """Make a task."""
    words = asked.words(TaskWords)
    settings = TaskSettings(
        name=words.name,
        task_type=words.type,
        description=words.description or "",
        keeps_images=words.keeps_images,
    )
    (data,) = shown_tasks(asked, [tasks.create_task(*asked.here, settings)])
    return created(data)


def list_tasks(asked: Asked) -> Answer:
    """Show one page of the tasks."""
    return page_of(
        asked,
        lambda cursor, limit: tasks.list_tasks(*asked.here, cursor=cursor, limit=limit),
        lambda found: shown_tasks(asked, found),
        count=tasks.count_tasks(*asked.here),
    )


def get_task(asked: Asked) -> Answer:
    """Show a task."""
    return _shown(asked, asked.id_of("task"))


def delete_task(asked: Asked) -> Answer:
    """Delete a task with its models."""
    tasks.delete_task(*asked.here, asked.id_of("task"))
    return None


def add_label(asked: Asked) -> Answer:
    """Make a label one of the task's answers."""
    task_id, label_id = asked.id_of("task"), uuid_in(asked.words(LabelWords).label_id, "label")
    tasks.add_label_to_task(*asked.here, task_id, label_id, may_share_name=True)
    return _shown(asked, task_id)


def remove_label(asked: Asked) -> Answer:
    """Take a label from the task's answers."""
    task_id, label_id = asked.id_of("task"), uuid_in(asked.words(LabelWords).label_id, "label")
    tasks.remove_label_from_task(*asked.here, task_id, label_id)
    return _shown(asked, task_id)


def train(asked: Asked) -> Answer:
    """Put a training into the queue, and say what few images will cost."""
    task_id = asked.id_of("task")
    job = trainings.ask_training(*asked.here, task_id)
    warnings = _warnings(asked, task_id)
    return {**shown_training(asked, job, tasks.get_task(*asked.here, task_id)), "warnings": warnings}


def _warnings(asked: Asked, task_id: str) -> list[str]:
    answers = [label for label, negative in tasks.task_labels(*asked.here, task_id) if not negative]
    n_images = labels.count_images(*asked.here, [label.id for label in answers])
    return [
        say("vize.few_images", asked.lang, label=label.name, n=n_images[label.id], least=FEW_IMAGES)
        for label in answers
        if n_images[label.id] < FEW_IMAGES
    ]


def _shown(asked: Asked, task_id: str) -> Mapping[str, Any]:
    (data,) = shown_tasks(asked, [tasks.get_task(*asked.here, task_id)])
    return data
