"""What is given to be recognised."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

from tests.stages.ingest.photos import write

from apprenti.stages.ingest import read_items


def test_files_and_folders_come_one_after_the_other(tmp_path: Path) -> None:
    for name in ("one.jpg", "folder/b/2.png", "folder/a.png", "folder/.hidden.png"):
        write(tmp_path / name, b"x")
    found = list(read_items([str(tmp_path / "one.jpg"), tmp_path / "folder"]))
    assert [Path(name).name for name, _ in found] == ["one.jpg", "a.png", "2.png"]
    assert all(path.is_file() and name == str(path) for name, path in found)


def test_a_missing_file_is_still_named(tmp_path: Path) -> None:
    assert list(read_items([tmp_path / "lost.jpg"])) == [(str(tmp_path / "lost.jpg"), tmp_path / "lost.jpg")]


def test_folders_are_read_only_as_far_as_they_are_asked_for(tmp_path: Path) -> None:
    write(tmp_path / "a/1.png", b"x")
    write(tmp_path / "b/1.png", b"x")
    items = read_items([tmp_path])
    next(items)
    write(tmp_path / "b/2.png", b"x")
    assert [path.name for _, path in items] == ["1.png", "2.png"]


def test_items_may_never_end(tmp_path: Path) -> None:
    found = itertools.islice(read_items(f"{i}.jpg" for i in itertools.count()), 3)
    assert [name for name, _ in found] == ["0.jpg", "1.jpg", "2.jpg"]


def test_pipes_in_a_folder_are_passed_over_and_broken_links_named(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "gone.jpg").symlink_to(tmp_path / "nowhere")
    assert [path.name for _, path in read_items([tmp_path])] == ["gone.jpg"]
