from __future__ import annotations

import os
from pathlib import Path

import pytest

from apprenti.store.unfinished import N_KEPT, own_folder


def test_a_training_has_a_folder_to_itself(tmp_path: Path) -> None:
    with own_folder(tmp_path / "unfinished", "ab") as first:
        assert first is not None
        with own_folder(tmp_path / "unfinished", "ab") as second:
            assert second is None
        with own_folder(tmp_path / "unfinished", "cd") as other:
            assert other is not None
            assert other != first
    with own_folder(tmp_path / "unfinished", "ab") as again:
        assert again == first


def test_an_empty_folder_goes_and_a_full_one_stays(tmp_path: Path) -> None:
    with own_folder(tmp_path, "ab") as empty:
        pass
    with own_folder(tmp_path, "cd") as full:
        assert full is not None
        (full / "read.step").write_bytes(b"")
    assert empty is not None
    assert not empty.exists()
    assert (full / "read.step").exists()


def test_of_trainings_never_taken_up_again_the_oldest_are_given_up_but_none_that_is_under_way(
    tmp_path: Path,
) -> None:
    with own_folder(tmp_path, "0") as under_way:
        assert under_way is not None
        (under_way / "read.step").write_bytes(b"")
        for number in range(1, N_KEPT + 2):
            folder = tmp_path / f"training-{number}"
            folder.mkdir()
            (folder / "read.step").write_bytes(b"")
            os.utime(folder, ns=(0, number * 10**9))
        os.utime(under_way, ns=(0, 0))
        with own_folder(tmp_path, "a"):
            left = {path.name for path in tmp_path.iterdir()}
    assert left == {"training-0", "training-a", *(f"training-{n}" for n in range(3, N_KEPT + 2))}


def test_where_no_folder_can_be_made_there_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with own_folder(tmp_path / "file", "ab") as folder:
        assert folder is None


@pytest.mark.parametrize("file", ["photo.png", "checkpoint.npz"])
def test_other_files_beside_the_folders_are_left_alone(file: str, tmp_path: Path) -> None:
    (tmp_path / file).write_bytes(b"")
    for name in "abcdefgh":
        with own_folder(tmp_path, name):
            pass
    assert [path.name for path in tmp_path.iterdir()] == [file]
