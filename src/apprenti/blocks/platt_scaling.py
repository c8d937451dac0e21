"""Platt scaling: two numbers that make the probability of one label believable.

Source: J. Platt, "Probabilistic outputs for support vector machines", 1999; H.-T. Lin et al., "A note on Platt's
probabilistic outputs", 2007.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

LEAST_SLOPE = 0.01
"""Between the middle and the largest logit: a higher one stays more probable, even where photos say otherwise."""
MAX_STEPS = 50
PRIOR_WEIGHT = 1e-3
"""Pull towards slope 0 and offset 0: it only decides where the photos do not."""


def fit_platt(logits: ArrayLike, targets: ArrayLike) -> tuple[float, float]:
    """Return (slope, offset) that make ``sigmoid(slope · logit + offset)`` most probable, by Newton's method.

    Photos count as slightly less than sure of what they show (Platt's targets), so that a handful of separated ones
    does not claim certainty.

    Args:
        logits: [n] of photos the model was not fitted on.
        targets: [n] of 0 and 1.

    Returns:
        Six digits each; (1, 0) without photos.

    Example:
        >>> fit_platt([], [])
        (1.0, 0.0)
    """
    z, y = np.asarray(logits, np.float64), np.asarray(targets, np.float64)
    if not len(z):
        return 1.0, 0.0
    scale = float(np.abs(z).max()) or 1.0  # logits of any size are one problem
    n_true, n_other = y.sum(), len(y) - y.sum()
    soft = np.where(y > 0, (n_true + 1) / (n_true + 2), 1 / (n_other + 2))
    rows = np.stack([z / scale, np.ones_like(z)], axis=1)
    slope, offset = _newton(rows, soft)
    return float(f"{max(slope, LEAST_SLOPE) / scale:.6g}"), float(f"{offset:.6g}")


def sigmoid(logits: ArrayLike) -> NDArray[np.float32]:
    """Return 1 / (1 + e⁻ᶻ) of each logit, float32; no exponential overflows.

    Example:
        >>> sigmoid([-1000.0, 0.0, 1000.0]).tolist()
        [0.0, 0.5, 1.0]
    """
    z = np.asarray(logits, np.float64)
    small = np.exp(-np.abs(z))
    return np.asarray(np.where(z >= 0, 1 / (1 + small), small / (1 + small)), np.float32)


def _newton(rows: Floats, soft: Floats) -> Floats:
    """Return the weights [2] of the convex problem; a step that does not help is halved."""
    w = np.zeros(2)
    loss = _loss(w, rows, soft)
    for _ in range(MAX_STEPS):
        p = 1 / (1 + np.exp(-np.clip(rows @ w, -500, 500)))
        slope = rows.T @ (p - soft) + PRIOR_WEIGHT * w
        curve = (rows * (p * (1 - p))[:, np.newaxis]).T @ rows + PRIOR_WEIGHT * np.eye(2)
        step = np.linalg.solve(curve, slope)
        size = 1.0
        while size > 1e-6 and _loss(w - size * step, rows, soft) > loss:
            size /= 2
        w = w - size * step
        before, loss = loss, _loss(w, rows, soft)
        if before - loss < 1e-10 * len(rows):
            break
    return w


def _loss(w: Floats, rows: Floats, soft: Floats) -> float:
    z = rows @ w
    return float(np.sum(np.logaddexp(0, z) - soft * z) + PRIOR_WEIGHT / 2 * np.sum(np.square(w)))
