"""Routes of tasks and their labels."""

from __future__ import annotations

from fastapi import Response
from fastapi.responses import JSONResponse

from apprenti.api.v1.asking import Asks, Cursor, Id, Limit, Posts, done, made, nouns
from apprenti.api.v1.schemas import Listed
from apprenti.api.v1.schemas_tasks import (
    MergedImages,
    MergeInto,
    NewTask,
    TaskChange,
    TaskLabels,
    TaskLabelView,
    TaskView,
)
from apprenti.flow.service import merging, tasks
from apprenti.flow.service.repeats import Answer
from apprenti.flow.service.service import Service
from apprenti.flow.service.tasks import TaskSettings

ROUTER = nouns("tasks")


@ROUTER.get("/tasks")
def list_tasks(asks: Asks, cursor: Cursor = None, limit: Limit = 50) -> Listed[TaskView]:
    """List the tasks of the workspace, oldest first."""
    page = tasks.list_tasks(*asks.who, cursor=cursor, limit=limit)
    return Listed(items=[TaskView.of(task) for task in page.items], next_cursor=page.next_cursor)


@ROUTER.post("/tasks", status_code=201, response_model=TaskView)
def create_task(posts: Posts, body: NewTask) -> JSONResponse:
    """Make a task; one of several labels gets a label that stands for none of the others."""
    settings = TaskSettings(**body.model_dump())
    return posts.once(
        lambda service: made(TaskView.of(tasks.create_task(*posts.of(service), settings))), body
    )


@ROUTER.get("/tasks/{task_id}")
def show_task(asks: Asks, task_id: Id) -> TaskView:
    """Show a task."""
    return TaskView.of(tasks.get_task(*asks.who, task_id))


@ROUTER.patch("/tasks/{task_id}")
def change_task(asks: Asks, task_id: Id, body: TaskChange) -> TaskView:
    """Change a task."""
    return TaskView.of(tasks.change_task(*asks.who, task_id, **body.model_dump(exclude_unset=True)))


@ROUTER.delete("/tasks/{task_id}", status_code=204)
def delete_task(asks: Asks, task_id: Id) -> Response:
    """Delete a task with its trainings, versions, predictions and corrections; labels and images stay."""
    tasks.delete_task(*asks.who, task_id)
    return Response(status_code=204)


@ROUTER.get("/tasks/{task_id}/labels")
def list_task_labels(asks: Asks, task_id: Id) -> TaskLabels:
    """List the labels that are a task's answers."""
    labels = tasks.task_labels(*asks.who, task_id)
    return TaskLabels(items=[TaskLabelView.among(label, negative) for label, negative in labels])


@ROUTER.put("/tasks/{task_id}/labels/{label_id}", status_code=204)
def add_label_to_task(asks: Asks, task_id: Id, label_id: Id) -> Response:
    """Make a label one of a task's answers."""
    tasks.add_label_to_task(*asks.who, task_id, label_id)
    return Response(status_code=204)


@ROUTER.delete("/tasks/{task_id}/labels/{label_id}", status_code=204)
def remove_label_from_task(asks: Asks, task_id: Id, label_id: Id) -> Response:
    """Take a label from a task's answers; images keep it."""
    tasks.remove_label_from_task(*asks.who, task_id, label_id)
    return Response(status_code=204)


@ROUTER.post("/tasks/{task_id}/labels/{label_id}/merge", response_model=MergedImages)
def merge_labels(posts: Posts, task_id: Id, label_id: Id, body: MergeInto) -> JSONResponse:
    """Let every image that shows this label show another of the task, and take this one off the task."""

    def merge(service: Service) -> Answer:
        came = merging.merge_labels(*posts.of(service), task_id, label_id, into=body.into)
        return done(MergedImages(moved=list(came.moved), both=list(came.both)))

    return posts.once(merge, body)
