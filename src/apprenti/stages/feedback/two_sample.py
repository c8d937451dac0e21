"""Do two samples come from the same source? The exact test of Kolmogorov and Smirnov, and a size of the difference."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

MOST_CELLS = 4_000_000
"""Past this many pairs of a first and a second value the limit for large samples is exact enough."""


def ks_distance(first: ArrayLike, second: ArrayLike) -> float:
    """Return the largest gap between the shares of both samples that lie below a value, 0..1.

    Example:
        >>> ks_distance([1, 2, 3, 4], [3, 4, 5, 6])
        0.5
    """
    a, b = np.sort(np.asarray(first, np.float64)), np.sort(np.asarray(second, np.float64))
    both = np.concatenate([a, b])
    below_a = np.searchsorted(a, both, side="right") / len(a)
    below_b = np.searchsorted(b, both, side="right") / len(b)
    return float(np.abs(below_a - below_b).max())


def ks_p_value(distance: float, n_first: int, n_second: int) -> float:
    """Return the probability of such a gap or a larger one between samples of one source.

    Equal values make the true probability smaller, never larger: the test then errs on the quiet side.

    Source: J. L. Hodges, "The significance probability of the Smirnov two-sample test", 1958.

    Example:
        >>> round(ks_p_value(1.0, 3, 3), 3)
        0.1
    """
    if distance <= 0:
        return 1.0
    if n_first * n_second > MOST_CELLS:
        return _p_of_large_samples(distance, n_first, n_second)
    return min(max(1 - _p_inside(distance, n_first, n_second), 0.0), 1.0)


def _p_inside(distance: float, m: int, n: int) -> float:
    """Return the probability that the gap stays below ``distance``: the share of paths from corner to corner of an
    m × n grid that keep to a band around the diagonal. Each row of the grid is the running sum of the one before it.
    """  # noqa: D205
    widest = (0.5 + math.floor(distance * m * n - 1e-7)) / (m * n)
    columns = np.arange(n + 1) / n
    inside = (columns <= widest).astype(np.float64)
    for row in range(1, m + 1):
        # the factor turns counts of paths, which overflow, into shares
        inside = np.cumsum(inside * (row / (row + n)) * (np.abs(row / m - columns) <= widest))
        inside[np.abs(row / m - columns) > widest] = 0.0
    return float(inside[-1])


def _p_of_large_samples(distance: float, m: int, n: int) -> float:
    root = math.sqrt(m * n / (m + n))
    reach = (root + 0.12 + 0.11 / root) * distance  # Stephens 1970
    terms = np.arange(1, 101)
    series = 2 * float(np.sum((-1.0) ** (terms - 1) * np.exp(-2 * (terms * reach) ** 2)))
    return 1.0 if reach < 0.2 else min(max(series, 0.0), 1.0)


def mid_ranks(values: ArrayLike) -> Floats:
    """Return the rank of each value, 1..n, equal values sharing the mean of theirs."""
    _, place, counts = np.unique(np.asarray(values), return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return np.asarray((last - (counts - 1) / 2)[place], np.float64)


def cliffs_delta(before: ArrayLike, after: ArrayLike) -> float:
    """Return how far the second sample lies above the first, -1..1, whatever the unit.

    It is the chance that a value drawn from ``after`` is above one from ``before``, minus that of the opposite.

    Source: N. Cliff, "Dominance statistics: ordinal analyses to answer ordinal questions", 1993.

    Example:
        >>> cliffs_delta([1, 2], [3, 4]), cliffs_delta([1, 2], [1, 2])
        (1.0, 0.0)
    """
    m, n = len(np.asarray(before)), len(np.asarray(after))
    ranks = mid_ranks(np.concatenate([np.asarray(before, np.float64), np.asarray(after, np.float64)]))
    above = float(ranks[m:].sum()) - n * (n + 1) / 2
    return 2 * above / (m * n) - 1
