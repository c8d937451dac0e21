from __future__ import annotations

import numpy as np
import pytest

from apprenti.stages.feedback.challenge import lead_of_classes
from apprenti.stages.feedback.promotion_level import (
    ALLOWANCE,
    level_of,
    n_photos_for,
    smallest_visible_difference,
)

N_LIVES, N_CHALLENGERS = 400, 10


def test_the_levels_of_all_challenges_never_sum_past_the_allowance() -> None:
    total = sum(level_of(k) for k in range(100_000))
    assert 0.999 * ALLOWANCE < total < ALLOWANCE


def test_a_champion_seldom_loses_its_place_to_one_that_is_no_better_however_many_come() -> None:
    """Champion and challengers are right on each photo with the same probability, hard photos being hard for all."""
    draws = np.random.default_rng(0)
    lost = lost_at_five_percent_each = 0
    for _ in range(N_LIVES):
        p_right = draws.beta(2, 0.4, 200)
        champion = draws.random(200) < p_right
        p_values = [
            lead_of_classes(champion, draws.random(200) < p_right).p_value for _ in range(N_CHALLENGERS)
        ]
        lost += any(p <= level_of(k) for k, p in enumerate(p_values))
        lost_at_five_percent_each += any(p <= ALLOWANCE for p in p_values)
    assert lost / N_LIVES <= ALLOWANCE
    assert lost_at_five_percent_each / N_LIVES > 2 * ALLOWANCE


def test_a_difference_that_is_called_visible_is_seen_in_four_cases_of_five() -> None:
    n, share = 300, 0.12
    difference = smallest_visible_difference(n, share_changed=share)
    assert difference is not None
    draws = np.random.default_rng(1)
    changed = draws.random((2000, n)) < share
    gained = draws.random((2000, n)) < (1 + difference / share) / 2
    seen = [
        lead_of_classes(~gained[i] & changed[i], gained[i] & changed[i]).p_value <= level_of(0)
        for i in range(600)
    ]
    assert 0.76 < np.mean(seen) < 0.86


def test_more_photos_see_smaller_differences_and_more_challenges_only_larger_ones() -> None:
    seen = [smallest_visible_difference(n) for n in (30, 100, 300, 1000)]
    assert seen == sorted(seen, key=lambda one: -(one or 0))
    assert (smallest_visible_difference(300, n_earlier=9) or 0) > (smallest_visible_difference(300) or 0)


def test_the_number_of_photos_and_the_difference_they_see_agree() -> None:
    n = n_photos_for(0.04)
    assert smallest_visible_difference(n) == pytest.approx(0.04, abs=0.002)


def test_too_few_photos_see_nothing() -> None:
    assert smallest_visible_difference(0) is None
    assert smallest_visible_difference(5) is None
