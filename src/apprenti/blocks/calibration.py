"""Temperature scaling: one number that makes confidences believable and changes no answer.

Source: C. Guo et al., "On calibration of modern neural networks", 2017.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

COLDEST, HOTTEST = 0.05, 20.0
"""Bounds of the temperature."""

PRIOR_WEIGHT = 1.0
"""Pull towards temperature 1, in photos: a handful of separated photos must not claim certainty."""

N_HALVINGS = 26
"""ln(20 / 0.05) / 2^26 < 1e-7: six digits of the temperature are settled."""


def fit_temperature(logits: ArrayLike, labels: ArrayLike) -> float:
    """Return the temperature that makes ``softmax(logits / temperature)`` most probable for ``labels``.

    The log loss is convex in b = 1/temperature, and so is the prior b − ln b: the slope is bisected.

    Args:
        logits: [n, K] of photos the model was not fitted on.
        labels: [n] integers 0..K-1.

    Returns:
        A temperature in 0.05..20, with six digits; 1.0 without photos or with fewer than two classes.

    Example:
        >>> fit_temperature(np.zeros((0, 3)), np.zeros(0, int))
        1.0
    """
    z = np.asarray(logits, np.float64)
    if z.ndim != 2 or len(z) == 0 or z.shape[1] < 2:
        return 1.0
    z = z - z.max(axis=1, keepdims=True)  # no exponential below can overflow
    z_true = z[np.arange(len(z)), np.asarray(labels, np.int64)]
    low, high = math.log(1 / HOTTEST), math.log(1 / COLDEST)
    for _ in range(N_HALVINGS):
        middle = (low + high) / 2
        if _slope(z, z_true, math.exp(middle)) > 0:
            high = middle
        else:
            low = middle
    return float(f"{math.exp(-(low + high) / 2):.6g}")


def softmax(logits: ArrayLike, temperature: float = 1.0) -> NDArray[np.float32]:
    """Return the probabilities of ``logits / temperature``, [n, K] float32; no row overflows."""
    z = np.asarray(logits, np.float64) / temperature
    p = np.exp(z - z.max(axis=1, keepdims=True))
    return np.asarray(p / p.sum(axis=1, keepdims=True), np.float32)


def _slope(z: NDArray[np.float64], z_true: NDArray[np.float64], b: float) -> float:
    """Return d/db of the summed log loss of ``softmax(b·z)`` plus ``PRIOR_WEIGHT · (b − ln b)``."""
    p = np.exp(b * z)
    expected = np.sum(p * z, axis=1) / np.sum(p, axis=1)
    return float(np.sum(expected - z_true)) + PRIOR_WEIGHT * (1 - 1 / b)
