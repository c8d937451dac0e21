"""A file is written whole or not at all, and the error says what to do."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from apprenti.domain.errors import UserError
from apprenti.store import write_atomically


def test_a_new_file_and_then_a_newer_one(tmp_path: Path) -> None:
    path = tmp_path / "a.apprenti"
    write_atomically(path, b"one")
    write_atomically(path, b"two" * 100_000)
    assert path.read_bytes() == b"two" * 100_000
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_gets_the_permissions_any_new_file_gets(tmp_path: Path) -> None:
    write_atomically(tmp_path / "ours", b"")
    (tmp_path / "plain").write_bytes(b"")
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.parametrize(
    ("number", "key"),
    [
        (errno.ENOSPC, "disk_full"),
        (errno.EDQUOT, "disk_full"),
        (errno.EACCES, "not_writable"),
        (errno.EROFS, "not_writable"),
        (errno.EIO, "write_failed"),
    ],
)
@pytest.mark.parametrize("fails", ["fsync", "replace"])
def test_a_failure_keeps_the_old_file_leaves_nothing_and_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str, number: int, key: str
) -> None:
    path = tmp_path / "a.apprenti"
    path.write_bytes(b"old")

    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os if fails == "fsync" else Path, fails, fail)
    with pytest.raises(UserError) as caught:
        write_atomically(path, b"new")
    assert caught.value.key == key
    assert str(path) in caught.value.said("fr")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        write_atomically(tmp_path / "missing" / "a.apprenti", b"")
    assert caught.value.key == "folder_missing"


def test_ctrl_c_while_writing_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(tmp_path / "a", b"new")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full (Linux)")
def test_the_system_really_reports_a_full_disk_as_we_read_it() -> None:
    with open("/dev/full", "wb", buffering=0) as full, pytest.raises(OSError, match="space") as caught:
        full.write(b"x")
    assert caught.value.errno == errno.ENOSPC
