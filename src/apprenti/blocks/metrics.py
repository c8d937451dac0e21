"""Scores of a classifier, each from counts or probabilities, with intervals. numpy alone.

Conventions: as in scikit-learn the true labels come before the answers, both integers 0..K-1; a confusion
matrix has the true class as row and the answer as column; probabilities are [n, K] with rows that sum to 1.
A class without photos never divides by zero: its recall is ``nan`` and the means skip it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from apprenti.domain.recipe import Interval

Z_95 = 1.959963984540054
"""Two-sided 95 % quantile of the normal distribution."""

N_BINS = 15
"""Equal-width confidence bins of the expected calibration error, as in Guo et al. 2017."""

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]


def wilson_interval(n_right: int, n: int) -> Interval:
    """Return the 95 % Wilson interval of a share, honest for few photos and for 0 or 100 %.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", 1927.

    Example:
        >>> round(wilson_interval(10, 10).low, 3)
        0.722
    """
    if not 0 <= n_right <= n:
        raise ValueError(f"n_right is {n_right}, expected 0..{n}")
    if n == 0:
        return Interval(low=0.0, high=1.0)
    share = n_right / n
    z2 = Z_95**2
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z_95 / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    # at 0 and n the exact ends are 0 and 1; rounding must not leave the observed share outside
    low = 0.0 if n_right == 0 else centre - half
    high = 1.0 if n_right == n else centre + half
    return Interval(low=low, high=high)


def paired_interval(n_lost: int, n_gained: int, n: int) -> Interval:
    """Return the 95 % interval of the difference of two shares of the same n photos, after minus before.

    It is Wald's after half a photo was added to each of the four cells, which keeps it honest where few or no
    answers differ.

    Source: A. Agresti, Y. Min, "Simple improved confidence intervals for comparing matched proportions", 2005.

    Args:
        n_lost: photos that were right before and are wrong after.
        n_gained: photos that were wrong before and are right after.
        n: photos.

    Example:
        >>> interval = paired_interval(3, 1, 200)
        >>> round(interval.low, 3), round(interval.high, 3)
        (-0.032, 0.012)
    """
    if min(n_lost, n_gained) < 0 or n_lost + n_gained > n:
        raise ValueError(f"{n_lost} lost and {n_gained} gained of {n} photos")
    lost, gained, total = n_lost + 0.5, n_gained + 0.5, n + 2
    centre = (gained - lost) / total
    half = Z_95 * math.sqrt(lost + gained - (gained - lost) ** 2 / total) / total
    return Interval(low=max(centre - half, -1.0), high=min(centre + half, 1.0))


def accuracy(labels: ArrayLike, answers: ArrayLike) -> float:
    """Return the share of right answers, 0..1."""
    return float(np.mean(np.asarray(labels) == np.asarray(answers)))


def confusion_matrix(labels: ArrayLike, answers: ArrayLike, n_labels: int) -> Counts:
    """Return the counts [K, K]: row = true class, column = answer."""
    cells = np.asarray(labels, np.int64) * n_labels + np.asarray(answers, np.int64)
    return np.bincount(cells, minlength=n_labels * n_labels).reshape(n_labels, n_labels).astype(np.int64)


def recalls(confusion: Counts) -> Floats:
    """Return [K]: right / photos of the class; ``nan`` where there are none."""
    return _shares(np.diagonal(confusion, axis1=-2, axis2=-1), confusion.sum(axis=-1))


def precisions(confusion: Counts) -> Floats:
    """Return [K]: right / photos given that label; ``nan`` where it was never given."""
    return _shares(np.diagonal(confusion, axis1=-2, axis2=-1), confusion.sum(axis=-2))


def f1_scores(confusion: Counts) -> Floats:
    """Return [K]: 2·right / (photos of the class + photos given it); ``nan`` where there are neither."""
    right = np.diagonal(confusion, axis1=-2, axis2=-1)
    return _shares(2 * right, confusion.sum(axis=-1) + confusion.sum(axis=-2))


def balanced_accuracy(confusion: Counts) -> float:
    """Return the mean recall over the classes that have photos, 0..1."""
    return float(np.nanmean(recalls(confusion)))


def macro_f1(confusion: Counts) -> float:
    """Return the mean F1 over the classes that occur as a label or as an answer, 0..1."""
    return float(np.nanmean(f1_scores(confusion)))


def bootstrap_interval(
    score: Callable[[Counts], float], confusion: Counts, *, seed: int, n_resamples: int = 1000
) -> Interval:
    """Return the 95 % percentile bootstrap interval of a score of the confusion matrix.

    Drawing n photos with replacement is drawing the cells of the matrix from a multinomial, so the photos
    themselves are not needed. Without any mistake every resample is perfect and the bootstrap knows nothing:
    then all these scores are the accuracy, and its Wilson interval is returned.

    Source: B. Efron, "Bootstrap methods: another look at the jackknife", 1979.
    """
    n = int(confusion.sum())
    n_right = int(np.trace(confusion))
    if n_right == n:
        return wilson_interval(n_right, n)
    seen = np.flatnonzero(confusion)
    shares = confusion.flat[seen] / n
    draws = np.random.default_rng(seed).multinomial(n, shares / shares.sum(), size=n_resamples)
    scores = np.empty(n_resamples)
    for i, drawn in enumerate(draws):
        resampled = np.zeros(confusion.shape, np.int64)
        resampled.flat[seen] = drawn
        scores[i] = score(resampled)
    low, high = np.quantile(scores, [0.025, 0.975])
    return Interval(low=float(low), high=float(high))


def log_loss(probabilities: ArrayLike, labels: ArrayLike) -> float:
    """Return the mean −ln p of the true class in nats; p below float32's epsilon counts as that."""
    p = np.asarray(probabilities, np.float64)
    rows = np.asarray(labels, np.int64)
    p_true = p[np.arange(len(rows)), rows]
    return float(np.mean(-np.log(np.clip(p_true, np.finfo(np.float32).eps, 1.0))) + 0.0)  # never −0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Predictions with a confidence in ``(low, high]``."""

    low: float
    high: float
    n: int
    n_right: int
    mean_confidence: float


