"""The slopes and the ravine of lesson 6."""

from __future__ import annotations

import numpy as np
import pytest

from apprenti.lessons.n06_descent.compute import (
    GOAL_STEPS,
    descend,
    gradient_at,
    loss_at,
    ravine_steps,
    tuned,
)

RNG = np.random.default_rng(5)
INPUTS, TRUTH = RNG.normal(size=(30, 2)), RNG.integers(0, 2, 30)


def test_the_gradient_is_the_slope_of_the_loss() -> None:
    w1, w2, b, h = 0.7, -1.3, 0.2, 1e-6
    expected = (
        (loss_at((w1 + h, w2), b, INPUTS, TRUTH) - loss_at((w1 - h, w2), b, INPUTS, TRUTH)) / (2 * h),
        (loss_at((w1, w2 + h), b, INPUTS, TRUTH) - loss_at((w1, w2 - h), b, INPUTS, TRUTH)) / (2 * h),
    )
    assert gradient_at((w1, w2), b, INPUTS, TRUTH) == pytest.approx(expected, abs=1e-8)


def test_a_small_rate_goes_down_at_every_step() -> None:
    losses = [one.loss for one in descend((4.5, -4.5), 0.0, INPUTS, TRUTH, rate=0.5, momentum=0.0)]
    assert losses == sorted(losses, reverse=True)


def test_the_ravine_needs_momentum_and_not_too_much_of_it() -> None:
    found = tuned()
    assert (found.n_plain, found.plain_rate) == (69, 0.076)
    assert found.n_best <= GOAL_STEPS < found.n_plain < found.n_heavy


def test_without_momentum_the_ravine_is_left_from_a_rate_of_two_25ths_on() -> None:
    _, losses = ravine_steps(np.array([0.079, 0.081]), np.zeros(2))
    assert losses[0] < 1 < losses[1]
