"""The audit log in the database: written in the transaction of what it tells of, and never changed."""

from __future__ import annotations

from apprenti.domain.service import AuditEntry
from apprenti.store.database import rows
from apprenti.store.database.rows import Page, Tx
from apprenti.store.database.tables import AUDIT


def insert(tx: Tx, *entries: AuditEntry) -> None:
    """Write what was done."""
    rows.add(tx, AUDIT, *entries)


def page(
    tx: Tx, workspace_id: str, *, noun_id: str | None = None, cursor: str | None = None, limit: int = 50
) -> Page[AuditEntry]:
    """Return what was done in a workspace (with one thing, or with all), newest first."""
    where = [AUDIT.c.workspace_id == workspace_id]
    if noun_id is not None:
        where.append(AUDIT.c.noun_id == noun_id)
    return rows.page(tx, AUDIT, AuditEntry, *where, cursor=cursor, limit=limit, newest_first=True)
