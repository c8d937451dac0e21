"""How far a recipe stays behind the best on its data set, on a scale on which data sets can be compared."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CAP_POINTS = 10.0
"""Losing by more points than this is as bad as losing by this: a recipe that fails outright must not
outweigh all the data sets on which it makes the difference between good and better."""


def regret_points(points: Floats) -> Floats:
    """Return how many points each recipe stays behind the best of its row, NaN where it has no score.

    Args:
        points: scores in points, 0..100, [n, m]; NaN where missing.
    """
    return np.asarray(_best(points) - points)


def losses(points: Floats) -> Floats:
    """Return the loss of each recipe on each data set, 0 (the best) to 1.

    Half of it is the regret as a share of what separates the best from the middling recipe there, half the
    regret in tens of points; both count to 1 at most. The first makes every data set count as much, the
    second keeps tenths of a point from looking large where all recipes are equally good.

    Args:
        points: scores in points, 0..100, [n, m]; NaN where missing.
    """
    regret = regret_points(points)
    spread = np.maximum(_median(regret), 1e-9)
    return np.asarray((np.minimum(1.0, regret / spread) + np.minimum(1.0, regret / CAP_POINTS)) / 2)


def capped_points(points: Floats) -> Floats:
    """Return the points with those more than ``CAP_POINTS`` below the best of their row raised to there."""
    return np.asarray(np.maximum(points, _best(points) - CAP_POINTS))


def _best(points: Floats) -> Floats:
    """Return the best of each row, [n, 1]; NaN for a row without any score."""
    best = np.where(np.isnan(points), -np.inf, points).max(axis=1, keepdims=True, initial=-np.inf)
    return np.where(np.isfinite(best), best, np.nan)


def _median(values: Floats) -> Floats:
    """Return the median of what is known in each row, [n, 1]; NaN for a row without anything."""
    ordered = np.sort(values, axis=1)  # NaN last
    n_known = (~np.isnan(values)).sum(axis=1)
    rows = np.arange(len(values))
    low, high = np.maximum(n_known - 1, 0) // 2, np.minimum(n_known // 2, np.maximum(n_known - 1, 0))
    return np.asarray((ordered[rows, low] + ordered[rows, high]) / 2)[:, None]
