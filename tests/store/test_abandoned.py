"""What was abandoned goes after a week; what somebody may come back for, or is at, stays."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from apprenti.store.abandoned import sweep_abandoned

DAY_SECONDS = 24 * 3600


def written(folder: Path, name: str, *, days_ago: float) -> None:
    (folder / name).write_bytes(b"x")
    then = time.time() - days_ago * DAY_SECONDS
    os.utime(folder / name, (then, then))


def test_what_is_older_than_a_week_goes_and_nothing_else(tmp_path: Path) -> None:
    for name, days_ago in (("a.npz", 8), ("a.history", 30), ("a.1.part", 8), ("b.npz", 6), ("c.npz", 0)):
        written(tmp_path, name, days_ago=days_ago)
    (tmp_path / "folder").mkdir()
    os.utime(tmp_path / "folder", (0, 0))
    assert sweep_abandoned(tmp_path) == 3
    assert {path.name for path in tmp_path.iterdir()} == {"b.npz", "c.npz", "folder"}
    assert sweep_abandoned(tmp_path) == 0


@pytest.mark.parametrize("name", ["missing", "file"])
def test_a_folder_that_cannot_be_used_is_left_alone(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert sweep_abandoned(tmp_path / name) == 0
    assert sweep_abandoned(None) == 0
