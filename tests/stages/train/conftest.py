"""What the tests of trainings share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from apprenti.stages.train.history import History

if TYPE_CHECKING:
    from apprenti.stages.train.losses import Material


@pytest.fixture
def material(tmp_path: Path) -> Material:
    """Dark and light pictures; only tests that have PyTorch ask for them."""
    from tests.stages.train.small_networks import a_material

    return a_material(tmp_path)


@pytest.fixture
def history(tmp_path: Path) -> History:
    """Of a training that begins."""
    return History(path=tmp_path / "a.history")
