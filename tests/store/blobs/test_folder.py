"""Blobs in a folder: killed writers, full disks, damaged files, other processes."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from apprenti.domain.errors import StoreError
from apprenti.store.blobs import FolderBlobs
from apprenti.store.blobs import folder as folder_module

PHOTO = b"\xff\xd8\xff a photo" * 1000
SHA256 = hashlib.sha256(PHOTO).hexdigest()
DAY_SECONDS = 86_400.0
PUT_FOR_EVER = """
import sys
from pathlib import Path
from apprenti.store.blobs import FolderBlobs
blobs = FolderBlobs(Path(sys.argv[1]))
for number in range(10**9):
    print(blobs.put(b"%d of %d " % (number, int(sys.argv[2])) * 20_000), flush=True)
"""
PUT_ONE = """
import sys
from pathlib import Path
from apprenti.store.blobs import FolderBlobs
from apprenti.domain.errors import StoreError
try:
    FolderBlobs(Path(sys.argv[1])).put(b"x" * int(sys.argv[2]))
except StoreError as error:
    print(error.key, error.values["cause"])
"""


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "lock")


def path_of(folder: Path, sha256: str = SHA256) -> Path:
    return folder / sha256[:2] / sha256


def age(path: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then))


def whole(folder: Path) -> set[str]:
    """Return the hashes of all blobs, each read and held against its name."""
    blobs = FolderBlobs(folder)
    hashes = set(blobs.hashes())
    for sha256 in hashes:
        blobs.get(sha256)
    return hashes


def test_only_this_user_may_enter_the_folder_or_read_a_blob(tmp_path: Path) -> None:
    FolderBlobs(tmp_path / "blobs").put(PHOTO)
    modes = {path: path.stat().st_mode & 0o777 for path in (tmp_path / "blobs").rglob("*")}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}
    assert (tmp_path / "blobs").stat().st_mode & 0o777 == 0o700


def test_what_a_killed_writer_left_is_removed_at_the_next_start(tmp_path: Path) -> None:
    FolderBlobs(tmp_path).put(PHOTO)
    (tmp_path / "incoming" / "0123.part").write_bytes(b"half")
    blobs = FolderBlobs(tmp_path)
    assert files(tmp_path) == [path_of(tmp_path)]
    assert blobs.get(SHA256) == PHOTO


def test_what_somebody_is_writing_is_left_alone_by_another_start(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    part = tmp_path / "incoming" / "0123.part"
    with blobs._lock(exclusive=False):
        part.write_bytes(b"half")
        FolderBlobs(tmp_path)
        assert part.exists()
    FolderBlobs(tmp_path)
    assert not part.exists()


@pytest.mark.parametrize("bytes_there", [b"", PHOTO[:-1], PHOTO[:-1] + b"!"], ids=["empty", "cut", "changed"])
def test_a_damaged_blob_is_told_and_never_given_out_and_a_new_put_heals_it(
    tmp_path: Path, bytes_there: bytes
) -> None:
    blobs = FolderBlobs(tmp_path)
    blobs.put(PHOTO)
    path_of(tmp_path).write_bytes(bytes_there)
    with pytest.raises(StoreError, match="no longer what they were") as caught:
        blobs.get(SHA256)
    assert SHA256 in caught.value.said("fr")
    assert blobs.put(PHOTO) == SHA256
    assert blobs.get(SHA256) == PHOTO


def test_files_that_are_not_ours_are_not_told_as_blobs(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    (tmp_path / "ab" / "readme.txt").touch()
    (tmp_path / "ab" / f"{'ab' * 32}~").touch()
    assert list(blobs.hashes()) == []


def test_old_blobs_are_told_apart_from_young_ones_and_a_put_makes_young(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    young, old = blobs.put(b"young"), blobs.put(PHOTO)
    age(path_of(tmp_path, old), DAY_SECONDS)
    assert list(blobs.hashes(older_than_seconds=3600.0)) == [old]
    assert set(blobs.hashes()) == {young, old}
    blobs.put(PHOTO)
    assert list(blobs.hashes(older_than_seconds=3600.0)) == []


def test_a_put_is_forced_to_the_disk_before_it_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bytes first, then the name; also where another put made the name, which may not be on the disk yet."""
    blobs = FolderBlobs(tmp_path)
    synced: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def note_sync(number: int) -> None:
        path = Path(f"/proc/self/fd/{number}").readlink()
        synced.append("bytes" if path.suffix == ".part" else path.name)
        fsync(number)

    def note_rename(self: Path, target: Path) -> Path:
        synced.append("rename")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", note_sync)
    monkeypatch.setattr(Path, "replace", note_rename)
    blobs.put(PHOTO)
    assert synced == ["bytes", "rename", SHA256[:2]]
    synced.clear()
    blobs.put(PHOTO)
    assert synced == [SHA256[:2]]


