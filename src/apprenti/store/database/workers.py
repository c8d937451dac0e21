"""Workers in the database: those that were seen; whether one is alive tells its lock."""

from __future__ import annotations

from apprenti.domain.service import Worker
from apprenti.store.database import rows
from apprenti.store.database.rows import Tx
from apprenti.store.database.tables import WORKERS


def note(tx: Tx, worker_id: str, *, now_us: int) -> None:
    """Note that a worker was seen."""
    if not rows.change(tx, WORKERS, WORKERS.c.id == worker_id, seen_us=now_us):
        rows.add(tx, WORKERS, Worker(id=worker_id, begun_us=now_us, seen_us=now_us))


def every(tx: Tx) -> tuple[Worker, ...]:
    """Return those that were seen and not forgotten, oldest first."""
    return rows.every(tx, WORKERS, Worker)


def forget(tx: Tx, *, before_us: int) -> int:
    """Forget those that were last seen before a moment; return how many there were."""
    return rows.remove(tx, WORKERS, WORKERS.c.seen_us < before_us)
