"""What the tests of faults share."""

from __future__ import annotations

import pytest
from tests.faults.kills import live_undisturbed


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the SHA-256 of the model that a life without faults leads to."""
    return live_undisturbed(tmp_path_factory.mktemp("undisturbed"))
