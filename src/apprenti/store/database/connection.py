"""The database: opened, brought up to date, and one writer at a time.

SQLite begins every write with BEGIN IMMEDIATE, so that reading and then writing never ends in a lock error; on
PostgreSQL a write takes one advisory lock, so that both behave alike and a maximum read is a maximum written.

Source: SQLite, "Write-Ahead Logging" and "The WAL-reset bug" (fixed in 3.51.3, 3.50.7 and 3.44.6).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, IntegrityError, OperationalError
from sqlalchemy.pool import StaticPool

from apprenti.domain.errors import ConflictError, OptionError, StoreError
from apprenti.domain.seams import Sign
from apprenti.store.board import OwnSign

if TYPE_CHECKING:
    import psycopg

BUSY_SECONDS = 60.0
MEMORY_URL = "sqlite://"
_WRITES = "apprenti_writes"
_WRITER_LOCK = 0x41505052  # "APPR"
_WAL_IS_SAFE_FROM = ((3, 51, 3), (3, 50, 7), (3, 44, 6))
"""Of each line of releases, the first that has the fix; older lines have none."""


class Database:
    """A database of the service. ``Database.open(url)`` makes one and brings its tables up to date."""

    def __init__(self, engine: Engine, *, changes: Sign | None = None) -> None:
        self._engine = engine
        self._changes = changes or OwnSign()
        self._damage: str | None = None

    @classmethod
    def open(cls, url: str, *, changes: Sign | None = None) -> Database:
        """Return the database at ``url``, its tables made or brought up to date.

        Args:
            url: ``sqlite:///…/apprenti.db``, ``sqlite://`` (in memory, for tests) or ``postgresql+psycopg://…``.
            changes: told of each change; shared where several processes remember what is in it.

        Raises:
            OptionError: the address cannot be read, or its driver is not installed.
            StoreError: it does not answer, is no database or a damaged one, or belongs to a newer Apprenti.
        """
        from apprenti.store.database.migrating import bring_up_to_date

        database = cls(_engine(url), changes=changes)
        database.check()
        bring_up_to_date(database)
        return database

    @classmethod
    def as_it_is(cls, url: str) -> Database | None:
        """Return the database at ``url`` without making or changing its tables; ``None`` where there is no file.

        Raises:
            OptionError: the address cannot be read, or its driver is not installed.
        """
        path = sqlite_file(url)
        return None if path is not None and not path.is_file() else cls(_engine(url))

    @property
    def engine(self) -> Engine:
        """SQLAlchemy's engine, for what is done to the database as a whole."""
        return self._engine

    @property
    def last_change(self) -> object:
        """A sign that is another after each change this server wrote: what was read under this one still holds."""
        return self._changes.now

    @property
    def is_sqlite(self) -> bool:
        """Whether it is one file (or memory) and not a server."""
        return self._engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that sees one state of everything.

        Raises:
            StoreError: the database does not answer or is damaged.
        """
        with self._told(), self._engine.connect() as tx, tx.begin():
            yield tx

    def check(self) -> None:
        """Look at every page of an SQLite file, a second for some hundred megabytes; a server looks after its own.

        Raises:
            StoreError: one is damaged.
        """
        if self.is_sqlite:
            with self.read() as tx:
                found = tx.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
            if found != "ok":
                raise StoreError("store_damaged", cause=" ".join(str(found).split())[:200])

    @contextmanager
    def write(self, *, only_adds: bool = False) -> Iterator[Connection]:
        """Open a transaction that alone may write; it is on disk when the block ends, or not at all.

        Args:
            only_adds: it adds rows that nobody keeps in memory, so ``last_change`` stays.

        Raises:
            StoreError: the database does not answer, is damaged or was seen to be, or the disk is full.
        """
        if self._damage is not None:  # what is written onto damage spreads it
            raise StoreError("store_damaged", cause=self._damage)
        with self._told(), self._engine.connect() as bare:
            options: dict[str, Any] = {_WRITES: True}
            if not self.is_sqlite:  # each statement sees what was written before the lock was had
                options["isolation_level"] = "READ COMMITTED"
            tx = bare.execution_options(**options)
            with tx.begin():
                if not self.is_sqlite:
                    tx.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _WRITER_LOCK})
                yield tx
            if not only_adds:
                self._changes.change()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say in our words what goes wrong, and remember damage."""
        try:
            with _translated():
                yield
        except StoreError as error:
            if error.key == "store_damaged":
                self._damage = str(error.values["cause"])
            raise

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()


