"""Scores of numbers agree with scikit-learn's, and margins hold as many new numbers as they promise."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import mean_absolute_error as sklearn_mae
from sklearn.metrics import r2_score
from sklearn.metrics import root_mean_squared_error as sklearn_rmse

from apprenti.blocks.number_metrics import (
    conformal_margin,
    mean_absolute_error,
    mean_absolute_error_interval,
    r2,
    r2_interval,
    root_mean_squared_error,
    root_mean_squared_error_interval,
)


def some(n: int = 60, *, seed: int = 0) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    draws = np.random.default_rng(seed)
    targets = draws.normal(1000, 20, n)
    return targets, targets + draws.normal(0, 8, n)


def test_errors_and_r2_are_scikit_learns() -> None:
    targets, answers = some()
    assert mean_absolute_error(targets, answers) == pytest.approx(sklearn_mae(targets, answers))
    assert root_mean_squared_error(targets, answers) == pytest.approx(sklearn_rmse(targets, answers))
    assert r2(targets, answers) == pytest.approx(r2_score(targets, answers))


def test_r2_of_numbers_that_are_all_the_same_is_not_made_up() -> None:
    assert r2([2.0, 2.0], [2.0, 2.0]) is None
    assert r2([], []) is None
    assert r2_interval([2.0, 2.0], [1.0, 3.0], seed=0) is None


def test_intervals_hold_the_truth_about_nineteen_times_out_of_twenty() -> None:
    inside = {"mae": 0, "rmse": 0, "r2": 0}
    true = {"mae": 8 * math.sqrt(2 / math.pi), "rmse": 8.0, "r2": 1 - 8**2 / 20**2}
    for seed in range(60):
        targets, answers = some(200, seed=seed)
        found = {
            "mae": mean_absolute_error_interval(targets, answers, seed=0),
            "rmse": root_mean_squared_error_interval(targets, answers, seed=0),
            "r2": r2_interval(targets, answers, seed=0),
        }
        for name, interval in found.items():
            assert interval is not None
            inside[name] += interval.low <= true[name] <= interval.high
    assert all(52 <= n <= 60 for n in inside.values()), inside


@pytest.mark.parametrize("level", [0.8, 0.9])
def test_a_margin_holds_as_many_new_numbers_as_it_was_made_for(level: float) -> None:
    held = []
    for seed in range(200):
        targets, answers = some(100, seed=seed)
        margin = conformal_margin(targets[:80], answers[:80], level=level)
        held.append(np.mean(np.abs(targets[80:] - answers[80:]) <= margin))
    assert np.mean(held) == pytest.approx(level, abs=0.02)


def test_of_too_few_answers_the_margin_is_the_largest_error_and_never_nothing() -> None:
    assert conformal_margin([1.0, 2.0], [1.5, 4.0]) == 2.0
    assert conformal_margin([1.0], [1.0]) > 0
