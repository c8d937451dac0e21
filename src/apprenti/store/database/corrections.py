"""Corrections in the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from apprenti.domain.service import Correction, CorrectionState
from apprenti.store.database import rows
from apprenti.store.database.rows import Page, Tx
from apprenti.store.database.tables import CORRECTIONS


def insert(tx: Tx, *corrections: Correction) -> None:
    """Write new corrections."""
    rows.add(tx, CORRECTIONS, *corrections)


def get(tx: Tx, workspace_id: str, correction_id: str) -> Correction:
    """Return a correction.

    Raises:
        NotFoundError: this workspace has none of this id.
    """
    return rows.get(tx, CORRECTIONS, Correction, workspace_id, correction_id)


def page(
    tx: Tx,
    workspace_id: str,
    *,
    task_id: str | None = None,
    state: CorrectionState | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Correction]:
    """Return corrections of a workspace, newest first."""
    where: list[Any] = [CORRECTIONS.c.workspace_id == workspace_id]
    if task_id is not None:
        where.append(CORRECTIONS.c.task_id == task_id)
    if state is not None:
        where.append(CORRECTIONS.c.state == state.value)
    return rows.page(tx, CORRECTIONS, Correction, *where, cursor=cursor, limit=limit, newest_first=True)


def of_image(tx: Tx, image_id: str) -> tuple[Correction, ...]:
    """Return everything that was said of an image, oldest first."""
    return rows.every(tx, CORRECTIONS, Correction, CORRECTIONS.c.image_id == image_id)


def n_new(tx: Tx, task_id: str) -> int:
    """Return how many accepted corrections of a task no training has learnt from; agreement counts for nothing."""
    return rows.count(tx, CORRECTIONS, *_unlearnt(task_id), CORRECTIONS.c.agrees == False)  # noqa: E712


def mark_learnt(tx: Tx, task_id: str, job_id: str) -> int:
    """Note that a training learns from every accepted correction there is by now."""
    return rows.change(tx, CORRECTIONS, *_unlearnt(task_id), job_id=job_id)


def _unlearnt(task_id: str) -> tuple[Any, ...]:
    return (
        CORRECTIONS.c.task_id == task_id,
        CORRECTIONS.c.state == CorrectionState.ACCEPTED.value,
        CORRECTIONS.c.job_id == "",
    )


def decide(
    tx: Tx, workspace_id: str, correction_ids: Sequence[str], state: CorrectionState, reason: dict[str, Any]
) -> int:
    """Change what becomes of corrections."""
    here = (CORRECTIONS.c.workspace_id == workspace_id, CORRECTIONS.c.id.in_(list(correction_ids)))
    return rows.change(tx, CORRECTIONS, *here, state=state, reason=reason)
