"""The same photos before and after a change."""

from __future__ import annotations

import numpy as np
import pytest

from apprenti.blocks.metrics import paired_interval
from apprenti.stages.evaluate import paired_accuracy


def test_losses_and_gains_are_counted_on_the_same_photos() -> None:
    labels = np.asarray([0, 0, 0, 1, 1, 1, 2, 2])
    before = np.asarray([0, 0, 1, 1, 1, 0, 2, 0])
    after = np.asarray([0, 1, 0, 1, 0, 2, 2, 0])
    paired = paired_accuracy(labels, before, after)
    assert (paired.n, paired.n_right_before, paired.n_right, paired.n_changed) == (8, 5, 4, 4)
    assert (paired.before, paired.after, paired.difference) == (0.625, 0.5, -0.125)
    assert paired.difference_interval == paired_interval(2, 1, 8)


def test_the_interval_holds_the_true_difference_nineteen_times_in_twenty() -> None:
    random = np.random.default_rng(0)
    for n, p_lost, p_gained in ((40, 0.02, 0.02), (150, 0.03, 0.01), (150, 0.0, 0.01), (1000, 0.05, 0.02)):
        draws = random.multinomial(n, [p_lost, p_gained, 1 - p_lost - p_gained], size=2000)
        inside = [
            interval.low <= p_gained - p_lost <= interval.high
            for lost, gained, _ in draws.tolist()
            for interval in [paired_interval(lost, gained, n)]
        ]
        assert np.mean(inside) >= 0.94, (n, p_lost, p_gained)


def test_no_change_at_all_is_not_certainty() -> None:
    few, many = paired_interval(0, 0, 20), paired_interval(0, 0, 2000)
    assert few.low < -0.05 < 0.05 < few.high
    assert -0.002 < many.low < 0 < many.high < 0.002


@pytest.mark.parametrize(("n_lost", "n_gained"), [(20, 0), (0, 20), (10, 10)])
def test_the_interval_stays_possible_and_holds_what_was_seen(n_lost: int, n_gained: int) -> None:
    interval = paired_interval(n_lost, n_gained, 20)
    assert -1 <= interval.low <= (n_gained - n_lost) / 20 <= interval.high <= 1


@pytest.mark.parametrize("counts", [(-1, 0, 5), (3, 3, 5)])
def test_impossible_counts_are_refused(counts: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="photos"):
        paired_interval(*counts)
