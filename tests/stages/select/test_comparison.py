import numpy as np
import pytest

from apprenti.stages.select.comparison import bootstrap_interval, standing


def test_a_standing_is_what_its_name_says() -> None:
    regrets, reference = np.array([[0.0], [0.5], [1.0], [4.5]]), np.array([[1.0], [1.5], [2.0], [5.5]])
    result = standing(regrets, reference, np.arange(4), seed=0)
    assert result.mean_regret_points == pytest.approx(1.5)
    assert result.median_regret_points == pytest.approx(0.75)
    assert result.hit_rate == pytest.approx(0.75)
    assert result.gain_points == pytest.approx(1)
    assert (result.gain_interval.low, result.gain_interval.high) == pytest.approx((1, 1))


def test_the_interval_is_that_of_the_mean() -> None:
    values = np.random.default_rng(0).normal(size=400)
    interval = bootstrap_interval(values, np.arange(400), seed=0)
    assert interval.low == pytest.approx(values.mean() - 1.96 / 20, abs=0.015)
    assert interval.high == pytest.approx(values.mean() + 1.96 / 20, abs=0.015)


def test_relatives_do_not_make_an_interval_narrower() -> None:
    values = np.random.default_rng(0).normal(size=40)
    alone = bootstrap_interval(values, np.arange(40), seed=0)
    copied = bootstrap_interval(np.repeat(values, 10), np.repeat(np.arange(40), 10), seed=0)
    assert copied.high - copied.low == pytest.approx(alone.high - alone.low, rel=0.05)
