"""Window alarms in the database: one state for each task."""

from __future__ import annotations

from sqlalchemy import select

from apprenti.domain.service import Alarm
from apprenti.store.database import rows
from apprenti.store.database.rows import Tx
from apprenti.store.database.tables import ALARMS, TASKS


def of_task(tx: Tx, task_id: str) -> Alarm | None:
    """Return what the last window of a task said; ``None`` before the first."""
    return rows.find(tx, ALARMS, Alarm, ALARMS.c.task_id == task_id)


def put(tx: Tx, alarm: Alarm) -> None:
    """Write what a window said, in place of what the one before did."""
    values = {name: value for name, value in rows.values_of(alarm).items() if name != "task_id"}
    if not rows.change(tx, ALARMS, ALARMS.c.task_id == alarm.task_id, **values):
        rows.add(tx, ALARMS, alarm)


def every(tx: Tx) -> tuple[tuple[str, Alarm], ...]:
    """Return what the last window of every task said, each with its workspace."""
    asked = (
        select(ALARMS, TASKS.c.workspace_id)
        .join(TASKS, TASKS.c.id == ALARMS.c.task_id)
        .order_by(ALARMS.c.task_id)
    )
    return tuple((row._mapping["workspace_id"], rows.noun_of(Alarm, row)) for row in tx.execute(asked))
