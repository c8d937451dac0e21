"""What is taken off a budget for what comes before a training and after it."""

from __future__ import annotations

from pathlib import Path

import pytest

from apprenti.flow.service.snapshot import Shown, Snapshot
from apprenti.flow.service.time_for_training import LEAST_SECONDS, training_seconds


def snapshot(n: int, n_test: int) -> Snapshot:
    images = tuple(Shown(path=Path(f"{i}.png"), target="a", is_test=i < n_test) for i in range(n))
    return Snapshot(table=Path("t.csv"), label_ids={}, images=images)


@pytest.mark.parametrize(
    ("budget", "n", "n_test", "left"),
    [
        (120.0, 0, 0, 120.0),
        (120.0, 60, 10, 118.8),  # 60 to gather, 50 + 20 answers
        (45.0, 600, 120, 32.8),
        (45.0, 50_000, 5_000, 30.0),  # never more than a third
        (3600.0, 50_000, 5_000, 3168.0),
        (18.0, 50_000, 5_000, LEAST_SECONDS),
        (15.0, 600, 120, 15.0),
    ],
)
def test_what_is_foretold_is_taken_off(budget: float, n: int, n_test: int, left: float) -> None:
    assert training_seconds(budget, snapshot(n, n_test)) == pytest.approx(left, abs=0.06)
