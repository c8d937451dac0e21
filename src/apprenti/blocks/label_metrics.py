"""Scores of answers of several labels each. numpy alone.

Conventions: targets are [n, K] of 0 and 1, probabilities (or any scores that order photos alike) are [n, K]. A label
without photos has no average precision: it is ``nan``, and the means skip it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from apprenti.blocks.metrics import wilson_interval
from apprenti.blocks.resampling import resampled_interval
from apprenti.domain.recipe import Interval

Floats = NDArray[np.float64]
MOST_CELLS = 20_000_000
"""Photos times labels times draws of a bootstrap: about a second; of more photos fewer draws are enough."""
LEAST_RESAMPLES = 100
HALF = 0.5
"""The threshold of a label that no held-out photo has: there is nothing to choose by."""


def average_precisions(targets: ArrayLike, scores: ArrayLike, counts: ArrayLike | None = None) -> Floats:
    """Return the average precision of each label, [K]: its precision wherever the recall grows, averaged.

    Photos of equal scores come in together, so it does not depend on their order.

    Args:
        targets: [n, K].
        scores: [n, K].
        counts: [b, n], how often each photo counts, in b draws; once where left out.

    Returns:
        [K], or [b, K] where counts are given; ``nan`` for a label that no photo has.

    Example:
        >>> average_precisions([[1], [0], [1]], [[0.9], [0.8], [0.7]]).round(3)
        array([0.833])
    """
    y, s = np.asarray(targets, np.float64), np.asarray(scores, np.float64)
    weights = np.ones((1, len(y))) if counts is None else np.asarray(counts, np.float64)
    columns = [_average_precision(y[:, k], s[:, k], weights) for k in range(y.shape[1])]
    found = np.stack(columns, axis=1)
    return np.asarray(found[0] if counts is None else found)


def _average_precision(y: Floats, s: Floats, weights: Floats) -> Floats:
    """Return [b] for one label."""
    order = np.argsort(-s, kind="stable")
    last_of_equals = np.append(np.diff(s[order]) != 0, True)
    drawn = weights[:, order]
    n_given = np.cumsum(drawn, axis=1)[:, last_of_equals]
    n_right = np.cumsum(drawn * y[order], axis=1)[:, last_of_equals]
    gained = np.diff(n_right, axis=1, prepend=0)
    precision = n_right / np.maximum(n_given, 1)
    total = n_right[:, -1]
    return np.where(total > 0, (precision * gained).sum(axis=1) / np.maximum(total, 1), np.nan)


def mean_average_precision(targets: ArrayLike, scores: ArrayLike) -> float:
    """Return the mean of the average precisions of the labels that occur, 0..1; 0 where none does."""
    return float(_mean_known(average_precisions(targets, scores)[np.newaxis])[0])


def mean_average_precision_interval(
    targets: ArrayLike, scores: ArrayLike, *, seed: int, n_resamples: int = 1000
) -> Interval:
    """Return the 95 % bootstrap interval of the mean average precision, photos drawn with all their labels.

    Where every photo with a label stands before every one without, each draw is perfect and the bootstrap knows
    nothing: then it is the Wilson interval of n right answers out of n.
    """
    n, n_labels = np.shape(targets)
    if mean_average_precision(targets, scores) == 1:
        return wilson_interval(n, n)
    found = resampled_interval(
        lambda counts: _mean_known(average_precisions(targets, scores, counts)),
        n,
        seed=seed,
        n_resamples=max(LEAST_RESAMPLES, min(n_resamples, MOST_CELLS // (n * n_labels))),
    )
    return found or Interval(low=0.0, high=1.0)


def _mean_known(values: Floats) -> Floats:
    """Return the mean over the last axis of what is not NaN; 0 where everything is."""
    known = np.isfinite(values)
    return np.asarray(np.where(known, values, 0).sum(axis=-1) / np.maximum(known.sum(axis=-1), 1))


def label_counts(targets: ArrayLike, given: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Return for each label the photos that have it, were given it, and both, [K] each."""
    y, g = np.asarray(targets, bool), np.asarray(given, bool)
    return y.sum(axis=0).astype(float), g.sum(axis=0).astype(float), (y & g).sum(axis=0).astype(float)


