from __future__ import annotations

import numpy as np
import pytest

from apprenti.stages.feedback import two_sample
from apprenti.stages.feedback.two_sample import cliffs_delta, ks_distance, ks_p_value, mid_ranks


@pytest.mark.parametrize(("m", "n"), [(3, 4), (30, 512), (200, 512), (57, 57)])
def test_the_test_is_exactly_scipys(m: int, n: int) -> None:
    from scipy import stats

    draws = np.random.default_rng(m)
    first, second = draws.normal(size=m), draws.normal(0.2, 1, size=n)
    theirs = stats.ks_2samp(first, second, method="exact")
    assert ks_distance(first, second) == pytest.approx(theirs.statistic, abs=1e-12)
    assert ks_p_value(ks_distance(first, second), m, n) == pytest.approx(theirs.pvalue, abs=1e-10)


def test_for_large_samples_the_limit_is_near_the_exact_value(monkeypatch: pytest.MonkeyPatch) -> None:
    exact = ks_p_value(0.1, 300, 400)
    monkeypatch.setattr(two_sample, "MOST_CELLS", 0)
    assert ks_p_value(0.1, 300, 400) == pytest.approx(exact, rel=0.05)
    assert ks_p_value(0.001, 300, 400) == 1


def test_equal_values_never_make_a_difference_seem_less_likely() -> None:
    draws = np.random.default_rng(0)
    false = 0
    for _ in range(200):
        first, second = draws.integers(0, 3, 40), draws.integers(0, 3, 60)
        false += ks_p_value(ks_distance(first, second), 40, 60) <= 0.05
    assert false <= 10


def test_equal_values_share_a_rank() -> None:
    assert mid_ranks([10, 20, 20, 5]).tolist() == [2, 3.5, 3.5, 1]


def test_the_size_of_a_difference_does_not_depend_on_the_unit() -> None:
    first, second = np.random.default_rng(0).normal(size=(2, 50))
    assert cliffs_delta(first, second) == pytest.approx(cliffs_delta(np.exp(first), np.exp(second)))
    assert cliffs_delta(first, second) == pytest.approx(-cliffs_delta(second, first))
