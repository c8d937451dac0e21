"""A workspace as a whole: every row of it, table by table, out of one database and into another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Column, Integer, String, Table, UniqueConstraint, insert, select

from apprenti.domain.service import (
    Correction,
    ImageLabel,
    Label,
    StoredImage,
    StoredPrediction,
    Task,
    TaskLabel,
    TrainingJob,
    Version,
)
from apprenti.store.database import rows, tables
from apprenti.store.database.rows import Tx

LARGEST, LARGEST_IN_32_BITS = 2**63 - 1, 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A table of a workspace.

    Args:
        name: of its file in an export.
        table: where its rows are.
        kind: the noun in a row.
        through: the table and column by which its rows belong to a workspace, where they do not say so themselves.
        ids: fields that hold the id of something else of the workspace.
    """

    name: str
    table: Table
    kind: type[Any]
    through: tuple[Table, Column[Any]] | None = None
    ids: tuple[str, ...] = ()


PARTS = (
    Part(name="tasks", table=tables.TASKS, kind=Task),
    Part(name="labels", table=tables.LABELS, kind=Label),
    Part(
        name="task_labels",
        table=tables.TASK_LABELS,
        kind=TaskLabel,
        through=(tables.TASKS, tables.TASK_LABELS.c.task_id),
        ids=("task_id", "label_id"),
    ),
    Part(name="images", table=tables.IMAGES, kind=StoredImage),
    Part(
        name="image_labels",
        table=tables.IMAGE_LABELS,
        kind=ImageLabel,
        through=(tables.IMAGES, tables.IMAGE_LABELS.c.image_id),
        ids=("image_id", "label_id"),
    ),
    Part(name="trainings", table=tables.TRAININGS, kind=TrainingJob, ids=("task_id",)),
    Part(name="versions", table=tables.VERSIONS, kind=Version, ids=("task_id", "job_id", "labels")),
    Part(
        name="predictions",
        table=tables.PREDICTIONS,
        kind=StoredPrediction,
        ids=("task_id", "image_id", "label_id"),
    ),
    Part(
        name="corrections",
        table=tables.CORRECTIONS,
        kind=Correction,
        ids=("task_id", "image_id", "prediction_id", "label_ids", "job_id"),
    ),
)
"""Those that others name come first."""


def rows_of(tx: Tx, part: Part, workspace_id: str) -> Iterator[Mapping[str, Any]]:
    """Yield the rows of one table that belong to a workspace, oldest first, a thousand in memory at a time."""
    asked = select(part.table).order_by(part.table.c.seq).limit(1000)
    if part.through is None:
        asked = asked.where(part.table.c.workspace_id == workspace_id)
    else:
        owner, column = part.through
        asked = asked.join(owner, owner.c.id == column).where(owner.c.workspace_id == workspace_id)
    last = 0
    while True:
        found = tx.execute(asked.where(part.table.c.seq > last)).all()
        for row in found:
            yield {name: value for name, value in row._mapping.items() if name != "seq"}
        if len(found) < 1000:
            return
        last = found[-1]._mapping["seq"]


def add_rows(tx: Tx, part: Part, nouns: Sequence[Any]) -> None:
    """Write nouns of one table."""
    for some in rows.in_batches(nouns):
        tx.execute(insert(part.table), [rows.values_of(noun) for noun in some])


def any_is_there(tx: Tx, part: Part, ids: Sequence[str]) -> bool:
    """Return whether any of these ids is taken, in whatever workspace."""
    for some in rows.in_batches(ids):
        if tx.execute(select(part.table.c.id).where(part.table.c.id.in_(some)).limit(1)).first() is not None:
            return True
    return False


def misfit(part: Part, noun: Any) -> str:
    """Return the field of a noun that its column cannot hold, in whatever database; empty where all fit."""
    for name, value in rows.values_of(noun).items():
        kind = part.table.c[name].type
        if isinstance(value, str) and isinstance(kind, String) and kind.length is not None:
            if len(value) > kind.length:
                return name
        elif isinstance(value, int) and isinstance(kind, Integer):
            most = LARGEST if isinstance(kind, BigInteger) else LARGEST_IN_32_BITS
            if not -most <= value <= most:
                return name
    return ""


def repeated(part: Part, nouns: Sequence[Any]) -> str:
    """Return the fields that two nouns share and no two may; empty where all are different."""
    for rule in part.table.constraints:
        if not isinstance(rule, UniqueConstraint):
            continue
        names = [column.name for column in rule.columns if column.name != "workspace_id"]
        if len({tuple(getattr(noun, name) for name in names) for noun in nouns}) < len(nouns):
            return ", ".join(names)
    return ""
