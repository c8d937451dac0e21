from __future__ import annotations

import numpy as np
import pytest

from apprenti.stages.feedback.change_point import LEVEL, change_point


def days(n: int, *, change: int, by: float, seed: int = 0, photos: int = 40) -> list[np.ndarray]:
    draws = np.random.default_rng(seed)
    return [draws.normal(by if day >= change else 0, 1, photos) for day in range(n)]


@pytest.mark.parametrize("change", [1, 4, 9])
def test_the_day_is_found(change: int) -> None:
    found = change_point(days(10, change=change, by=-1.5))
    assert found is not None
    assert found.day == change
    assert found.after < found.before


def test_a_change_before_the_first_day_is_found_against_the_training_photos() -> None:
    usual = np.random.default_rng(1).normal(size=300)
    found = change_point(days(5, change=0, by=1.5), usual=usual)
    assert found is not None
    assert found.day == 0


def test_days_without_photos_are_passed_over() -> None:
    rows = days(6, change=4, by=2)
    rows[2] = rows[4] = np.zeros(0)
    found = change_point(rows)
    assert found is not None
    assert found.day == 5


def test_where_nothing_changed_hardly_ever_a_day_stands_out() -> None:
    false = sum(change_point(days(10, change=10, by=0, seed=seed)) is not None for seed in range(200))
    assert false / 200 <= 2 * LEVEL


def test_without_two_days_there_is_nothing_to_compare() -> None:
    assert change_point([]) is None
    assert change_point([[1.0, 2.0]]) is None
