"""Scores of answers that are numbers, in the numbers' own unit, and how far around an answer the truth lies."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from apprenti.blocks.resampling import resampled_interval
from apprenti.domain.recipe import Interval

Floats = NDArray[np.float64]
MARGIN_LEVEL = 0.9
"""Share of new answers that the margin should hold."""


def mean_absolute_error(targets: ArrayLike, answers: ArrayLike) -> float:
    """Return the mean of how far answers are off."""
    return float(np.mean(np.abs(_residuals(targets, answers))))


def root_mean_squared_error(targets: ArrayLike, answers: ArrayLike) -> float:
    """Return the root of the mean squared error: large errors count for more."""
    return float(np.sqrt(np.mean(np.square(_residuals(targets, answers)))))


def r2(targets: ArrayLike, answers: ArrayLike) -> float | None:
    """Return the share of the variance of the targets that is explained; ``None`` where they do not vary.

    1 is perfect, 0 no better than always answering the mean of these very targets, and below 0 is worse.

    Example:
        >>> r2([1.0, 2.0, 3.0], [1.0, 2.0, 3.0]), r2([1.0, 2.0, 3.0], [2.0, 2.0, 2.0])
        (1.0, 0.0)
    """
    y = np.asarray(targets, np.float64)
    spread = float(np.sum(np.square(y - y.mean()))) if len(y) else 0.0
    return None if spread == 0 else 1 - float(np.sum(np.square(_residuals(y, answers)))) / spread


def mean_absolute_error_interval(targets: ArrayLike, answers: ArrayLike, *, seed: int) -> Interval:
    """Return the 95 % bootstrap interval of the mean absolute error."""
    return _interval_of_mean(np.abs(_residuals(targets, answers)), seed=seed)


def root_mean_squared_error_interval(targets: ArrayLike, answers: ArrayLike, *, seed: int) -> Interval:
    """Return the 95 % bootstrap interval of the root mean squared error."""
    squares = _interval_of_mean(np.square(_residuals(targets, answers)), seed=seed)
    return Interval(low=math.sqrt(squares.low), high=math.sqrt(squares.high))


def r2_interval(
    targets: ArrayLike, answers: ArrayLike, *, seed: int, n_resamples: int = 1000
) -> Interval | None:
    """Return the 95 % bootstrap interval of R²; ``None`` where the targets do not vary."""
    y, errors = np.asarray(targets, np.float64), np.square(_residuals(targets, answers))
    centred = y - (y.mean() if len(y) else 0)  # sums of squares of small numbers lose no digits

    def score(counts: Floats) -> Floats:
        spread = counts @ np.square(centred) - np.square(counts @ centred) / len(y)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(spread > 0, 1 - (counts @ errors) / spread, np.nan)

    return resampled_interval(score, len(y), seed=seed, n_resamples=n_resamples) if len(y) else None


def conformal_margin(targets: ArrayLike, answers: ArrayLike, *, level: float = MARGIN_LEVEL) -> float:
    """Return how far around an answer the true number should lie, from answers that were held out.

    It is the ⌈(n + 1)·level⌉-th smallest error: on photos like these it then holds the truth in ``level`` of the
    cases, whatever the errors are distributed like; the largest error where there are too few to say that.

    Source: J. Lei et al., "Distribution-free predictive inference for regression", 2018 (split conformal).

    Args:
        targets: [n], n ≥ 1.
        answers: [n], of models that did not see the photo.
        level: share of new answers to be right about, 0..1.

    Returns:
        Six digits, above 0.

    Example:
        >>> conformal_margin(np.arange(19.0), np.zeros(19), level=0.9)
        17.0
    """
    errors = np.sort(np.abs(_residuals(targets, answers)))
    rank = math.ceil((len(errors) + 1) * level - 1e-9)
    return float(f"{max(errors[min(rank, len(errors)) - 1], np.finfo(np.float32).tiny):.6g}")


def _interval_of_mean(values: Floats, *, seed: int) -> Interval:
    found = resampled_interval(lambda counts: counts @ values / len(values), len(values), seed=seed)
    return found or Interval(low=float(values.min()), high=float(values.max()))


def _residuals(targets: ArrayLike, answers: ArrayLike) -> Floats:
    return np.asarray(targets, np.float64) - np.asarray(answers, np.float64)
