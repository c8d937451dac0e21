"""Whether the database is whole, and what it is, for whoever looks after it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select, text

from apprenti.domain.service import JobState, TrainingJob
from apprenti.store.database import rows
from apprenti.store.database.connection import Database, wal_is_safe
from apprenti.store.database.images import BLOB_COLUMNS
from apprenti.store.database.rows import Tx
from apprenti.store.database.tables import AUDIT, METADATA, TRAININGS

MOST_FAULTS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseFacts:
    """What a database is.

    Args:
        kind: ``SQLite`` or ``PostgreSQL``.
        version: of the library, or of the server.
        journal: how SQLite keeps what a crash must not take; empty for a server.
        wal_is_safe: whether this SQLite may keep a write-ahead log; always for a server.
        is_read_only: a server that follows another, and takes no writes.
    """

    kind: str
    version: str
    journal: str = ""
    wal_is_safe: bool = True
    is_read_only: bool = False


def facts_of(database: Database) -> DatabaseFacts:
    """Return what the database is.

    Raises:
        StoreError: it does not answer or is damaged.
    """
    with database.read() as tx:
        if database.is_sqlite:
            return DatabaseFacts(
                kind="SQLite",
                version=sqlite3.sqlite_version,
                journal=str(tx.exec_driver_sql("PRAGMA journal_mode").scalar_one()).upper(),
                wal_is_safe=wal_is_safe(sqlite3.sqlite_version_info),
            )
        version = str(tx.execute(text("SHOW server_version")).scalar_one())
        follows = bool(tx.execute(text("SELECT pg_is_in_recovery()")).scalar_one())
        return DatabaseFacts(kind="PostgreSQL", version=version.partition(" ")[0], is_read_only=follows)


def faults_of(database: Database) -> tuple[str, ...]:
    """Return what is wrong inside the database, in its own words; a whole one has nothing.

    SQLite reads every page and compares every index with its table; while it does, who wants to write waits. Of a
    server only a quick look is taken: that every row can be read, and that its indexes are in order.

    Raises:
        StoreError: it does not answer, or is so damaged that it cannot be looked at.
    """
    with database.read() as tx:
        found = _of_sqlite(tx) if database.is_sqlite else _of_postgresql(tx)
        return tuple(fault for fault, _ in zip(found, range(MOST_FAULTS), strict=False))


def _of_sqlite(tx: Tx) -> Iterator[str]:
    for (line,) in tx.exec_driver_sql(f"PRAGMA integrity_check({MOST_FAULTS})"):
        if line != "ok":
            yield str(line)
    for table, row, parent, _ in tx.exec_driver_sql("PRAGMA foreign_key_check"):
        yield f"row {row} of {table} names a row of {parent} that is not there"


def _of_postgresql(tx: Tx) -> Iterator[str]:
    for table in METADATA.sorted_tables:
        # hashing whole rows makes the server read what lies outside the table's own pages as well
        tx.execute(text(f'SELECT count(hashtext(t::text)) FROM "{table.name}" t')).scalar_one()  # noqa: S608 (our names)
    invalid = "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid OR NOT indisready"
    for (name,) in tx.execute(text(invalid)):
        yield f"index {name} is not valid"


def blobs_named(tx: Tx) -> Iterator[str]:
    """Yield the SHA-256 of every blob that a row names; some more than once."""
    for column in BLOB_COLUMNS:
        asked = select(column).where(column != "").execution_options(yield_per=10_000)
        yield from tx.execute(asked).scalars()


def trainings_under_way(tx: Tx) -> tuple[TrainingJob, ...]:
    """Return every training that is not over, of all workspaces."""
    states = [state.value for state in JobState if not state.is_over]
    return tuple(rows.every(tx, TRAININGS, TrainingJob, TRAININGS.c.state.in_(states)))


def latest_us(tx: Tx) -> int:
    """Return when something was last done, as the clock said then; 0 where nothing was."""
    return int(tx.execute(select(func.coalesce(func.max(AUDIT.c.created_us), 0))).scalar_one())
