"""Answers that are kept in the database for requests that come again."""

from __future__ import annotations

from apprenti.domain.service import Acknowledged
from apprenti.store.database import rows
from apprenti.store.database.rows import Tx
from apprenti.store.database.tables import IDEMPOTENCY


def find(tx: Tx, workspace_id: str, key: str) -> Acknowledged | None:
    """Return what was answered under this key; ``None`` where nothing was."""
    here = (IDEMPOTENCY.c.workspace_id == workspace_id, IDEMPOTENCY.c.key == key)
    return rows.find(tx, IDEMPOTENCY, Acknowledged, *here)


def insert(tx: Tx, *answers: Acknowledged) -> None:
    """Keep answers."""
    rows.add(tx, IDEMPOTENCY, *answers)


def forget(tx: Tx, *, before_us: int) -> int:
    """Drop answers given before a moment; return how many there were."""
    return rows.remove(tx, IDEMPOTENCY, IDEMPOTENCY.c.created_us < before_us)
