"""What tests of the rooms may ask for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.fake_service import OPERATOR
from tests.web.rooms.asking import Visited, a_browser, visited
from tests.web.rooms.furnished import Past, furnish

from apprenti.flow.service import workspaces


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visited]:
    """One service for all tests: making an application takes longer than most of them."""
    made = visited(tmp_path_factory.mktemp("rooms"))
    yield made
    made.service.database.close()


@pytest.fixture(scope="session")
def past(tmp_path_factory: pytest.TempPathFactory) -> Past:
    """A service with weeks behind it, in a folder to serve; tests of several files add to its past."""
    folder = tmp_path_factory.mktemp("past")
    return furnish(folder / "service", folder / "photos", name="Bread, cake or fruit")


@pytest.fixture
def rooms(house: Visited) -> Iterator[Visited]:
    """The rooms of an empty workspace, nobody in them."""
    fresh = workspaces.create_workspace(house.service, OPERATOR, name="Fresh").id
    with a_browser(house.app) as browser:
        yield replace(house, workspace=fresh, browser=browser)
