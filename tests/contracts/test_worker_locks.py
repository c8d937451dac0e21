"""What tells who is at work, by files or by PostgreSQL: real processes that are really killed."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from apprenti.domain.errors import StoreError
from apprenti.domain.seams import WorkerLocks
from apprenti.store.advisory_locks import AdvisoryLocks
from apprenti.store.worker_locks import FileLocks

ONE = "00000000-0000-4000-8000-000000000001"
TWO = "00000000-0000-4000-8000-000000000002"
NOTICED_SECONDS = 20.0
WORKER = """
import subprocess, sys, time
from pathlib import Path
from apprenti.store.advisory_locks import AdvisoryLocks
from apprenti.store.worker_locks import FileLocks
kind, address, worker_id, then = sys.argv[1:]
locks = FileLocks(Path(address)) if kind == "files" else AdvisoryLocks(address)
with locks.hold(worker_id):
    if then == "start a program":
        program = subprocess.Popen(["sleep", "60"], stdout=subprocess.DEVNULL)
        print(program.pid, flush=True)
    else:
        print(0, flush=True)
    if then != "leave":
        time.sleep(60)
"""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where locks lie, for this process and for others."""

    kind: str
    address: str

    def locks(self) -> WorkerLocks:
        return FileLocks(Path(self.address)) if self.kind == "files" else AdvisoryLocks(self.address)


@pytest.fixture(params=["files", pytest.param("postgres", marks=pytest.mark.slow)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "files":
        return Place(kind="files", address=str(tmp_path / "workers"))
    return Place(kind="postgres", address=request.getfixturevalue("postgres_url"))


@pytest.fixture
def locks(place: Place) -> WorkerLocks:
    return place.locks()


@contextlib.contextmanager
def worker(
    place: Place, worker_id: str, *, then: str = "stay"
) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Run a worker that holds its lock; give its process and that of the program it started."""
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER, place.kind, place.address, worker_id, then],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    program = 0
    try:
        program = int(process.stdout.readline())
        yield process, program
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        if program:
            os.kill(program, signal.SIGKILL)


def soon(true: Callable[[], bool]) -> bool:
    end = time.monotonic() + NOTICED_SECONDS
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def test_nobody_is_alive_at_first(locks: WorkerLocks) -> None:
    assert not locks.is_alive(ONE)


def test_a_worker_is_alive_while_it_holds_its_lock_and_no_other_is(locks: WorkerLocks) -> None:
    with locks.hold(ONE) as lock:
        assert lock.held
        assert locks.is_alive(ONE)
        assert not locks.is_alive(TWO)
        with locks.hold(TWO):
            assert locks.is_alive(ONE)
            assert locks.is_alive(TWO)
        assert not locks.is_alive(TWO)
    assert soon(lambda: not locks.is_alive(ONE))


def test_one_id_has_one_worker(locks: WorkerLocks, place: Place) -> None:
    with locks.hold(ONE):
        with pytest.raises(StoreError) as caught, place.locks().hold(ONE):
            pass
        assert caught.value.key == "worker_taken"
        assert ONE in caught.value.said("fr")
        assert locks.is_alive(ONE)


def test_an_error_in_the_work_lets_go_of_the_lock(locks: WorkerLocks) -> None:
    with pytest.raises(ZeroDivisionError), locks.hold(ONE):
        raise ZeroDivisionError
    assert soon(lambda: not locks.is_alive(ONE))


def test_an_id_can_be_held_again(locks: WorkerLocks) -> None:
    for _ in range(3):
        assert soon(lambda: not locks.is_alive(ONE))
        with locks.hold(ONE):
            assert locks.is_alive(ONE)


@pytest.mark.slow
def test_a_killed_worker_is_dead_and_its_id_free(locks: WorkerLocks, place: Place) -> None:
    with worker(place, ONE) as (process, _):
        assert locks.is_alive(ONE)
        process.send_signal(signal.SIGKILL)
        assert soon(lambda: not locks.is_alive(ONE))
    with locks.hold(ONE):
        assert locks.is_alive(ONE)


@pytest.mark.slow
def test_a_program_that_a_killed_worker_started_does_not_keep_it_alive(
    locks: WorkerLocks, place: Place
) -> None:
    with worker(place, ONE, then="start a program") as (process, program):
        process.send_signal(signal.SIGKILL)
        assert soon(lambda: not locks.is_alive(ONE))
        os.kill(program, 0)


@pytest.mark.slow
def test_a_worker_that_stands_still_is_alive(locks: WorkerLocks, place: Place) -> None:
    """However long: a machine that slept has not lost its work, and fencing sees to what it writes late."""
    with worker(place, ONE) as (process, _):
        process.send_signal(signal.SIGSTOP)
        time.sleep(0.2)
        assert locks.is_alive(ONE)


@pytest.mark.slow
def test_a_worker_that_ends_by_itself_is_dead(locks: WorkerLocks, place: Place) -> None:
    with worker(place, ONE, then="leave") as (process, _):
        process.wait()
        assert soon(lambda: not locks.is_alive(ONE))


def test_asking_never_takes_the_lock_from_a_worker_that_begins(locks: WorkerLocks, place: Place) -> None:
    over = threading.Event()
    failures: list[Exception] = []

    def ask() -> None:
        try:
            asking = place.locks()
            while not over.is_set():
                asking.is_alive(ONE)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(10):
            with locks.hold(ONE) as lock:
                assert lock.held
                assert locks.is_alive(ONE)
            assert soon(lambda: not locks.is_alive(ONE))
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert failures == []


@pytest.mark.parametrize("worker_id", ["", "../outside", "/tmp/x", "A", "a" * 65, "a\n", "é"])
def test_what_is_no_id_never_becomes_part_of_a_path(locks: WorkerLocks, worker_id: str) -> None:
    with pytest.raises(ValueError, match="expected a worker's id"):
        locks.is_alive(worker_id)
    with pytest.raises(ValueError, match="expected a worker's id"), locks.hold(worker_id):
        pass
