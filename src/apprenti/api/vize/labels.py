"""Labels: made, listed, searched for, connected with tasks, deleted alone or with their images."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from apprenti.api.refusals import RefusedError
from apprenti.api.vize.asking import Asked, uuid_in
from apprenti.api.vize.lists import page_of
from apprenti.api.vize.routes import Answer, Routes, created
from apprenti.api.vize.shapes import shown_labels
from apprenti.domain.service import LabelKind
from apprenti.flow.service import labels, tasks

PATH = "/recognition/v2/label"


class NewLabelWords(BaseModel):
    """What is said of a new label."""

    name: str
    type: LabelKind = LabelKind.CATEGORY
    description: str | None = None
    output_name: str | None = None


class TaskIdWords(BaseModel):
    """Which task is meant."""

    task_id: str


def label_routes(routes: Routes) -> None:
    """Add them."""
    routes.on("POST", PATH)(create_label)
    routes.on("GET", PATH)(list_labels)
    routes.on("GET", f"{PATH}/{{id}}")(get_label)
    routes.on("DELETE", f"{PATH}/{{id}}")(delete_label)
    routes.on("DELETE", f"{PATH}/{{id}}/wipe")(wipe_label)
    routes.on("POST", f"{PATH}/{{id}}/add-task")(add_task)
    routes.on("POST", f"{PATH}/{{id}}/remove-task")(remove_task)


def create_label(asked: Asked) -> Answer:
    """Make a label."""
    words = asked.words(NewLabelWords)
    label = labels.create_label(
        *asked.here,
        name=words.name,
        kind=words.type,
        description=words.description or "",
        output_name=words.output_name or "",
    )
    return created(_shown(asked, label.id))


def list_labels(asked: Asked) -> Answer:
    """Show one page of the labels: all, those of a task, or those with some letters in their name."""
    task_id = uuid_in(asked.query["task"], "task") if asked.query.get("task") else None
    if task_id is not None:
        tasks.get_task(*asked.here, task_id)
    search = asked.query.get("search") or None
    if search is not None and "\x00" in search:
        raise RefusedError("request_malformed", 400, detail="search")
    return page_of(
        asked,
        lambda cursor, limit: labels.list_labels(
            *asked.here, task_id=task_id, search=search, cursor=cursor, limit=limit
        ),
        lambda found: shown_labels(asked, found),
        count=labels.count_labels(*asked.here, task_id=task_id, search=search),
    )


def get_label(asked: Asked) -> Answer:
    """Show a label."""
    return _shown(asked, asked.id_of("label"))


def delete_label(asked: Asked) -> Answer:
    """Delete a label; images stay."""
    labels.delete_label(*asked.here, asked.id_of("label"))
    return None


def wipe_label(asked: Asked) -> Answer:
    """Delete a label and every image that shows it."""
    labels.delete_label(*asked.here, asked.id_of("label"), with_images=True)
    return None


def add_task(asked: Asked) -> Answer:
    """Make the label one of a task's answers."""
    label_id, task_id = asked.id_of("label"), uuid_in(asked.words(TaskIdWords).task_id, "task")
    tasks.add_label_to_task(*asked.here, task_id, label_id, may_share_name=True)
    return _shown(asked, label_id)


def remove_task(asked: Asked) -> Answer:
    """Take the label from a task's answers."""
    label_id, task_id = asked.id_of("label"), uuid_in(asked.words(TaskIdWords).task_id, "task")
    tasks.remove_label_from_task(*asked.here, task_id, label_id)
    return _shown(asked, label_id)


def _shown(asked: Asked, label_id: str) -> Mapping[str, Any]:
    (data,) = shown_labels(asked, [labels.get_label(*asked.here, label_id)])
    return data
