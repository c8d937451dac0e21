"""Folders as they are on real disks: hidden files, links, pipes, names that are no text."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.stages.ingest.photos import write

from apprenti.domain.errors import DataError
from apprenti.stages.ingest.tree import MAX_DEPTH, walk


def test_hidden_and_system_files_are_passed_over_and_counted(tmp_path: Path) -> None:
    hidden = ("cat/.2.png", ".git/config", "__MACOSX/cat/1.png", "cat/Thumbs.db", ".DS_Store")
    for name in ("cat/1.png", *hidden):
        write(tmp_path / name, b"x")
    tree = walk(tmp_path)
    assert list(tree.files) == ["cat/1.png"]
    assert tree.n_hidden == 5


def test_files_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("b/2", "b/1", "a/3", "c"):
        write(tmp_path / name, b"x")
    assert list(walk(tmp_path).files) == ["a/3", "b/1", "b/2", "c"]


def test_links_are_followed_but_not_in_circles(tmp_path: Path) -> None:
    write(tmp_path / "data/cat/1.png", b"x")
    write(tmp_path / "elsewhere/2.png", b"x")
    (tmp_path / "data/dog").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "data/cat/again").symlink_to(tmp_path / "data")
    assert list(walk(tmp_path / "data").files) == ["cat/1.png", "dog/2.png"]


def test_a_pipe_is_set_aside_and_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    (tmp_path / "gone.jpg").symlink_to(tmp_path / "nowhere")
    found = {one.name: one.reason.key for one in walk(tmp_path).set_aside}
    assert found == {"pipe.jpg": "ingest.not_a_regular_file", "gone.jpg": "ingest.broken_link"}


def test_a_name_that_is_no_text_can_still_be_written(tmp_path: Path) -> None:
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.png"))).write_bytes(b"x")
    tree = walk(tmp_path)
    (name,) = tree.files
    assert name == "caf\\xe9.png"
    assert tree.files[name].read_bytes() == b"x"


def test_a_name_cannot_speak_to_the_terminal(tmp_path: Path) -> None:
    write(tmp_path / "cat\x1b[2J\n.png", b"x")
    assert list(walk(tmp_path).files) == ["cat\\x1b[2J\\x0a.png"]


def test_two_names_that_are_no_text_are_both_kept(tmp_path: Path) -> None:
    for last in (b"\xe9", b"\xe8"):
        (Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf" + last + b".png"))).write_bytes(last)
    assert sorted(path.read_bytes() for path in walk(tmp_path).files.values()) == [b"\xe8", b"\xe9"]


def test_folders_too_deep_to_be_sane_are_set_aside(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["d"] * (MAX_DEPTH + 3))
    write(deep / "1.png", b"x")
    tree = walk(tmp_path)
    assert tree.files == {}
    assert [one.reason.key for one in tree.set_aside] == ["ingest.too_deep"]


def test_a_folder_that_vanishes_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError):
        walk(tmp_path / "nowhere")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_without_permission_is_set_aside(tmp_path: Path) -> None:
    write(tmp_path / "cat/1.png", b"x")
    write(tmp_path / "dog/1.png", b"x")
    (tmp_path / "dog").chmod(0)
    tree = walk(tmp_path)
    (tmp_path / "dog").chmod(0o700)
    assert [one.reason.key for one in tree.set_aside] == ["ingest.unreadable_folder"]
