"""A workspace is private and does not outlive the run."""

from __future__ import annotations

from pathlib import Path

import pytest

from apprenti.store import private_workspace


def test_a_workspace_is_for_this_user_only_and_is_removed(tmp_path: Path) -> None:
    with private_workspace(tmp_path) as folder:
        assert folder.parent == tmp_path
        assert folder.stat().st_mode & 0o077 == 0
        (folder / "deep").mkdir()
        (folder / "deep" / "rows.npy").write_bytes(b"x")
    assert list(tmp_path.iterdir()) == []


def test_a_workspace_is_removed_after_ctrl_c_too(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), private_workspace(tmp_path):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []
