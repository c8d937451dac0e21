"""Predictions in the database, and the queue of those worth a person's look."""

from __future__ import annotations

import math
import struct
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import func, literal, select, tuple_

from apprenti.domain.errors import OptionError
from apprenti.domain.service import StoredPrediction
from apprenti.store.database import rows
from apprenti.store.database.rows import Page, Tx
from apprenti.store.database.tables import IN_QUEUE, PREDICTIONS, TASKS


def insert(tx: Tx, *predictions: StoredPrediction) -> None:
    """Write new predictions."""
    rows.add(tx, PREDICTIONS, *predictions)


def tasks_there(tx: Tx, task_ids: Iterable[str]) -> frozenset[str]:
    """Return which of some tasks are still there."""
    return frozenset(tx.execute(select(TASKS.c.id).where(TASKS.c.id.in_(list(task_ids)))).scalars())


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


def to_review(
    tx: Tx, workspace_id: str, task_id: str, *, cursor: str | None = None, limit: int = 50
) -> Page[StoredPrediction]:
    """Return the predictions of a task that teach most and that nobody has looked at, best first.

    Raises:
        OptionError: the cursor is not one of ours.
    """
    here = (PREDICTIONS.c.workspace_id == workspace_id, PREDICTIONS.c.task_id == task_id, IN_QUEUE)
    place = (PREDICTIONS.c.review_score, PREDICTIONS.c.seq)
    asked = select(PREDICTIONS).where(*here).order_by(*(column.desc() for column in place)).limit(limit + 1)
    if cursor is not None:
        asked = asked.where(tuple_(*place) < tuple_(*(literal(value) for value in _read_place(cursor))))
    found = tx.execute(asked).all()
    last = found[limit - 1]._mapping if len(found) > limit else None
    return Page(
        items=tuple(rows.noun_of(StoredPrediction, row) for row in found[:limit]),
        next_cursor=None if last is None else _make_place(last["review_score"], last["seq"]),
    )


def _make_place(score: float, seq: int) -> str:
    return urlsafe_b64encode(struct.pack(">dq", score, seq)).decode("ascii").rstrip("=")


def _read_place(cursor: str) -> tuple[float, int]:
    try:
        data = b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        score, seq = struct.unpack(">dq", data)
    except (ValueError, struct.error) as error:
        raise OptionError("bad_cursor", cursor=cursor[:50]) from error
    if not math.isfinite(score) or seq < 0:
        raise OptionError("bad_cursor", cursor=cursor[:50])
    return score, seq


def n_to_review(tx: Tx, task_id: str, *, most: int) -> int:
    """Return how many predictions of a task wait for a person's look, counted up to ``most``."""
    some = select(PREDICTIONS.c.seq).where(PREDICTIONS.c.task_id == task_id, IN_QUEUE).limit(most)
    return int(tx.execute(select(func.count()).select_from(some.subquery())).scalar_one())


def newest_of_image(tx: Tx, task_id: str, image_id: str) -> StoredPrediction | None:
    """Return what was said of an image last."""
    here = (PREDICTIONS.c.image_id == image_id, PREDICTIONS.c.task_id == task_id)
    found = rows.every(tx, PREDICTIONS, StoredPrediction, *here)
    return found[-1] if found else None


def mark_reviewed(tx: Tx, workspace_id: str, prediction_ids: Sequence[str]) -> None:
    """Take predictions out of the queue."""
    for part in rows.in_batches(list(prediction_ids)):
        here = (PREDICTIONS.c.workspace_id == workspace_id, PREDICTIONS.c.id.in_(part))
        rows.change(tx, PREDICTIONS, *here, is_reviewed=True)


def put_back(tx: Tx, workspace_id: str, prediction_id: str) -> None:
    """Put a prediction back into the queue."""
    here = (PREDICTIONS.c.workspace_id == workspace_id, PREDICTIONS.c.id == prediction_id)
    rows.change(tx, PREDICTIONS, *here, is_reviewed=False)


def facts_of_version(
    tx: Tx, task_id: str, version_number: int, *, from_us: int, limit: int
) -> tuple[tuple[int, tuple[float, ...]], ...]:
    """Return when the newest predictions of a version were made, and what their photos are like; newest first."""
    asked = (
        select(PREDICTIONS.c.created_us, PREDICTIONS.c.facts)
        .where(*_behind(task_id, version_number, 0), PREDICTIONS.c.created_us >= from_us)
        .order_by(PREDICTIONS.c.seq.desc())
        .limit(limit)
    )
    return tuple((int(us), tuple(facts)) for us, facts in tx.execute(asked) if facts)


def of_version(
    tx: Tx, task_id: str, version_number: int, *, after_seq: int, limit: int
) -> tuple[StoredPrediction, ...]:
    """Return the newest predictions of a version behind a place, oldest first."""
    asked = (
        select(PREDICTIONS)
        .where(*_behind(task_id, version_number, after_seq))
        .order_by(PREDICTIONS.c.seq.desc())
        .limit(limit)
    )
    return tuple(rows.noun_of(StoredPrediction, row) for row in reversed(tx.execute(asked).all()))


def n_of_version(tx: Tx, task_id: str, version_number: int, *, after_seq: int, most: int) -> int:
    """Return how many predictions of a version there are behind a place, counted up to ``most``."""
    some = select(PREDICTIONS.c.seq).where(*_behind(task_id, version_number, after_seq)).limit(most)
    return int(tx.execute(select(func.count()).select_from(some.subquery())).scalar_one())


def last_seq(tx: Tx, task_id: str) -> int:
    """Return the place of a task's newest prediction; 0 without any."""
    asked = select(func.max(PREDICTIONS.c.seq)).where(PREDICTIONS.c.task_id == task_id)
    return int(tx.execute(asked).scalar_one() or 0)


def first_moment(tx: Tx, task_id: str, *, after_seq: int) -> int | None:
    """Return when the first prediction behind a place was made."""
    asked = (
        select(PREDICTIONS.c.created_us)
        .where(PREDICTIONS.c.task_id == task_id, PREDICTIONS.c.seq > after_seq)
        .order_by(PREDICTIONS.c.seq)
        .limit(1)
    )
    row = tx.execute(asked).first()
    return None if row is None else int(row[0])


def _behind(task_id: str, version_number: int, after_seq: int) -> tuple[Any, ...]:
    return (
        PREDICTIONS.c.task_id == task_id,
        PREDICTIONS.c.seq > after_seq,
        PREDICTIONS.c.version_number == version_number,
    )
