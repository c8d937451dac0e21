"""Tasks in the database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from apprenti.domain.service import Task
from apprenti.store.database import rows
from apprenti.store.database.rows import Page, Tx
from apprenti.store.database.tables import TASKS


def insert(tx: Tx, *tasks: Task) -> None:
    """Write new tasks."""
    rows.add(tx, TASKS, *tasks)


def get(tx: Tx, workspace_id: str, task_id: str) -> Task:
    """Return a task.

    Raises:
        NotFoundError: this workspace has none of this id.
    """
    return rows.get(tx, TASKS, Task, workspace_id, task_id)


def of_id(tx: Tx, task_id: str) -> Task | None:
    """Return a task of whatever workspace, for the service itself; ``None`` where there is none."""
    return rows.find(tx, TASKS, Task, TASKS.c.id == task_id)


def page(tx: Tx, workspace_id: str, *, cursor: str | None = None, limit: int = 50) -> Page[Task]:
    """Return the tasks of a workspace, oldest first."""
    return rows.page(tx, TASKS, Task, TASKS.c.workspace_id == workspace_id, cursor=cursor, limit=limit)


def in_production(tx: Tx) -> tuple[Task, ...]:
    """Return the tasks of all workspaces that have a version in production, oldest first."""
    return rows.every(tx, TASKS, Task, TASKS.c.production_version.is_not(None))


def ids_of_name(tx: Tx, workspace_id: str, name: str) -> tuple[str, ...]:
    """Return the ids of the tasks of this name, at most two: more say nothing more."""
    here = (TASKS.c.workspace_id == workspace_id, TASKS.c.name == name)
    return tuple(tx.execute(select(TASKS.c.id).where(*here).limit(2)).scalars())


def count(tx: Tx, workspace_id: str) -> int:
    """Return how many tasks a workspace has."""
    return rows.count(tx, TASKS, TASKS.c.workspace_id == workspace_id)


def change(tx: Tx, workspace_id: str, task_id: str, **values: Any) -> Task:
    """Change fields of a task and return it.

    Raises:
        NotFoundError: this workspace has none of this id.
    """
    rows.change(tx, TASKS, TASKS.c.workspace_id == workspace_id, TASKS.c.id == task_id, **values)
    return get(tx, workspace_id, task_id)


def delete(tx: Tx, workspace_id: str, task_id: str) -> int:
    """Delete a task with its trainings, versions, predictions and corrections; labels and images stay."""
    return rows.remove(tx, TASKS, TASKS.c.workspace_id == workspace_id, TASKS.c.id == task_id)
