"""A database whose transactions all belong to one that is open already."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from apprenti.store.database.connection import Database


class JoinedDatabase(Database):
    """Gives out parts of one transaction, so that several pieces of work are on disk together or not at all.

    Args:
        database: where the transaction is open.
        tx: a write.
    """

    def __init__(self, database: Database, tx: Connection) -> None:
        super().__init__(database.engine)
        self._tx = tx

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Look, from within the transaction."""
        yield self._tx

    @contextmanager
    def write(self, *, only_adds: bool = False) -> Iterator[Connection]:
        """Write, as a part that can fail by itself."""
        with self._tx.begin_nested():
            yield self._tx
