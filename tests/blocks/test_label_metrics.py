"""Scores of several labels each agree with scikit-learn's, and their intervals hold what they promise."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, f1_score

from apprenti.blocks.label_metrics import (
    average_precisions,
    best_f1_threshold,
    binary_log_loss,
    f1_intervals,
    macro_f1,
    mean_average_precision,
    mean_average_precision_interval,
    micro_f1,
)


def some(n: int = 80, n_labels: int = 4, *, seed: int = 0) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return targets [n, K] and scores with many ties, better than chance."""
    draws = np.random.default_rng(seed)
    targets = (draws.random((n, n_labels)) < np.linspace(0.1, 0.6, n_labels)).astype(float)
    return targets, np.round(draws.normal(size=targets.shape) + targets, 1)


@pytest.mark.parametrize("seed", range(3))
def test_average_precision_is_scikit_learns_ties_included(seed: int) -> None:
    targets, scores = some(seed=seed)
    expected = [average_precision_score(targets[:, k], scores[:, k]) for k in range(4)]
    np.testing.assert_allclose(average_precisions(targets, scores), expected)
    assert mean_average_precision(targets, scores) == pytest.approx(np.mean(expected))


def test_photos_counted_twice_are_photos_that_are_there_twice() -> None:
    targets, scores = some(30)
    counts = np.random.default_rng(1).integers(0, 3, (2, 30))
    found = average_precisions(targets, scores, counts)
    for row, count in zip(found, counts, strict=True):
        np.testing.assert_allclose(
            row, average_precisions(np.repeat(targets, count, axis=0), np.repeat(scores, count, axis=0))
        )


def test_a_label_that_no_photo_has_is_left_out_of_the_mean() -> None:
    targets, scores = np.array([[1, 0], [0, 0]]), np.array([[0.9, 0.4], [0.2, 0.8]])
    assert np.isnan(average_precisions(targets, scores)[1])
    assert mean_average_precision(targets, scores) == 1
    assert mean_average_precision(np.zeros((2, 2)), scores) == 0


@pytest.mark.parametrize("average", ["micro", "macro"])
def test_f1_is_scikit_learns(average: str) -> None:
    targets, scores = some()
    given = scores > 0.5
    ours = micro_f1(targets, given) if average == "micro" else macro_f1(targets, given)
    assert ours == pytest.approx(f1_score(targets, given, average=average, zero_division=0))


def test_intervals_lie_around_their_scores_and_a_perfect_score_is_not_called_sure() -> None:
    targets, scores = some()
    given = scores > 0.5
    interval = mean_average_precision_interval(targets, scores, seed=0)
    assert interval.low < mean_average_precision(targets, scores) < interval.high
    micro, macro = f1_intervals(targets, given, seed=0)
    assert micro.low < micro_f1(targets, given) < micro.high
    assert macro.low < macro_f1(targets, given) < macro.high
    assert mean_average_precision_interval(targets, targets, seed=0).low < 1
    assert f1_intervals(targets, targets, seed=0)[0].low < 1


def test_the_threshold_chosen_has_the_best_f1_of_all() -> None:
    targets, scores = some()
    p = 1 / (1 + np.exp(-scores[:, 2]))
    found = f1_score(targets[:, 2], p >= best_f1_threshold(targets[:, 2], p))
    assert found == max(f1_score(targets[:, 2], p >= threshold) for threshold in [0, *p])


def test_without_a_photo_of_the_label_the_threshold_is_a_half() -> None:
    assert best_f1_threshold([0, 0], [0.9, 0.1]) == 0.5


def test_log_loss_counts_what_is_absent_as_much_as_what_is_there() -> None:
    assert binary_log_loss([[1, 0]], [[0.5, 0.5]]) == pytest.approx(np.log(2))
    assert binary_log_loss([[1, 0]], [[1.0, 0.0]]) == 0
