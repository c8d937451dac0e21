"""The first page: every task, and how to make one."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from apprenti.domain.dataset import TaskType
from apprenti.domain.errors import OptionError
from apprenti.domain.service import LabelKind
from apprenti.flow.service import labels, tasks, trainings
from apprenti.flow.service.photo_grid import count_photos
from apprenti.flow.service.tasks import TaskSettings
from apprenti.web.rooms.visits import Forms, Visits, go_to

ROUTER = APIRouter()
MOST_SHOWN = 500


@ROUTER.get("/")
def show_tasks(visit: Visits) -> Response:
    """Show every task with how far it is."""
    found = tasks.list_tasks(*visit.who, limit=MOST_SHOWN).items
    latest = trainings.latest_trainings(*visit.who, [task.id for task in found])
    rows = [
        {
            "task": task,
            "counts": count_photos(*visit.who, task.id),
            "labels": labels.list_labels(*visit.who, task_id=task.id, limit=8).items,
            "job": latest.get(task.id),
        }
        for task in found
    ]
    return visit.page("tasks", rows=rows)


@ROUTER.post("/tasks")
def make_task(form: Forms) -> Response:
    """Make a task and go to its photos."""
    wanted = form.fields.get("task_type", TaskType.MULTI_CLASS.value)
    if wanted not in {kind.value for kind in TaskType}:
        raise OptionError("field_unknown", field=wanted[:50])
    settings = TaskSettings(name=form.fields.get("name", ""), task_type=TaskType(wanted))
    task = tasks.create_task(*form.visit.who, settings)
    if task.task_type is TaskType.REGRESSION:  # a number needs a word it stands for
        label = labels.create_label(*form.visit.who, name=task.name, kind=LabelKind.TAG)
        tasks.add_label_to_task(*form.visit.who, task.id, label.id)
    return go_to(f"/tasks/{task.id}/data")


@ROUTER.get("/tasks/{task_id}")
def show_task(visit: Visits, task_id: str) -> Response:
    """Go to where a task is: its photos."""
    return go_to(f"/tasks/{visit.task(task_id).id}/data")


@ROUTER.post("/tasks/{task_id}/change")
def change_task(form: Forms, task_id: str) -> Response:
    """Change a task's name and whether it keeps the photos it is asked about."""
    keeps_images = form.fields.get("keeps_images") == "yes"
    tasks.change_task(*form.visit.who, task_id, name=form.fields.get("name", ""), keeps_images=keeps_images)
    return go_to(f"/tasks/{task_id}/data")


@ROUTER.post("/tasks/{task_id}/delete")
def delete_task(form: Forms, task_id: str) -> Response:
    """Delete a task, where its name was typed to show that it is meant."""
    if form.fields.get("name", "").strip() != form.visit.task(task_id).name:
        raise OptionError("name_differs")
    tasks.delete_task(*form.visit.who, task_id)
    return go_to("/")
