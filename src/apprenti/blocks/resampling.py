"""The bootstrap: how far a score would move if other photos had been drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from apprenti.domain.recipe import Interval

CHUNK_CELLS = 2_000_000
"""Counts in memory at once, 16 MB."""

Floats = NDArray[np.float64]


def resamples(n: int, *, n_resamples: int, seed: int) -> Iterator[Floats]:
    """Yield blocks [b, n] of how often each of n photos is drawn when n are drawn with replacement.

    Source: B. Efron, "Bootstrap methods: another look at the jackknife", 1979.
    """
    draws = np.random.default_rng(seed)
    at_once = max(1, CHUNK_CELLS // max(n, 1))
    for start in range(0, n_resamples, at_once):
        b = min(at_once, n_resamples - start)
        places = draws.integers(0, n, size=(b, n)) + n * np.arange(b)[:, np.newaxis]
        yield np.bincount(places.ravel(), minlength=b * n).reshape(b, n).astype(np.float64)


def resampled_interval(
    score: Callable[[Floats], Floats], n: int, *, seed: int, n_resamples: int = 1000
) -> Interval | None:
    """Return the 95 % percentile interval of a score.

    Args:
        score: takes how often each photo counts, [b, n], and gives the score of each row, [b]; NaN where it has none.
        n: photos, at least one.
        seed: of the draws.
        n_resamples: how many draws of n photos.

    Returns:
        ``None`` where fewer than half of the draws have a score.
    """
    blocks = [score(counts) for counts in resamples(n, n_resamples=n_resamples, seed=seed)]
    scores = np.concatenate(blocks)
    known = scores[np.isfinite(scores)]
    if 2 * len(known) < n_resamples:
        return None
    low, high = np.quantile(known, [0.025, 0.975])
    return Interval(low=float(low), high=float(high))
