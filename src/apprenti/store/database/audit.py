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
    tx: Tx,
    workspace_id: str,
    *,
    noun: str | None = None,
    noun_id: str | None = None,
    token_id: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[AuditEntry]:
    """Return what was done in a workspace, newest first: with a kind of thing, one thing, by somebody; or all."""
    wanted = {"noun": noun, "noun_id": noun_id, "token_id": token_id}
    where = [AUDIT.c.workspace_id == workspace_id]
    where += [AUDIT.c[name] == value for name, value in wanted.items() if value is not None]
    return rows.page(tx, AUDIT, AuditEntry, *where, cursor=cursor, limit=limit, newest_first=True)
