"""Corrections in the database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, func, or_, select

from apprenti.domain.service import Correction, CorrectionState
from apprenti.store.database import rows
from apprenti.store.database.rows import Page, Tx
from apprenti.store.database.tables import CORRECTIONS, IMAGES, PREDICTIONS, TASKS

MOST_OF_A_SOURCE = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionFilter:
    """Which corrections of a workspace are meant.

    Args:
        task_id: those of this task.
        state: those in this state.
        is_rejected: those rejected, or the others.
        token_id: those given with this token.
        from_us: those given from this moment on, in microseconds since the epoch.
        until_us: those given before this one.
    """

    task_id: str | None = None
    state: CorrectionState | None = None
    is_rejected: bool | None = None
    token_id: str | None = None
    from_us: int | None = None
    until_us: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A correction that no training has learnt from, with what it is judged by.

    Args:
        correction: it.
        sha256: of its image.
        is_test: whether the image belongs to the fixed test set.
        answer: what had been answered, as ``StoredPrediction`` keeps it; empty where nothing had.
        label_id: the best label of that answer.
        p_label: its probability.
        familiar: whether the image looked like the training images.
    """

    correction: Correction
    sha256: str
    is_test: bool
    answer: Mapping[str, Any]
    label_id: str
    p_label: float
    familiar: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """A correction that says something else than was answered.

    Args:
        sha256: of its image.
        format: of its image.
        answered: the id of the label that was answered.
        label_ids: what was said instead.
    """

    sha256: str
    format: str
    answered: str
    label_ids: tuple[str, ...]


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
    chosen: CorrectionFilter | None = None,
    *,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Correction]:
    """Return corrections of a workspace that fit, newest first."""
    where = _where(workspace_id, chosen or CorrectionFilter())
    return rows.page(tx, CORRECTIONS, Correction, *where, cursor=cursor, limit=limit, newest_first=True)


def _where(workspace_id: str, chosen: CorrectionFilter) -> list[Any]:
    where: list[Any] = [CORRECTIONS.c.workspace_id == workspace_id]
    if chosen.task_id is not None:
        where.append(CORRECTIONS.c.task_id == chosen.task_id)
    if chosen.state is not None:
        where.append(CORRECTIONS.c.state == chosen.state.value)
    if chosen.is_rejected is not None:
        is_rejected = CORRECTIONS.c.state == CorrectionState.REJECTED.value
        where.append(is_rejected if chosen.is_rejected else ~is_rejected)
    if chosen.token_id is not None:
        where.append(CORRECTIONS.c.token_id == chosen.token_id)
    if chosen.from_us is not None:
        where.append(CORRECTIONS.c.created_us >= chosen.from_us)
    if chosen.until_us is not None:
        where.append(CORRECTIONS.c.created_us < chosen.until_us)
    return where


def contradicting(tx: Tx, task_id: str, *, limit: int) -> tuple[Contradiction, ...]:
    """Return the accepted corrections of answers that were wrong, newest first."""
    asked = (
        select(IMAGES.c.sha256, IMAGES.c.format, PREDICTIONS.c.label_id, CORRECTIONS.c.label_ids)
        .join(CORRECTIONS, CORRECTIONS.c.image_id == IMAGES.c.id)
        .join(PREDICTIONS, PREDICTIONS.c.id == CORRECTIONS.c.prediction_id)
        .where(
            CORRECTIONS.c.task_id == task_id,
            CORRECTIONS.c.state == CorrectionState.ACCEPTED.value,
            CORRECTIONS.c.agrees == False,  # noqa: E712
        )
        .order_by(CORRECTIONS.c.seq.desc())
        .limit(limit)
    )
    return tuple(
        Contradiction(sha256=sha256, format=format_, answered=answered, label_ids=tuple(label_ids))
        for sha256, format_, answered, label_ids in tx.execute(asked)
    )


def of_image(tx: Tx, image_id: str) -> tuple[Correction, ...]:
    """Return everything that was said of an image, oldest first."""
    return rows.every(tx, CORRECTIONS, Correction, CORRECTIONS.c.image_id == image_id)


def n_new(tx: Tx, task_id: str) -> int:
    """Return how many accepted corrections of a task no training has learnt from; agreement counts for nothing."""
    return rows.count(tx, CORRECTIONS, *_unlearnt(task_id), CORRECTIONS.c.agrees == False)  # noqa: E712


def n_new_since(tx: Tx, task_id: str, *, from_us: int) -> int:
    """Return how many of ``n_new`` are of images that came in from a moment on."""
    asked = (
        select(func.count())
        .select_from(CORRECTIONS)
        .join(IMAGES, IMAGES.c.id == CORRECTIONS.c.image_id)
        .where(*_unlearnt(task_id), CORRECTIONS.c.agrees == False, IMAGES.c.created_us >= from_us)  # noqa: E712
    )
    return int(tx.execute(asked).scalar_one())


def mark_learnt(tx: Tx, task_id: str, job_id: str) -> int:
    """Note that a training learns from every accepted correction there is by now."""
    return rows.change(tx, CORRECTIONS, *_unlearnt(task_id), job_id=job_id)


def _unlearnt(task_id: str) -> tuple[Any, ...]:
    return (
        CORRECTIONS.c.task_id == task_id,
        CORRECTIONS.c.state == CorrectionState.ACCEPTED.value,
        CORRECTIONS.c.job_id == "",
    )


def change(tx: Tx, workspace_id: str, correction_id: str, **values: Any) -> Correction:
    """Change fields of a correction and return it.

    Raises:
        NotFoundError: this workspace has none of this id.
    """
    here = (CORRECTIONS.c.workspace_id == workspace_id, CORRECTIONS.c.id == correction_id)
    rows.change(tx, CORRECTIONS, *here, **values)
    return get(tx, workspace_id, correction_id)