def sqlite_file(url: str) -> Path | None:
    """Return the file of an SQLite database; ``None`` where it is a server's or in memory.

    Example:
        >>> str(sqlite_file("sqlite:///data/apprenti.db"))
        'data/apprenti.db'
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        return None
    in_file = parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:")
    return Path(parsed.database or "") if in_file else None


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            return _sqlite(url, in_memory=not parsed.database or parsed.database == ":memory:")
        if parsed.get_backend_name() == "postgresql":
            return _postgresql(parsed)
    except ArgumentError as error:
        raise OptionError("database_address", url=_without_password(url)) from error
    except ModuleNotFoundError as error:
        raise OptionError("database_driver", cause=str(error)) from error
    raise OptionError("database_address", url=_without_password(url))


def _postgresql(url: URL) -> Engine:
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        isolation_level="REPEATABLE READ",
        pool_pre_ping=True,
        pool_size=8,
        max_overflow=8,
    )
    event.listen(engine, "connect", _plan_for_memory)
    return engine


def _plan_for_memory(raw: psycopg.Connection[Any], _record: object) -> None:
    """Let the server look rows up one by one where that reads less: they are in memory, or on a disk without arms.

    Its own guess, that a jump costs four times what reading on does, makes it read all images in search of a thousand.
    Said after connecting and not with it, for poolers refuse what they do not know.
    """
    raw.execute("SET random_page_cost = 1.1")
    raw.commit()


def _sqlite(url: str, *, in_memory: bool) -> Engine:
    if in_memory:
        pool: dict[str, Any] = {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}
    else:
        pool = {"connect_args": {"timeout": BUSY_SECONDS, "check_same_thread": False}}
        _make_private(Path(make_url(url).database or ""))
    engine = create_engine(url, **pool)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _make_private(path: Path) -> None:
    """Make the file before SQLite does: nobody else on the machine may read it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
    except OSError as error:
        raise StoreError("store_unreadable", cause=error.strerror or str(error)) from error


def _prepare(raw: sqlite3.Connection, _record: object) -> None:
    raw.isolation_level = None  # transactions begin where we say, not where the driver guesses
    journal = "WAL" if wal_is_safe(sqlite3.sqlite_version_info) else "DELETE"
    # EXTRA: without a write-ahead log FULL does not force to the disk that the journal is gone, and a power cut just
    # after the answer would bring it back, and undo what was acknowledged
    for pragma in (f"journal_mode={journal}", "synchronous=EXTRA", "foreign_keys=ON", "temp_store=MEMORY"):
        raw.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Return whether an SQLite of this version may keep a write-ahead log: 3.7.0 to 3.51.2 could lose writes by it.

    Example:
        >>> wal_is_safe((3, 40, 1)), wal_is_safe((3, 50, 7)), wal_is_safe((3, 52, 0))
        (False, True, True)
    """
    newest = _WAL_IS_SAFE_FROM[0]
    if version >= newest:
        return True
    return any(version[:2] == fixed[:2] and version >= fixed for fixed in _WAL_IS_SAFE_FROM)


@contextmanager
def _translated() -> Iterator[None]:
    """Say in our words what the database says in its own."""
    from sqlalchemy.exc import DatabaseError

    try:
        yield
    except (
        IntegrityError
    ) as error:  # what it was to name was deleted, or made by somebody else, a moment before
        raise ConflictError("changed_meanwhile") from error
    except OperationalError as error:
        said = str(error.orig).lower()
        if "full" in said:
            raise StoreError("store_full", cause=str(error.orig)) from error
        raise StoreError("store_unreadable", cause=str(error.orig)) from error
    except DatabaseError as error:
        said = str(error.orig).lower()
        if "malformed" in said or "not a database" in said or "corrupt" in said:
            raise StoreError("store_damaged", cause=str(error.orig)) from error
        raise


def _without_password(url: str) -> str:
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return url.split("@")[-1][:100]
