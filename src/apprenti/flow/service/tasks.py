"""Tasks and their labels: what is to be told of images."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from apprenti.domain.dataset import TaskType
from apprenti.domain.errors import ConflictError, NotFoundError, OptionError
from apprenti.domain.service import Caller, Label, LabelKind, Role, Task, TaskLabel
from apprenti.flow.service.access import allow
from apprenti.flow.service.service import Service, note
from apprenti.flow.service.words import checked_words, in_range, same_name
from apprenti.store.database import labels as label_table
from apprenti.store.database import tasks as table
from apprenti.store.database.rows import Page

BUDGET_SECONDS = (15.0, 86_400.0)
CORRECTIONS = (1, 1_000_000)
CHANGEABLE = (
    "name",
    "description",
    "keeps_images",
    "corrections_until_retrain",
    "budget_seconds",
    "pinned",
)
NEGATIVE_NAME = "none"
_ID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSettings:
    """What a person may say of a task; see ``domain.service.Task``."""

    name: str
    task_type: TaskType = TaskType.MULTI_CLASS
    description: str = ""
    keeps_images: bool = False
    corrections_until_retrain: int | None = None
    budget_seconds: float = 120.0


def create_task(service: Service, caller: Caller, workspace_id: str, settings: TaskSettings) -> Task:
    """Make a task; one of several labels gets a label that stands for none of the others.

    Raises:
        OptionError: a setting is wrong.
    """
    allow(caller, workspace_id, Role.EDITOR)
    task = Task(
        id=service.new_id(),
        workspace_id=workspace_id,
        task_type=settings.task_type,
        created_us=service.now_us(),
        **_checked({name: getattr(settings, name) for name in CHANGEABLE if name != "pinned"}),
    )
    with service.database.write() as tx:
        table.insert(tx, task)
        if task.task_type is TaskType.MULTI_LABEL:
            negative = Label(
                id=service.new_id(),
                workspace_id=workspace_id,
                name=NEGATIVE_NAME,
                kind=LabelKind.TAG,
                created_us=task.created_us,
            )
            label_table.insert(tx, negative)
            label_table.connect(tx, TaskLabel(task_id=task.id, label_id=negative.id, is_negative=True))
        note(tx, service, caller, workspace_id, "create", "task", task.id, name=task.name)
    return task


def get_task(service: Service, caller: Caller, workspace_id: str, task_id: str) -> Task:
    """Return a task."""
    allow(caller, workspace_id, Role.READER)
    with service.database.read() as tx:
        return table.get(tx, workspace_id, task_id)


def task_called(service: Service, caller: Caller, workspace_id: str, name: str) -> str:
    """Return the id of a task that is called by its id, or by a name that no other task of the workspace has.

    Raises:
        ConflictError: two tasks have this name.
        NotFoundError: none has.
    """
    allow(caller, workspace_id, Role.READER)
    if _ID.fullmatch(name):
        return name
    with service.database.read() as tx:
        found = table.ids_of_name(tx, workspace_id, name)
    if not found:
        raise NotFoundError("not_found", noun="task", id=name[:100])
    if len(found) > 1:
        raise ConflictError("task_name_twice", name=name[:100])
    return found[0]


def list_tasks(
    service: Service, caller: Caller, workspace_id: str, *, cursor: str | None = None, limit: int = 50
) -> Page[Task]:
    """Return the tasks of a workspace, oldest first."""
    allow(caller, workspace_id, Role.READER)
    with service.database.read() as tx:
        return table.page(tx, workspace_id, cursor=cursor, limit=limit)


def count_tasks(service: Service, caller: Caller, workspace_id: str) -> int:
    """Return how many tasks a workspace has."""
    allow(caller, workspace_id, Role.READER)
    with service.database.read() as tx:
        return table.count(tx, workspace_id)


def change_task(service: Service, caller: Caller, workspace_id: str, task_id: str, **values: Any) -> Task:
    """Change fields of a task (those of ``CHANGEABLE``) and return it; only owners pin, or change the consent.

    Raises:
        OptionError: a value is wrong.
    """
    allow(caller, workspace_id, Role.OWNER if "pinned" in values else Role.EDITOR)
    checked = _checked(values)
    with service.database.write() as tx:
        before = table.get(tx, workspace_id, task_id)
        if checked.get("keeps_images", before.keeps_images) != before.keeps_images:
            allow(caller, workspace_id, Role.OWNER)
        task = table.change(tx, workspace_id, task_id, **checked) if checked else before
        note(tx, service, caller, workspace_id, "change", "task", task_id, **checked)
    return task


def delete_task(service: Service, caller: Caller, workspace_id: str, task_id: str) -> None:
    """Delete a task with its trainings, models, predictions and corrections; labels and images stay."""
    allow(caller, workspace_id, Role.OWNER)
    with service.database.write() as tx:
        task = table.get(tx, workspace_id, task_id)
        negatives = [label for label, negative in label_table.of_task(tx, task_id) if negative]
        table.delete(tx, workspace_id, task_id)
        for label in negatives:
            if not label_table.tasks_of(tx, label.id):
                label_table.delete(tx, workspace_id, label.id)
        note(tx, service, caller, workspace_id, "delete", "task", task_id, name=task.name)


def task_labels(
    service: Service, caller: Caller, workspace_id: str, task_id: str
) -> tuple[tuple[Label, bool], ...]:
    """Return the labels of a task, each with whether it stands for none of the others."""
    allow(caller, workspace_id, Role.READER)
    with service.database.read() as tx:
        table.get(tx, workspace_id, task_id)
        return label_table.of_task(tx, task_id)


def add_label_to_task(
    service: Service,
    caller: Caller,
    workspace_id: str,
    task_id: str,
    label_id: str,
    *,
    may_share_name: bool = False,
) -> None:
    """Make a label one of a task's answers; nothing happens where it is already.

    Args:
        service: what to work with.
        caller: on whose behalf.
        workspace_id: where.
        task_id: whose answer.
        label_id: which label.
        may_share_name: even where the task has one of this name.

    Raises:
        ConflictError: the task has another label of this name.
        OptionError: a task of numbers has one label already.
    """
    allow(caller, workspace_id, Role.EDITOR)
    with service.database.write() as tx:
        task = table.get(tx, workspace_id, task_id)
        label = label_table.get(tx, workspace_id, label_id)
        there = [label for label, _ in label_table.of_task(tx, task_id)]
        if label_id in [one.id for one in there]:
            return
        if task.task_type is TaskType.REGRESSION and there:
            raise OptionError("one_label_for_numbers")
        if not may_share_name:
            require_new_name(task, label.name, there)
        label_table.connect(tx, TaskLabel(task_id=task_id, label_id=label_id))
        note(tx, service, caller, workspace_id, "add_label", "task", task_id, label_id=label_id)


def require_new_name(task: Task, name: str, labels: Iterable[Label]) -> None:
    """Pass, where none of these labels of a task has a name that people would take for this one.

    Raises:
        ConflictError: one has.
    """
    for label in labels:
        if same_name(label.name, name):
            raise ConflictError("label_name_twice", task=task.name, label=label.name, id=label.id)


def remove_label_from_task(
    service: Service, caller: Caller, workspace_id: str, task_id: str, label_id: str
) -> None:
    """Take a label from a task's answers; images keep it."""
    allow(caller, workspace_id, Role.EDITOR)
    with service.database.write() as tx:
        table.get(tx, workspace_id, task_id)
        label_table.get(tx, workspace_id, label_id)
        label_table.disconnect(tx, task_id, label_id)
        note(tx, service, caller, workspace_id, "remove_label", "task", task_id, label_id=label_id)


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    values = checked_words(values, CHANGEABLE)
    for field, ends in (("corrections_until_retrain", CORRECTIONS), ("budget_seconds", BUDGET_SECONDS)):
        if values.get(field) is not None:
            in_range(values[field], field, ends)
    return values
