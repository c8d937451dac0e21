"""Locks of PostgreSQL: a lost connection is noticed, and so is a server that is not there."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from tests.postgres import PostgresServer

from apprenti.domain.errors import StoreError
from apprenti.store.advisory_locks import AdvisoryLocks

pytestmark = pytest.mark.slow  # they start a server

ONE = "00000000-0000-4000-8000-000000000001"
END_WORKERS = (
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'apprenti worker'"
)


def test_a_worker_whose_connection_is_lost_notices_and_counts_as_dead(postgres: PostgresServer) -> None:
    locks = AdvisoryLocks(postgres.new_url())
    with locks.hold(ONE) as lock:
        assert lock.held
        with contextlib.closing(postgres.connect()) as connection:
            connection.execute(END_WORKERS)
        assert not lock.held
        assert not lock.held
        assert not locks.is_alive(ONE)
        with locks.hold(ONE) as another:
            assert another.held
            assert not lock.held


def test_workers_of_two_databases_do_not_meet(postgres: PostgresServer) -> None:
    here, there = AdvisoryLocks(postgres.new_url()), AdvisoryLocks(postgres.new_url())
    with here.hold(ONE):
        assert not there.is_alive(ONE)
        with there.hold(ONE):
            assert there.is_alive(ONE)


def test_the_locks_of_others_in_the_same_database_are_not_ours(postgres: PostgresServer) -> None:
    locks = AdvisoryLocks(postgres.new_url())
    with contextlib.closing(postgres.connect(locks._url.split("/")[3].split("?")[0])) as other:
        other.execute("SELECT pg_advisory_lock(1), pg_advisory_lock(1, 2)")
        assert not locks.is_alive(ONE)


def test_a_server_that_is_not_there_is_an_error_and_not_a_dead_worker(tmp_path: Path) -> None:
    pytest.importorskip("psycopg", reason="needs the extra postgres")
    locks = AdvisoryLocks(f"postgresql+psycopg://u:secret@/name?host={tmp_path}")
    with pytest.raises(StoreError) as caught:
        locks.is_alive(ONE)
    assert caught.value.key == "locks_unreachable"
    assert "secret" not in caught.value.said("en")
    with pytest.raises(StoreError), locks.hold(ONE):
        pass
