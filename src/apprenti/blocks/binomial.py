"""Exact probabilities of counts: how likely so many of n, where each comes with probability p. numpy alone."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def binomial_probabilities(n: int, p: float) -> Floats:
    """Return the probability of each count 0..n, [n + 1] float64.

    Example:
        >>> binomial_probabilities(2, 0.5).round(3)
        array([0.25, 0.5 , 0.25])
    """
    if n < 0 or not 0 <= p <= 1:
        raise ValueError(f"n is {n} and p {p}, expected n ≥ 0 and p in 0..1")
    if p in (0.0, 1.0):
        sure = np.zeros(n + 1)
        sure[n if p else 0] = 1.0
        return sure
    counts = np.arange(n + 1)
    log_factorials = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, n + 1)))])
    ways = log_factorials[n] - log_factorials - log_factorials[::-1]
    return np.asarray(np.exp(ways + counts * math.log(p) + (n - counts) * math.log1p(-p)))


def binomial_tails(n: int, p: float) -> Floats:
    """Return the probability of each count 0..n or more, [n + 1] float64."""
    return np.minimum(np.cumsum(binomial_probabilities(n, p)[::-1])[::-1], 1.0)


def at_least(count: int, n: int, p: float) -> float:
    """Return the probability of ``count`` or more of ``n``.

    Example:
        >>> round(at_least(6, 6, 0.5), 6)
        0.015625
    """
    if count <= 0:
        return 1.0
    return 0.0 if count > n else float(binomial_tails(n, p)[count])
