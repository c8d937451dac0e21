"""What regrets amount to: means, how often nearly nothing was lost, and the gain over another way of choosing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apprenti.domain.recipe import Interval

Floats = NDArray[np.float64]

HIT_POINTS = 1.0
N_RESAMPLES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a way of choosing did.

    Args:
        mean_regret_points: mean over data sets of the points lost against the best recipe of all.
        median_regret_points: median over data sets.
        hit_rate: share of data sets on which the best pick came within a point of the best, 0..1.
        gain_points: mean points gained over the portfolio.
        gain_interval: of that gain, 95 %, by drawing families of data sets again and again.
        most_seconds: the most that were spent on one data set; 0 where times are not known.
    """

    mean_regret_points: float
    median_regret_points: float
    hit_rate: float
    gain_points: float
    gain_interval: Interval
    most_seconds: float = 0.0


def standing(
    regrets: Floats, reference: Floats, families: NDArray[np.intp], *, seed: int, most_seconds: float = 0.0
) -> Standing:
    """Return how regrets compare with those of the reference on the same data sets.

    Args:
        regrets: points lost, [n, draws].
        reference: points lost by what is compared with, [n, draws].
        families: of the data sets, [n]; whole families are drawn.
        seed: of the drawing.
        most_seconds: handed through.
    """
    gains = reference.mean(axis=1) - regrets.mean(axis=1)
    return Standing(
        mean_regret_points=float(regrets.mean()),
        median_regret_points=float(np.median(regrets)),
        hit_rate=float((regrets <= HIT_POINTS + 1e-6).mean()),
        gain_points=float(gains.mean()),
        gain_interval=bootstrap_interval(gains, families, seed=seed),
        most_seconds=most_seconds,
    )


def bootstrap_interval(
    values: Floats, families: NDArray[np.intp], *, seed: int, level: float = 0.95
) -> Interval:
    """Return the bootstrap interval of the mean of ``values``, drawing whole families with replacement.

    Args:
        values: [n].
        families: [n].
        seed: of the drawing.
        level: share of the draws inside.
    """
    _, at = np.unique(families, return_inverse=True)
    sums, sizes = np.bincount(at, weights=values), np.bincount(at)
    random = np.random.default_rng(seed)
    means = np.empty(N_RESAMPLES)
    for start in range(0, N_RESAMPLES, 1000):  # a thousand at a time: memory stays small
        drawn = random.integers(0, len(sums), size=(min(1000, N_RESAMPLES - start), len(sums)))
        means[start : start + len(drawn)] = sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return Interval(low=float(low), high=float(high), level=level)
