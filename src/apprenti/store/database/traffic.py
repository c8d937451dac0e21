"""Traffic in the database: counts by task, version, UTC day and measure, raised as answers are given.

One statement for each answer, in the transaction that writes it: so the figures say what was written, and looking at
them costs the same however many answers there were.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from apprenti.store.database.rows import Tx
from apprenti.store.database.tables import TASKS, TRAFFIC

_KEY = ("task_id", "day", "version_number", "measure", "bucket")


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How often something was seen.

    Args:
        version_number: who answered.
        day: days since the epoch, UTC; 0 where days are taken together.
        measure: what is counted.
        bucket: of what kind; empty for a plain count.
        n: how often.
        task_id: where several tasks are looked at.
        workspace_id: likewise.
    """

    version_number: int
    day: int
    measure: str
    bucket: str
    n: int
    task_id: str = ""
    workspace_id: str = ""


def add(
    tx: Tx, task_id: str, *, version_number: int, day: int, counts: Iterable[tuple[str, str, int]]
) -> None:
    """Raise counts, each ``(measure, bucket, by how much)``; no two have the same measure and bucket."""
    here = {"task_id": task_id, "version_number": version_number, "day": day}
    # in one order, whoever writes: two writers must not wait for each other's rows
    rows = [{**here, "measure": measure, "bucket": bucket, "n": n} for measure, bucket, n in sorted(counts)]
    if not rows:
        return
    dialect: Any = sqlite if tx.dialect.name == "sqlite" else postgresql
    new = dialect.insert(TRAFFIC)
    raised = {"n": TRAFFIC.c.n + new.excluded.n}
    # row after row: one statement for any number of rows would be put together anew each time
    tx.execute(new.on_conflict_do_update(index_elements=_KEY, set_=raised), rows)


def of_task(tx: Tx, task_id: str, *, from_day: int, to_day: int) -> tuple[Count, ...]:
    """Return the counts of a task, both days included, in the order of the days."""
    asked = (
        select(TRAFFIC.c.version_number, TRAFFIC.c.day, TRAFFIC.c.measure, TRAFFIC.c.bucket, TRAFFIC.c.n)
        .where(TRAFFIC.c.task_id == task_id, TRAFFIC.c.day >= from_day, TRAFFIC.c.day <= to_day)
        .order_by(TRAFFIC.c.day)
    )
    return tuple(Count(**row._mapping) for row in tx.execute(asked))


def totals(tx: Tx, measures: Iterable[str]) -> tuple[Count, ...]:
    """Return the counts of all tasks of all workspaces, days taken together."""
    key = (TASKS.c.workspace_id, *(TRAFFIC.c[name] for name in _KEY if name != "day"))
    asked = (
        select(*key, func.sum(TRAFFIC.c.n).label("n"))
        .join(TASKS, TASKS.c.id == TRAFFIC.c.task_id)
        .where(TRAFFIC.c.measure.in_(list(measures)))
        .group_by(*key)
        .order_by(*key)
    )
    return tuple(
        Count(**{**row._mapping, "n": int(row._mapping["n"]), "day": 0}) for row in tx.execute(asked)
    )