def reliability_bins(confidence: ArrayLike, right: ArrayLike, n_bins: int = N_BINS) -> tuple[Bin, ...]:
    """Return the bins of equal width that hold predictions, least confident first.

    Args:
        confidence: [n] probability of the predicted label, 0..1.
        right: [n] bool, whether it was the true one.
        n_bins: bins over 0..1.
    """
    p = np.asarray(confidence, np.float64)
    hit = np.asarray(right, bool)
    place = np.clip(np.ceil(p * n_bins).astype(int) - 1, 0, n_bins - 1)
    bins = []
    for k in np.unique(place):
        here = place == k
        bins.append(
            Bin(
                low=int(k) / n_bins,
                high=(int(k) + 1) / n_bins,
                n=int(here.sum()),
                n_right=int(hit[here].sum()),
                mean_confidence=float(p[here].mean()),
            )
        )
    return tuple(bins)


def expected_calibration_error(confidence: ArrayLike, right: ArrayLike, n_bins: int = N_BINS) -> float:
    """Return the mean gap between confidence and accuracy over equal-width bins, weighted by photos, 0..1.

    Source: C. Guo et al., "On calibration of modern neural networks", 2017, equation 3 (15 bins).
    """
    bins = reliability_bins(confidence, right, n_bins)
    n = sum(one.n for one in bins)
    return sum(abs(one.n_right - one.n * one.mean_confidence) for one in bins) / n


def coverage_curve(confidence: ArrayLike, right: ArrayLike) -> tuple[Floats, Floats]:
    """Return (coverage, accuracy), both [m]: accuracy of the most confident share alone, growing share first.

    Photos of equal confidence come in together, so the curve does not depend on their order.
    """
    p = np.asarray(confidence, np.float64)
    order = np.argsort(-p, kind="stable")
    n_right = np.cumsum(np.asarray(right, bool)[order])
    is_last_of_equals = np.append(np.diff(p[order]) != 0, True)
    n_answered = np.flatnonzero(is_last_of_equals) + 1
    return n_answered / len(p), n_right[n_answered - 1] / n_answered


def threshold_for(confidence: ArrayLike, right: ArrayLike, target_accuracy: float) -> float | None:
    """Return the confidence from which on the answers reach ``target_accuracy`` with the largest coverage.

    Args:
        confidence: [n] held-out confidences of training photos; never those of the test.
        right: [n] bool.
        target_accuracy: 0..1.

    Returns:
        The threshold, 0 when all may be answered; ``None`` when no share of them reaches the target.
    """
    p = np.sort(np.asarray(confidence, np.float64))[::-1]
    coverage, reached = coverage_curve(confidence, right)
    enough = np.flatnonzero(reached >= target_accuracy)
    if not len(enough):
        return None
    n_answered = round(float(coverage[enough[-1]]) * len(p))
    return 0.0 if n_answered == len(p) else float((p[n_answered - 1] + p[n_answered]) / 2)


def _shares(part: Counts, whole: Counts) -> Floats:
    shares: Floats = np.full(np.shape(whole), np.nan)
    np.divide(part, whole, out=shares, where=np.asarray(whole) != 0)
    return shares