@pytest.mark.parametrize("fails", ["fsync", "replace"])
@pytest.mark.parametrize(
    ("number", "key"),
    [(errno.ENOSPC, "store_full"), (errno.EDQUOT, "store_full"), (errno.EIO, "blobs_unreachable")],
)
def test_a_failure_is_told_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str, number: int, key: str
) -> None:
    blobs = FolderBlobs(tmp_path)

    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(os if fails == "fsync" else Path, fails, fail)
        with pytest.raises(StoreError) as caught:
            blobs.put(PHOTO)
    assert caught.value.key == key
    assert os.strerror(number) in caught.value.said("fr")
    assert files(tmp_path) == []


def test_a_folder_whose_names_cannot_be_forced_to_the_disk_acknowledges_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs = FolderBlobs(tmp_path)
    blobs.put(PHOTO)

    def fail(_: Path) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(folder_module, "_sync", fail)
    with pytest.raises(StoreError):
        blobs.put(PHOTO)


def test_a_place_that_is_no_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError) as caught:
        FolderBlobs(tmp_path / "file")
    assert str(tmp_path / "file") in caught.value.said("en")


def test_a_file_that_may_not_grow_so_large_is_no_blob(tmp_path: Path) -> None:
    """The system cuts the write short and then refuses, as a nearly full disk does."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    done = subprocess.run(
        [sys.executable, "-c", PUT_ONE, str(tmp_path), "150000"],
        preexec_fn=limit,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"blobs_unreachable {os.strerror(errno.EFBIG)}\n"
    assert files(tmp_path) == []


@contextlib.contextmanager
def small_disk(folder: Path, *, kilobytes: int) -> Iterator[Path]:
    """Mount a real file system in memory of this size; the test is skipped by name where that is not allowed."""
    folder.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k,mode=0700", "tmpfs", str(folder)]
    if os.getuid() != 0 or subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("needs to mount a small file system: run as root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def refused_with(blobs: FolderBlobs, acknowledged: set[str]) -> str:
    """Put until the disk is full; return the key of the error."""
    try:
        for number in range(100):
            acknowledged.add(blobs.put(b"%03d" % number * 10_000))
    except StoreError as error:
        return error.key
    return "never full"


def test_a_full_disk_is_told_and_what_was_acknowledged_stays_whole(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", kilobytes=512) as disk:
        blobs = FolderBlobs(disk / "blobs")
        acknowledged: set[str] = set()
        assert refused_with(blobs, acknowledged) == "store_full"
        assert 5 < len(acknowledged) < 30
        assert {path.name for path in files(disk)} == acknowledged == whole(disk / "blobs")
        freed = acknowledged.pop()
        blobs.delete(freed)
        assert blobs.put(b"%03d" % 99 * 10_000)
        assert whole(disk / "blobs") >= acknowledged


@pytest.mark.slow
def test_killing_writers_at_any_moment_loses_nothing_acknowledged_and_leaves_nothing_torn(
    tmp_path: Path,
) -> None:
    acknowledged: set[str] = set()
    for number in range(8):
        writers = [
            subprocess.Popen(
                [sys.executable, "-c", PUT_FOR_EVER, str(tmp_path), str(2 * number + each)],
                stdout=subprocess.PIPE,
                text=True,
            )
            for each in range(2)
        ]
        for writer in writers:
            assert writer.stdout is not None
            acknowledged.add(writer.stdout.readline().strip())
        time.sleep(0.003 * number)
        for writer in writers:
            writer.kill()
        for writer in writers:
            assert writer.stdout is not None
            # a line cut short by the kill was not acknowledged
            acknowledged |= {line.strip() for line in writer.stdout if line.endswith("\n")}
            writer.stdout.close()
            writer.wait()
    assert acknowledged <= whole(tmp_path)
    assert {path.parent.name for path in files(tmp_path)} <= {f"{shard:02x}" for shard in range(256)}
