"""Locks by files: their removal, and what happens to the folder they lie in."""

from __future__ import annotations

import fcntl
import threading
from pathlib import Path

import pytest

from apprenti.domain.errors import StoreError
from apprenti.store import worker_locks
from apprenti.store.worker_locks import FileLocks

ONE = "00000000-0000-4000-8000-000000000001"


def test_the_file_is_private_and_goes_with_the_worker(tmp_path: Path) -> None:
    folder = tmp_path / "workers"
    with FileLocks(folder).hold(ONE):
        (path,) = folder.iterdir()
        assert path.stat().st_mode & 0o077 == 0
    assert list(folder.iterdir()) == []
    assert folder.stat().st_mode & 0o077 == 0


def test_a_sweep_removes_the_files_of_the_dead_only(tmp_path: Path) -> None:
    locks = FileLocks(tmp_path)
    (tmp_path / "killed-1.lock").touch()
    (tmp_path / "killed-2.lock").touch()
    with locks.hold(ONE) as lock:
        assert locks.sweep() == 2
        assert lock.held
        assert [path.name for path in tmp_path.iterdir()] == [f"{ONE}.lock"]
    assert locks.sweep() == 0


def test_a_worker_notices_that_its_file_was_deleted_or_replaced(tmp_path: Path) -> None:
    locks = FileLocks(tmp_path)
    path = tmp_path / f"{ONE}.lock"
    with locks.hold(ONE) as lock:
        path.unlink()
        assert not lock.held
        path.touch()
        assert not lock.held
        assert not locks.is_alive(ONE)
    assert path.exists()  # it is another's


def test_holding_sweeping_and_asking_at_once_never_tell_a_worker_dead_or_two_alive(tmp_path: Path) -> None:
    """A file that is swept between its opening and its locking must not count as held."""
    over = threading.Event()
    at_work: list[int] = []
    failures: list[object] = []

    def sweep() -> None:
        locks = FileLocks(tmp_path)
        while not over.is_set():
            locks.sweep()
            locks.is_alive(ONE)

    def work() -> None:
        locks = FileLocks(tmp_path)
        for _ in range(25):
            try:
                with locks.hold(ONE) as lock:
                    at_work.append(1)
                    if len(at_work) > 1 or not lock.held or not locks.is_alive(ONE):
                        failures.append((len(at_work), lock.held))
                    at_work.pop()
            except StoreError as error:
                if error.key != "worker_taken":
                    failures.append(error)

    sweepers = [threading.Thread(target=sweep) for _ in range(2)]
    workers = [threading.Thread(target=work) for _ in range(2)]
    for thread in (*sweepers, *workers):
        thread.start()
    for thread in workers:
        thread.join()
    over.set()
    for thread in sweepers:
        thread.join()
    assert failures == []


def test_a_file_swept_between_opening_and_locking_is_opened_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locks, path, lock = FileLocks(tmp_path), tmp_path / f"{ONE}.lock", worker_locks._lock
    swept: list[bool] = []

    def sweep_first(number: int, *, exclusive: bool) -> bool:
        if not swept:
            swept.append(True)
            path.unlink()
        return lock(number, exclusive=exclusive)

    monkeypatch.setattr(worker_locks, "_lock", sweep_first)
    with locks.hold(ONE) as held:
        assert swept
        assert held.held
        assert locks.is_alive(ONE)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be read or written") as caught:
        FileLocks(tmp_path / "file" / "workers")
    assert str(tmp_path) in caught.value.said("fr")


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc (Linux)")
def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    locks = FileLocks(tmp_path)
    before = n_descriptors()
    for _ in range(20):
        with locks.hold(ONE):
            locks.is_alive(ONE)
            locks.sweep()
    assert n_descriptors() == before


def n_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_whoever_only_asks_for_long_takes_no_lock_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_locks, "N_TRIES", 2)
    monkeypatch.setattr(worker_locks, "PAUSE_SECONDS", 0.005)
    locks, path = FileLocks(tmp_path), tmp_path / f"{ONE}.lock"
    path.touch()
    with path.open() as asking:
        fcntl.flock(asking, fcntl.LOCK_SH)
        waking = threading.Timer(0.1, fcntl.flock, (asking, fcntl.LOCK_UN))
        waking.start()
        with locks.hold(ONE) as held:
            assert held.held
        waking.join()