def f1_of(n_true: Floats, n_given: Floats, n_right: Floats) -> Floats:
    """Return 2·right / (true + given), of any shape; ``nan`` where there is neither."""
    both = n_true + n_given
    return np.where(both > 0, 2 * n_right / np.maximum(both, 1), np.nan)


def micro_f1(targets: ArrayLike, given: ArrayLike) -> float:
    """Return the F1 of all labels' decisions together, 0..1; 0 where there is none."""
    n_true, n_given, n_right = (counts.sum() for counts in label_counts(targets, given))
    return float(np.nan_to_num(f1_of(n_true, n_given, n_right)))


def macro_f1(targets: ArrayLike, given: ArrayLike) -> float:
    """Return the mean F1 of the labels that occur, on photos or in answers, 0..1; 0 where none does."""
    return float(_mean_known(f1_of(*label_counts(targets, given))[np.newaxis])[0])


def f1_intervals(targets: ArrayLike, given: ArrayLike, *, seed: int) -> tuple[Interval, Interval]:
    """Return the 95 % bootstrap intervals of micro and macro F1."""
    y, g = np.asarray(targets, np.float64), np.asarray(given, np.float64)
    if np.array_equal(y, g):  # every draw is perfect: the bootstrap knows nothing
        perfect = wilson_interval(len(y), len(y))
        return perfect, perfect

    def micro(counts: Floats) -> Floats:
        n_true, n_given, n_right = ((counts @ part).sum(axis=1) for part in (y, g, y * g))
        return f1_of(n_true, n_given, n_right)

    def macro(counts: Floats) -> Floats:
        return _mean_known(f1_of(*(counts @ part for part in (y, g, y * g))))

    intervals = [resampled_interval(score, len(y), seed=seed) for score in (micro, macro)]
    first, second = (one or Interval(low=0.0, high=1.0) for one in intervals)
    return first, second


def binary_log_loss(targets: ArrayLike, probabilities: ArrayLike) -> float:
    """Return the mean over photos and labels of −ln of the probability given to what is true, in nats."""
    y, p = np.asarray(targets, bool), np.asarray(probabilities, np.float64)
    p_true = np.where(y, p, 1 - p)
    return float(np.mean(-np.log(np.clip(p_true, np.finfo(np.float32).eps, 1.0))) + 0.0)  # never −0


def best_f1_threshold(targets: ArrayLike, probabilities: ArrayLike) -> float:
    """Return the probability from which on giving a label has the best F1 on held-out photos.

    It lies half way between two probabilities. Of thresholds that are equally good, the one nearest to a half.

    Args:
        targets: [n] of one label.
        probabilities: [n], calibrated.

    Returns:
        0..1, six digits; a half where no photo has the label.

    Example:
        >>> best_f1_threshold([1, 1, 0, 0], [0.9, 0.4, 0.2, 0.1])
        0.3
    """
    y, p = np.asarray(targets, np.float64), np.asarray(probabilities, np.float64)
    if not y.any():
        return HALF
    order = np.argsort(-p, kind="stable")
    sorted_p, n_right = p[order], np.cumsum(y[order])
    last_of_equals = np.append(np.diff(sorted_p) != 0, True)
    f1 = f1_of(np.full(len(y), y.sum()), np.arange(1.0, len(y) + 1), n_right)[last_of_equals]
    ends = sorted_p[last_of_equals]
    thresholds = (ends + np.append(ends[1:], 0)) / 2
    best = np.flatnonzero(f1 >= f1.max() - 1e-12)
    return float(f"{thresholds[best[np.argmin(np.abs(thresholds[best] - HALF))]]:.6g}")
