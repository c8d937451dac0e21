"""How large the database is."""

from __future__ import annotations

from sqlalchemy import text

from apprenti.store.database.rows import Tx


def of_database(tx: Tx) -> int:
    """Return the bytes the database takes."""
    if tx.dialect.name != "sqlite":
        return int(tx.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
    n_pages = tx.execute(text("PRAGMA page_count")).scalar_one()
    return int(n_pages) * int(tx.execute(text("PRAGMA page_size")).scalar_one())
