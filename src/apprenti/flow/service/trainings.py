"""Trainings as people see them: asked for, followed, cancelled. ``running`` does the work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from apprenti.domain.service import Caller, Role, TrainingJob, TrainingReason
from apprenti.flow.service.access import allow
from apprenti.flow.service.enough import require_enough
from apprenti.flow.service.service import Service, note
from apprenti.flow.service.tasks import BUDGET_SECONDS
from apprenti.flow.service.words import in_range
from apprenti.store.database import tasks as task_table
from apprenti.store.database import trainings as table
from apprenti.store.database.rows import Page, Tx

PRIORITIES = (-100, 100)
LEAST_IMAGES = 4
"""Of a task of one class: two of each of two labels; ``enough`` knows what else it takes."""


def ask_training(
    service: Service,
    caller: Caller,
    workspace_id: str,
    task_id: str,
    *,
    budget_seconds: float | None = None,
    priority: int = 0,
    reason: TrainingReason = TrainingReason.ASKED,
) -> TrainingJob:
    """Put a training into the queue and return it; where one of the task waits already, that one.

    Args:
        service: what to work with.
        caller: on whose behalf.
        workspace_id: where.
        task_id: what to train.
        budget_seconds: wall time; what the task says by default.
        priority: higher ones begin first.
        reason: what it is for.

    Raises:
        ConflictError: there are too few labels, or labelled images, to learn from.
        OptionError: a value is out of range.
    """
    allow(caller, workspace_id, Role.EDITOR)
    with service.database.write() as tx:
        return queue_training(
            tx, service, caller, workspace_id, task_id,
            budget_seconds=budget_seconds, priority=priority, reason=reason,
        )  # fmt: skip


def queue_training(
    tx: Tx,
    service: Service,
    caller: Caller,
    workspace_id: str,
    task_id: str,
    *,
    budget_seconds: float | None = None,
    priority: int = 0,
    reason: TrainingReason = TrainingReason.ASKED,
) -> TrainingJob:
    """Do it in the transaction given; see ``ask_training``."""
    task = task_table.get(tx, workspace_id, task_id)
    seconds = in_range(budget_seconds or task.budget_seconds, "budget_seconds", BUDGET_SECONDS)
    in_range(priority, "priority", PRIORITIES)
    waiting = table.under_way(tx, task_id)
    if waiting is not None:
        return waiting
    require_enough(tx, task)
    job = TrainingJob(
        id=service.new_id(),
        workspace_id=workspace_id,
        task_id=task_id,
        reason=reason,
        priority=priority,
        budget_seconds=seconds,
        created_us=service.now_us(),
    )
    table.insert(tx, job)
    note(tx, service, caller, workspace_id, "ask", "training", job.id, task_id=task_id, reason=reason.value)
    return job


def get_training(service: Service, caller: Caller, workspace_id: str, job_id: str) -> TrainingJob:
    """Return a training."""
    allow(caller, workspace_id, Role.READER)
    with service.database.read() as tx:
        return table.get(tx, workspace_id, job_id)


def list_trainings(
    service: Service,
    caller: Caller,
    workspace_id: str,
    *,
    task_id: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[TrainingJob]:
    """Return trainings, newest first."""
    allow(caller, workspace_id, Role.READER)
    with service.database.read() as tx:
        if task_id is not None:
            task_table.get(tx, workspace_id, task_id)
        return table.page(tx, workspace_id, task_id=task_id, cursor=cursor, limit=limit)


def latest_trainings(
    service: Service, caller: Caller, workspace_id: str, task_ids: Sequence[str]
) -> Mapping[str, TrainingJob]:
    """Return the newest training of each of these tasks; tasks never trained are left out.

    Raises:
        NotFoundError: a task is not one of this workspace.
    """
    allow(caller, workspace_id, Role.READER)
    with service.database.read() as tx:
        for task_id in task_ids:
            task_table.get(tx, workspace_id, task_id)
        return table.latest_of(tx, task_ids)


def cancel_training(service: Service, caller: Caller, workspace_id: str, job_id: str) -> TrainingJob:
    """Cancel a training: at once where it waits, within seconds where it runs; one that is over stays as it is."""
    allow(caller, workspace_id, Role.EDITOR)
    with service.database.write() as tx:
        job = table.ask_to_cancel(tx, workspace_id, job_id, now_us=service.now_us())
        note(tx, service, caller, workspace_id, "cancel", "training", job_id)
    return job
