"""Trainings in the database: the queue that workers take from, and what they say of it.

A worker names its attempt in every write, so that one that was given up for dead and was not changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from apprenti.domain.errors import ConflictError
from apprenti.domain.service import JobState, TrainingJob
from apprenti.store.database import rows
from apprenti.store.database.rows import Page, Tx
from apprenti.store.database.tables import TRAININGS


def insert(tx: Tx, *jobs: TrainingJob) -> None:
    """Write new trainings."""
    rows.add(tx, TRAININGS, *jobs)


def get(tx: Tx, workspace_id: str, job_id: str) -> TrainingJob:
    """Return a training.

    Raises:
        NotFoundError: this workspace has none of this id.
    """
    return rows.get(tx, TRAININGS, TrainingJob, workspace_id, job_id)


def page(
    tx: Tx, workspace_id: str, *, task_id: str | None = None, cursor: str | None = None, limit: int = 50
) -> Page[TrainingJob]:
    """Return trainings of a workspace, newest first."""
    where: list[Any] = [TRAININGS.c.workspace_id == workspace_id]
    if task_id is not None:
        where.append(TRAININGS.c.task_id == task_id)
    return rows.page(tx, TRAININGS, TrainingJob, *where, cursor=cursor, limit=limit, newest_first=True)


def latest_of(tx: Tx, task_ids: Sequence[str]) -> Mapping[str, TrainingJob]:
    """Return the newest training of each task; tasks never trained are left out."""
    found: dict[str, TrainingJob] = {}
    for part in rows.in_batches(list(task_ids)):
        newest = select(func.max(TRAININGS.c.seq)).where(TRAININGS.c.task_id.in_(part))
        for job in rows.every(
            tx, TRAININGS, TrainingJob, TRAININGS.c.seq.in_(newest.group_by(TRAININGS.c.task_id))
        ):
            found[job.task_id] = job
    return found


def under_way(tx: Tx, task_id: str) -> TrainingJob | None:
    """Return the oldest training of a task that is not over."""
    states = [state.value for state in JobState if not state.is_over]
    found = rows.every(
        tx, TRAININGS, TrainingJob, TRAININGS.c.task_id == task_id, TRAININGS.c.state.in_(states)
    )
    return found[0] if found else None


def is_under_way(tx: Tx, job_id: str) -> bool:
    """Return whether there is a training of this id, in whatever workspace, that is not over."""
    states = [state.value for state in JobState if not state.is_over]
    return rows.count(tx, TRAININGS, TRAININGS.c.id == job_id, TRAININGS.c.state.in_(states)) > 0


def is_something_to_do(tx: Tx, *, is_alive: Callable[[str], bool]) -> bool:
    """Return whether ``claim`` would find a training."""
    return next(_to_do(tx, is_alive), None) is not None


def claim(tx: Tx, owner: str, *, is_alive: Callable[[str], bool], now_us: int) -> TrainingJob | None:
    """Take the training that should be worked on next; ``None`` where there is none.

    Those whose worker died go first, then the queue by priority and age.

    Args:
        tx: a write: alone while it lasts, so no two workers take the same.
        owner: the worker that asks.
        is_alive: whether a worker still holds its lock.
        now_us: when.
    """
    job = next(_to_do(tx, is_alive), None)
    if job is None:
        return None
    rows.change(
        tx,
        TRAININGS,
        TRAININGS.c.id == job.id,
        state=JobState.RUNNING,
        owner=owner,
        attempt=job.attempt + 1,
        started_us=job.started_us or now_us,
    )
    return get(tx, job.workspace_id, job.id)


def _to_do(tx: Tx, is_alive: Callable[[str], bool]) -> Iterator[TrainingJob]:
    """Yield what nobody works on, in the order it should be taken."""
    running = rows.every(tx, TRAININGS, TrainingJob, TRAININGS.c.state == JobState.RUNNING.value)
    yield from (job for job in running if not is_alive(job.owner))
    queued = TRAININGS.c.state == JobState.QUEUED.value
    yield from rows.every(
        tx, TRAININGS, TrainingJob, queued, order=[TRAININGS.c.priority.desc(), TRAININGS.c.seq]
    )


def write(tx: Tx, job: TrainingJob, **values: Any) -> None:
    """Change fields of a training that a worker has.

    Raises:
        ConflictError: another worker has taken it over, or it is over.
    """
    mine = (
        TRAININGS.c.id == job.id,
        TRAININGS.c.owner == job.owner,
        TRAININGS.c.attempt == job.attempt,
        TRAININGS.c.state == JobState.RUNNING.value,
    )
    if not rows.change(tx, TRAININGS, *mine, **values):
        raise ConflictError("training_taken_over", id=job.id)


def ask_to_cancel(tx: Tx, workspace_id: str, job_id: str, *, now_us: int) -> TrainingJob:
    """Cancel a training that is queued, ask the worker of one that runs, and return it.

    Raises:
        NotFoundError: this workspace has none of this id.
    """
    here = (TRAININGS.c.workspace_id == workspace_id, TRAININGS.c.id == job_id)
    queued = TRAININGS.c.state == JobState.QUEUED.value
    over = {"state": JobState.CANCELLED, "cancel_requested": True, "finished_us": now_us}
    if not rows.change(tx, TRAININGS, *here, queued, **over):
        rows.change(tx, TRAININGS, *here, TRAININGS.c.state == JobState.RUNNING.value, cancel_requested=True)
    return get(tx, workspace_id, job_id)


def n_by_state(tx: Tx) -> Mapping[JobState, int]:
    """Return how many trainings of all workspaces are in each state."""
    asked = select(TRAININGS.c.state, func.count()).group_by(TRAININGS.c.state)
    return {JobState(state): n for state, n in tx.execute(asked)}
