"""Versions in the database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from apprenti.domain.errors import NotFoundError
from apprenti.domain.service import Version
from apprenti.store.database import rows
from apprenti.store.database.rows import Page, Tx
from apprenti.store.database.tables import TRAININGS, VERSIONS


def insert(tx: Tx, *versions: Version) -> None:
    """Write new versions."""
    rows.add(tx, VERSIONS, *versions)


def get(tx: Tx, workspace_id: str, version_id: str) -> Version:
    """Return a version by its id.

    Raises:
        NotFoundError: this workspace has none of this id.
    """
    return rows.get(tx, VERSIONS, Version, workspace_id, version_id)


def numbered(tx: Tx, workspace_id: str, task_id: str, number: int) -> Version:
    """Return a version by its number.

    Raises:
        NotFoundError: this task has none of this number.
    """
    where = (
        VERSIONS.c.workspace_id == workspace_id,
        VERSIONS.c.task_id == task_id,
        VERSIONS.c.number == number,
    )
    found = rows.find(tx, VERSIONS, Version, *where)
    if found is None:
        raise NotFoundError("not_found", noun="version", id=str(number))
    return found


def of_job(tx: Tx, job_id: str) -> Version | None:
    """Return the version that came of a training, where it is there already."""
    return rows.find(tx, VERSIONS, Version, VERSIONS.c.job_id == job_id)


def page(
    tx: Tx, workspace_id: str, *, task_id: str | None = None, cursor: str | None = None, limit: int = 50
) -> Page[Version]:
    """Return versions of a workspace, newest first."""
    where: list[Any] = [VERSIONS.c.workspace_id == workspace_id]
    if task_id is not None:
        where.append(VERSIONS.c.task_id == task_id)
    return rows.page(tx, VERSIONS, Version, *where, cursor=cursor, limit=limit, newest_first=True)


def count(tx: Tx, workspace_id: str, *, task_id: str | None = None) -> int:
    """Return how many versions ``page`` would give in all."""
    where: list[Any] = [VERSIONS.c.workspace_id == workspace_id]
    if task_id is not None:
        where.append(VERSIONS.c.task_id == task_id)
    return rows.count(tx, VERSIONS, *where)


def with_run(tx: Tx, workspace_id: str, *, limit: int) -> tuple[Version, ...]:
    """Return the versions that kept what lessons need, newest first."""
    where = (VERSIONS.c.workspace_id == workspace_id, VERSIONS.c.run_sha256 != "")
    return tuple(rows.page(tx, VERSIONS, Version, *where, limit=limit, newest_first=True).items)


def of_model(tx: Tx, workspace_id: str, digits: str) -> Version | None:
    """Return the newest version with a run whose model's SHA-256 begins with ``digits``, hexadecimal ones."""
    where = (
        VERSIONS.c.workspace_id == workspace_id,
        VERSIONS.c.run_sha256 != "",
        VERSIONS.c.model_sha256.startswith(digits, autoescape=True),
    )
    return next(iter(rows.page(tx, VERSIONS, Version, *where, limit=1, newest_first=True).items), None)


def next_number(tx: Tx, task_id: str) -> int:
    """Return the number of a task's next version: never one that another had, though that was deleted."""
    given = (
        select(func.max(VERSIONS.c.number)).where(VERSIONS.c.task_id == task_id),
        select(func.max(TRAININGS.c.version_number)).where(TRAININGS.c.task_id == task_id),
    )
    return max(tx.execute(asked).scalar() or 0 for asked in given) + 1


def write_verdict(tx: Tx, version_id: str, verdict: dict[str, Any]) -> None:
    """Note what came of comparing a version with the one in production."""
    rows.change(tx, VERSIONS, VERSIONS.c.id == version_id, verdict=verdict)


def delete(tx: Tx, workspace_id: str, version_id: str) -> int:
    """Delete a version; its model file is swept when nothing names it."""
    return rows.remove(tx, VERSIONS, VERSIONS.c.workspace_id == workspace_id, VERSIONS.c.id == version_id)


def of_task(tx: Tx, task_id: str) -> tuple[Version, ...]:
    """Return every version of a task, oldest first."""
    return rows.every(tx, VERSIONS, Version, VERSIONS.c.task_id == task_id)
