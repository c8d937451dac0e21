"""How learning rates rise and fall, and how high they may be."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from apprenti.domain.network_training import Schedule
from apprenti.stages.train.rates import FIRST_SHARE, HIGHEST_TRIED, LOWEST_TRIED, find_rate, rate_share


@pytest.mark.parametrize(("schedule", "top"), [("one_cycle", 0.3), ("cosine", 0.05)])
def test_a_rate_climbs_to_its_highest_and_falls_to_nothing(schedule: Schedule, top: float) -> None:
    shares = [rate_share(step / 1000, schedule) for step in range(1001)]
    assert shares[0] == pytest.approx(FIRST_SHARE)
    assert shares[-1] == 0.0
    highest = shares.index(max(shares))
    assert highest == pytest.approx(1000 * top, abs=1)
    assert shares[highest] == pytest.approx(1.0)
    assert shares[: highest + 1] == sorted(shares[: highest + 1])
    assert shares[highest:] == sorted(shares[highest:], reverse=True)
    assert max(abs(a - b) for a, b in pairwise(shares)) < 0.04  # no jumps


def test_a_training_that_went_past_its_plan_learns_no_more() -> None:
    assert rate_share(1.7, "cosine") == rate_share(1.0, "one_cycle") == 0.0


class Valley:
    """``curvature / 2 · x²`` from 1, its slope known but roughly: rates above ``2 / curvature`` climb out of it."""

    def __init__(self, curvature: float) -> None:
        self.curvature, self.x = curvature, 1.0
        self.rates: list[float] = []
        self.draws = np.random.default_rng(0)

    def step_at(self, rate: float) -> float:
        self.rates.append(rate)
        loss = self.curvature / 2 * self.x**2
        self.x -= rate * self.curvature * (self.x + self.draws.normal(0, 0.3))
        return loss


@pytest.mark.parametrize("curvature", [10.0, 100.0, 1000.0])
def test_the_rate_found_teaches_quickly_and_is_safe(curvature: float) -> None:
    valley = Valley(curvature)
    rate = find_rate(valley.step_at, n_steps=100)
    assert 0.05 / curvature < rate < 2 / curvature
    assert valley.rates == sorted(valley.rates)


def test_rates_are_tried_no_further_once_the_loss_climbs() -> None:
    valley = Valley(1000.0)
    find_rate(valley.step_at, n_steps=100)
    assert valley.rates[0] == pytest.approx(LOWEST_TRIED)
    assert valley.rates[-1] < 0.1 * HIGHEST_TRIED


def test_a_loss_that_is_no_number_ends_the_search() -> None:
    said = iter([3.0, 2.0, 1.0, float("nan")])
    third = LOWEST_TRIED * (HIGHEST_TRIED / LOWEST_TRIED) ** (2 / 39)
    assert find_rate(lambda rate: next(said), n_steps=40) == pytest.approx(0.3 * third)
    assert find_rate(lambda rate: float("inf"), n_steps=40) == LOWEST_TRIED


def test_a_loss_that_falls_to_the_end_takes_the_highest() -> None:
    losses = iter(range(40, 0, -1))
    assert find_rate(lambda rate: float(next(losses)), n_steps=40) == pytest.approx(0.3 * HIGHEST_TRIED)
