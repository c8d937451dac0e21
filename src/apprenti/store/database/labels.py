"""Labels in the database, and which tasks they answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from apprenti.domain.service import Label, Task, TaskLabel
from apprenti.store.database import rows
from apprenti.store.database.rows import Page, Tx
from apprenti.store.database.tables import IMAGE_LABELS, IMAGES, LABELS, TASK_LABELS, TASKS


def insert(tx: Tx, *labels: Label) -> None:
    """Write new labels."""
    rows.add(tx, LABELS, *labels)


def get(tx: Tx, workspace_id: str, label_id: str) -> Label:
    """Return a label.

    Raises:
        NotFoundError: this workspace has none of this id.
    """
    return rows.get(tx, LABELS, Label, workspace_id, label_id)


def page(
    tx: Tx,
    workspace_id: str,
    *,
    task_id: str | None = None,
    search: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Label]:
    """Return labels of a workspace, oldest first: those of one task, or with these letters in their name, or all."""
    where = _where(workspace_id, task_id=task_id, search=search)
    return rows.page(tx, LABELS, Label, *where, cursor=cursor, limit=limit)


def count(tx: Tx, workspace_id: str, *, task_id: str | None = None, search: str | None = None) -> int:
    """Return how many labels ``page`` would give in all."""
    return rows.count(tx, LABELS, *_where(workspace_id, task_id=task_id, search=search))


def _where(workspace_id: str, *, task_id: str | None, search: str | None) -> list[Any]:
    where: list[Any] = [LABELS.c.workspace_id == workspace_id]
    if task_id is not None:
        of_task = select(TASK_LABELS.c.label_id).where(TASK_LABELS.c.task_id == task_id)
        where.append(LABELS.c.id.in_(of_task))
    if search is not None:
        where.append(func.lower(LABELS.c.name).contains(search.lower(), autoescape=True))
    return where


def change(tx: Tx, workspace_id: str, label_id: str, **values: Any) -> Label:
    """Change fields of a label and return it.

    Raises:
        NotFoundError: this workspace has none of this id.
    """
    rows.change(tx, LABELS, LABELS.c.workspace_id == workspace_id, LABELS.c.id == label_id, **values)
    return get(tx, workspace_id, label_id)


def delete(tx: Tx, workspace_id: str, label_id: str) -> int:
    """Delete a label; images stay without it."""
    return rows.remove(tx, LABELS, LABELS.c.workspace_id == workspace_id, LABELS.c.id == label_id)


def of_task(tx: Tx, task_id: str) -> tuple[tuple[Label, bool], ...]:
    """Return the labels of a task, oldest first, each with whether it is the negative one."""
    asked = (
        select(LABELS, TASK_LABELS.c.is_negative)
        .join(TASK_LABELS, TASK_LABELS.c.label_id == LABELS.c.id)
        .where(TASK_LABELS.c.task_id == task_id)
        .order_by(LABELS.c.seq)
    )
    return tuple((rows.noun_of(Label, row), bool(row._mapping["is_negative"])) for row in tx.execute(asked))


def tasks_of(tx: Tx, label_id: str) -> tuple[tuple[Task, bool], ...]:
    """Return the tasks a label answers, each with whether it is the negative one."""
    asked = (
        select(TASKS, TASK_LABELS.c.is_negative)
        .join(TASK_LABELS, TASK_LABELS.c.task_id == TASKS.c.id)
        .where(TASK_LABELS.c.label_id == label_id)
        .order_by(TASKS.c.seq)
    )
    return tuple((rows.noun_of(Task, row), bool(row._mapping["is_negative"])) for row in tx.execute(asked))


def tasks_of_labels(tx: Tx, label_ids: Sequence[str]) -> Mapping[str, tuple[tuple[Task, bool], ...]]:
    """Return what ``tasks_of`` gives, for many labels at once."""
    found: dict[str, list[tuple[Task, bool]]] = {label_id: [] for label_id in label_ids}
    for part in rows.in_batches(list(found)):
        asked = (
            select(TASKS, TASK_LABELS.c.is_negative, TASK_LABELS.c.label_id)
            .join(TASK_LABELS, TASK_LABELS.c.task_id == TASKS.c.id)
            .where(TASK_LABELS.c.label_id.in_(part))
            .order_by(TASKS.c.seq)
        )
        for row in tx.execute(asked):
            entry = row._mapping
            found[entry["label_id"]].append((rows.noun_of(Task, row), bool(entry["is_negative"])))
    return {label_id: tuple(tasks) for label_id, tasks in found.items()}


def connect(tx: Tx, *links: TaskLabel) -> None:
    """Make labels answers of tasks; those that are already stay as they are."""
    for link in links:
        here = (TASK_LABELS.c.task_id == link.task_id, TASK_LABELS.c.label_id == link.label_id)
        if not rows.count(tx, TASK_LABELS, *here):
            rows.add(tx, TASK_LABELS, link)


def disconnect(tx: Tx, task_id: str, label_id: str) -> int:
    """Take a label from the answers of a task."""
    return rows.remove(tx, TASK_LABELS, TASK_LABELS.c.task_id == task_id, TASK_LABELS.c.label_id == label_id)


def n_images(tx: Tx, label_ids: Sequence[str]) -> Mapping[str, int]:
    """Return how many images show each label."""
    found = dict.fromkeys(label_ids, 0)
    for part in rows.in_batches(list(label_ids)):
        asked = (
            select(IMAGE_LABELS.c.label_id, func.count())
            .where(IMAGE_LABELS.c.label_id.in_(part))
            .group_by(IMAGE_LABELS.c.label_id)
        )
        found.update({row[0]: row[1] for row in tx.execute(asked)})
    return found


def n_to_learn(tx: Tx, label_ids: Sequence[str]) -> Mapping[str, int]:
    """Return how many images show each label and are not of the fixed test set."""
    found = dict.fromkeys(label_ids, 0)
    for part in rows.in_batches(list(label_ids)):
        asked = (
            select(IMAGE_LABELS.c.label_id, func.count())
            .join(IMAGES, IMAGES.c.id == IMAGE_LABELS.c.image_id)
            .where(IMAGE_LABELS.c.label_id.in_(part), IMAGES.c.is_test == False)  # noqa: E712
            .group_by(IMAGE_LABELS.c.label_id)
        )
        found.update({row[0]: row[1] for row in tx.execute(asked)})
    return found


def numbers(tx: Tx, label_id: str) -> Mapping[bool, tuple[int, float, float]]:
    """Return how many numbers a label stands for, the least and the greatest; by whether they are to be tested on."""
    value = IMAGE_LABELS.c.value
    asked = (
        select(IMAGES.c.is_test, func.count(), func.min(value), func.max(value))
        .join(IMAGES, IMAGES.c.id == IMAGE_LABELS.c.image_id)
        .where(IMAGE_LABELS.c.label_id == label_id, value.is_not(None))
        .group_by(IMAGES.c.is_test)
    )
    return {bool(is_test): (n, least, most) for is_test, n, least, most in tx.execute(asked)}
