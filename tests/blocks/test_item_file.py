from __future__ import annotations

import os
from pathlib import Path

import pytest

from apprenti.blocks import item_file
from apprenti.blocks.item_file import read_item
from apprenti.domain.errors import ItemError


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"abc")
    assert read_item(tmp_path / "x", item="x") == b"abc"


def test_what_is_absent_or_no_file_is_an_item_error(tmp_path: Path) -> None:
    paths = [tmp_path / "absent", tmp_path, Path("a\0b")]
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")  # reading it would wait for ever
        paths.append(tmp_path / "pipe")
    for path in paths:
        with pytest.raises(ItemError, match="photo") as refusal:
            read_item(path, item="photo")
        assert refusal.value.key == "file_not_readable"


def test_a_file_too_large_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(item_file, "MAX_ITEM_BYTES", 2)
    (tmp_path / "x").write_bytes(b"abc")
    with pytest.raises(ItemError) as refusal:
        read_item(tmp_path / "x", item="x")
    assert refusal.value.key == "file_too_large"
