"""Predictions in the database, and the queue of those worth a person's look."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from apprenti.domain.service import StoredPrediction
from apprenti.store.database import rows
from apprenti.store.database.rows import Page, Tx
from apprenti.store.database.tables import PREDICTIONS


def insert(tx: Tx, *predictions: StoredPrediction) -> None:
    """Write new predictions."""
    rows.add(tx, PREDICTIONS, *predictions)


def get(tx: Tx, workspace_id: str, prediction_id: str) -> StoredPrediction:
    """Return a prediction.

    Raises:
        NotFoundError: this workspace has none of this id.
    """
    return rows.get(tx, PREDICTIONS, StoredPrediction, workspace_id, prediction_id)


def page(
    tx: Tx, workspace_id: str, *, task_id: str | None = None, cursor: str | None = None, limit: int = 50
) -> Page[StoredPrediction]:
    """Return predictions of a workspace, newest first."""
    where: list[Any] = [PREDICTIONS.c.workspace_id == workspace_id]
    if task_id is not None:
        where.append(PREDICTIONS.c.task_id == task_id)
    return rows.page(tx, PREDICTIONS, StoredPrediction, *where, cursor=cursor, limit=limit, newest_first=True)


def to_review(tx: Tx, workspace_id: str, task_id: str, *, limit: int = 50) -> tuple[StoredPrediction, ...]:
    """Return the predictions of a task that teach most and that nobody has looked at, best first."""
    where = (
        PREDICTIONS.c.workspace_id == workspace_id,
        PREDICTIONS.c.task_id == task_id,
        PREDICTIONS.c.is_reviewed == False,  # noqa: E712 (a column, not a truth)
        PREDICTIONS.c.review_reason.is_not(None),
        PREDICTIONS.c.image_id.is_not(None),
    )
    asked = (
        select(PREDICTIONS)
        .where(*where)
        .order_by(PREDICTIONS.c.review_score.desc(), PREDICTIONS.c.seq.desc())
        .limit(limit)
    )
    return tuple(rows.noun_of(StoredPrediction, row) for row in tx.execute(asked))


def mark_reviewed(tx: Tx, workspace_id: str, prediction_ids: Sequence[str]) -> None:
    """Take predictions out of the queue."""
    for part in rows.in_batches(list(prediction_ids)):
        here = (PREDICTIONS.c.workspace_id == workspace_id, PREDICTIONS.c.id.in_(part))
        rows.change(tx, PREDICTIONS, *here, is_reviewed=True)


def since(tx: Tx, task_id: str, *, from_us: int, limit: int = 10_000) -> tuple[StoredPrediction, ...]:
    """Return the predictions of a task from a moment on, oldest first."""
    here = (PREDICTIONS.c.task_id == task_id, PREDICTIONS.c.created_us >= from_us)
    return rows.page(tx, PREDICTIONS, StoredPrediction, *here, limit=limit).items
