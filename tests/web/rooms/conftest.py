"""What tests of the rooms may ask for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.web.rooms.asking import Visited, visited


@pytest.fixture
def rooms(tmp_path: Path) -> Iterator[Visited]:
    """The rooms of a fresh service, nobody in them."""
    made = visited(tmp_path)
    yield made
    made.browser.close()
    made.service.database.close()