def waiting(tx: Tx, task_id: str, *, image_id: str, token_id: str) -> tuple[Waiting, ...]:
    """Return what is said of an image, and what a source said of any, that no training has learnt from."""
    asked = (
        _with_evidence()
        .where(
            CORRECTIONS.c.task_id == task_id,
            CORRECTIONS.c.job_id == "",
            CORRECTIONS.c.state != CorrectionState.REJECTED.value,
            or_(CORRECTIONS.c.image_id == image_id, CORRECTIONS.c.token_id == token_id),
        )
        .order_by(CORRECTIONS.c.seq.desc())
        .limit(MOST_OF_A_SOURCE)
    )
    return tuple(_waiting(row) for row in reversed(tx.execute(asked).all()))


def _with_evidence() -> Select[Any]:
    said = PREDICTIONS.c
    return (
        select(
            CORRECTIONS,
            IMAGES.c.sha256,
            IMAGES.c.is_test,
            said.answer,
            said.label_id,
            said.p_label,
            said.familiar,
        )
        .join(IMAGES, IMAGES.c.id == CORRECTIONS.c.image_id)
        .join(PREDICTIONS, said.id == CORRECTIONS.c.prediction_id, isouter=True)
    )


def _waiting(row: Row[Any]) -> Waiting:
    entry = row._mapping
    return Waiting(
        correction=rows.noun_of(Correction, row),
        sha256=entry["sha256"],
        is_test=bool(entry["is_test"]),
        answer=entry["answer"] or {},
        label_id=entry["label_id"] or "",
        p_label=entry["p_label"] or 0.0,
        familiar=bool(entry["familiar"]),
    )


def usual_of_source(tx: Tx, task_id: str, token_id: str) -> float:
    """Return how many corrections a source gave at a time: between two trainings, where any learnt from it.

    Those withdrawn since do not count: a flood that got through once is no reason to let the next one in.
    """
    asked = select(func.count(), func.count(CORRECTIONS.c.job_id.distinct())).where(
        CORRECTIONS.c.task_id == task_id,
        CORRECTIONS.c.token_id == token_id,
        CORRECTIONS.c.job_id != "",
        CORRECTIONS.c.state != CorrectionState.REJECTED.value,
    )
    n, n_trainings = tx.execute(asked).one()
    return float(n) / n_trainings if n_trainings else 0.0


def in_force(tx: Tx, task_id: str, image_id: str) -> tuple[Correction, ...]:
    """Return the accepted corrections of an image for a task, oldest first."""
    here = (CORRECTIONS.c.image_id == image_id, CORRECTIONS.c.task_id == task_id)
    return rows.every(
        tx, CORRECTIONS, Correction, *here, CORRECTIONS.c.state == CorrectionState.ACCEPTED.value
    )


def forget_estimate(tx: Tx, prediction_id: str) -> None:
    """Let none of a prediction's corrections tell of the accuracy: a later one does."""
    rows.change(tx, CORRECTIONS, CORRECTIONS.c.prediction_id == prediction_id, estimates_version=None)


def estimate(tx: Tx, task_id: str, version_number: int) -> Mapping[tuple[bool, CorrectionState], int]:
    """Return how many drawn answers of a version were judged: by whether they were right, and what became of it."""
    asked = (
        select(CORRECTIONS.c.agrees, CORRECTIONS.c.state, func.count())
        .where(CORRECTIONS.c.task_id == task_id, CORRECTIONS.c.estimates_version == version_number)
        .group_by(CORRECTIONS.c.agrees, CORRECTIONS.c.state)
    )
    return {(bool(agrees), CorrectionState(state)): n for agrees, state, n in tx.execute(asked)}


def counts(tx: Tx, task_id: str) -> Mapping[CorrectionState, int]:
    """Return how many corrections a task has, by state."""
    asked = (
        select(CORRECTIONS.c.state, func.count())
        .where(CORRECTIONS.c.task_id == task_id)
        .group_by(CORRECTIONS.c.state)
    )
    return {CorrectionState(state): n for state, n in tx.execute(asked)}


def unlearnt(tx: Tx, task_id: str) -> Iterator[tuple[bool, tuple[str, ...]]]:
    """Yield of each accepted correction no training has learnt from whether it agrees, and its labels."""
    asked = select(CORRECTIONS.c.agrees, CORRECTIONS.c.label_ids).where(*_unlearnt(task_id))
    for agrees, label_ids in tx.execute(asked):
        yield bool(agrees), tuple(label_ids)


def held_reasons(tx: Tx, task_id: str) -> Mapping[str, int]:
    """Return how many corrections are held back, by the key of the reason."""
    key = CORRECTIONS.c.reason["key"].as_string()
    asked = (
        select(key, func.count())
        .where(CORRECTIONS.c.task_id == task_id, CORRECTIONS.c.state == CorrectionState.QUARANTINED.value)
        .group_by(key)
    )
    return {str(reason): n for reason, n in tx.execute(asked)}


def totals(tx: Tx) -> Mapping[tuple[str, str, str], int]:
    """Return how many corrections there are, by workspace, task and state."""
    asked = (
        select(TASKS.c.workspace_id, CORRECTIONS.c.task_id, CORRECTIONS.c.state, func.count())
        .join(TASKS, TASKS.c.id == CORRECTIONS.c.task_id)
        .group_by(TASKS.c.workspace_id, CORRECTIONS.c.task_id, CORRECTIONS.c.state)
    )
    return {(workspace, task, state): n for workspace, task, state, n in tx.execute(asked)}
