"""Who is at work, told by PostgreSQL: each worker has a connection of its own, and a lock that lives as long as it.

The server lets go of the lock when the connection ends: at once when the process is killed, after half a minute when
its machine vanishes. Source: https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from apprenti.domain.errors import OptionError, StoreError
from apprenti.store.worker_locks import checked_worker_id

if TYPE_CHECKING:
    import psycopg

ANSWER_SECONDS = 10
"""A server that is silent for so long counts as gone, here as there."""
_KEEPALIVE = {"idle": 10, "interval": 5, "count": 3}
_SPACE = "apprenti worker "
_TRY = "SELECT pg_try_advisory_lock(%s)"
# seen from outside: asking must not lock, or a worker could find its own lock taken by whoever asks
_IS_HELD = """
SELECT EXISTS (
    SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
    WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND datname = current_database()
    AND ((classid::bigint << 32) | objid::bigint) = %s
)
"""


# one session holds one lock; the database's own writers hold others, under another name
_N_HELD = """
SELECT count(DISTINCT pg_locks.pid)
FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
JOIN pg_stat_activity ON pg_stat_activity.pid = pg_locks.pid
WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND pg_database.datname = current_database()
AND application_name = %s
"""
_SESSION_NAME = "apprenti worker"


class AdvisoryLocks:
    """``WorkerLocks`` (``domain.seams``) by session-level advisory locks of a PostgreSQL database.

    It must be reached directly, or through a pooler that keeps sessions: one that shares a session among clients
    would share its locks.

    Args:
        url: ``postgresql://…`` or ``postgresql+psycopg://…``, the same for all workers.

    Raises:
        OptionError: ``psycopg`` (extra ``postgres``) is not installed.
    """

    def __init__(self, url: str) -> None:
        try:
            import psycopg
        except ImportError as error:
            raise OptionError("database_driver", cause=str(error)) from error
        self._psycopg = psycopg
        self._url = url.replace("postgresql+psycopg://", "postgresql://", 1)

    @contextlib.contextmanager
    def hold(self, worker_id: str) -> Iterator[HeldSession]:
        """Hold the lock of a worker while the block runs; see ``domain.seams.WorkerLocks.hold``."""
        key = _key(worker_id)
        with self._told():
            connection = self._connect()
        with contextlib.closing(connection):
            with self._told():
                taken = not _first(connection, _TRY, key)
            if taken:
                raise StoreError("worker_taken", worker=worker_id)
            yield HeldSession(connection)

    def is_alive(self, worker_id: str) -> bool:
        """Return whether somebody holds the lock of this worker."""
        key = _key(worker_id)
        with self._told(), contextlib.closing(self._connect()) as connection:
            return _first(connection, _IS_HELD, key)

    def n_alive(self) -> int:
        """Return how many locks somebody holds; sessions of other users are seen by name only where we may."""
        with self._told(), contextlib.closing(self._connect()) as connection:
            row = connection.execute(_N_HELD, [_SESSION_NAME]).fetchone()
        return int(row[0]) if row else 0

    def _connect(self) -> psycopg.Connection[Any]:
        connection = self._psycopg.connect(
            self._url,
            autocommit=True,
            connect_timeout=ANSWER_SECONDS,
            application_name=_SESSION_NAME,
            tcp_user_timeout=ANSWER_SECONDS * 1000,
            keepalives_idle=_KEEPALIVE["idle"],
            keepalives_interval=_KEEPALIVE["interval"],
            keepalives_count=_KEEPALIVE["count"],
        )
        # the other end: how soon the server finds out that our machine is gone
        for name, value in _KEEPALIVE.items():
            connection.execute("SELECT set_config(%s, %s, false)", [f"tcp_keepalives_{name}", str(value)])
        return connection

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except self._psycopg.Error as error:
            cause = " ".join(str(error).split())
            raise StoreError("locks_unreachable", place="PostgreSQL", cause=cause) from error


class HeldSession:
    """A worker's session; ``held`` says whether the server still knows it."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    @property
    def held(self) -> bool:
        """Whether the session lives, and its lock with it; asks the server, for half a minute at most."""
        import psycopg

        try:
            return _first(self._connection, "SELECT true")
        except psycopg.Error:
            return False


def _first(connection: psycopg.Connection[Any], query: str, *values: int) -> bool:
    row = connection.execute(query.encode(), values).fetchone()
    return row is not None and bool(row[0])


def _key(worker_id: str) -> int:
    """Return the number of a worker's lock, 64 bits with a sign; no two ids share one but by chance (1 in 2^64)."""
    digest = hashlib.sha256(f"{_SPACE}{checked_worker_id(worker_id)}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)
