"""A running service for each file of tests, and a new one for those that count what is in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.api.vize.vize_world import World, a_world


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return a_world(tmp_path_factory.mktemp("world"))


@pytest.fixture
def fresh(tmp_path: Path) -> World:
    return a_world(tmp_path)
