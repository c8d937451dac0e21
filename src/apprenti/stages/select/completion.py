"""Filling the gaps of sparse rows by what the known cells imply, with Gaussian EM.

Source: Rubin and Thayer, EM algorithms for ML factor analysis (1982), on rows with missing values.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

N_FACTORS = 8
N_STEPS = 15
PULL = 1.0
"""Data sets' worth of evidence that a recipe has no loading: rare recipes lean on the mean, not on chance."""


def complete(points: Floats, *, n_factors: int = N_FACTORS, n_steps: int = N_STEPS) -> Floats:
    """Return ``points`` with every gap replaced by its expectation given the known cells of its row.

    A column nobody knows anything of takes the mean of its row's level. Known cells stay as they are.

    Args:
        points: [n, m]; NaN where missing.
        n_factors: common factors of the Gaussian.
        n_steps: of expectation and maximisation.
    """
    known = ~np.isnan(points)
    if known.all() or not known.any():
        return points
    filled = _by_level(points, known)
    n_factors = min(n_factors, *points.shape)
    mean = filled.mean(axis=0)
    _, strengths, directions = np.linalg.svd(filled - mean, full_matrices=False)
    loadings = (strengths[:n_factors, None] * directions[:n_factors]).T / np.sqrt(len(points))
    own = np.maximum(((filled - mean) ** 2).mean(axis=0) - (loadings**2).sum(axis=1), 1.0)
    values, weights = np.where(known, points, 0.0), known.astype(np.float64)
    totals = (values**2).sum(axis=0)
    for _ in range(n_steps):
        scores, squares = _expected_scores(values, weights, mean, loadings, own)
        mean, loadings, own = _fitted(values, weights, totals, scores, squares, own)
    scores, _ = _expected_scores(values, weights, mean, loadings, own)
    return np.asarray(np.where(known, points, mean + scores @ loadings.T))


def _by_level(points: Floats, known: NDArray[np.bool_]) -> Floats:
    """Return a first guess: column mean, shifted by how much better or worse the row's known cells are."""
    n_known = np.maximum(known.sum(axis=0), 1)
    overall = points[known].mean()
    column = np.where(known.any(axis=0), np.where(known, points, 0.0).sum(axis=0) / n_known, overall)
    shift = np.where(known, points - column, 0.0).sum(axis=1) / (known.sum(axis=1) + 1.0)
    return np.asarray(np.where(known, points, column + shift[:, None]))


def _expected_scores(
    values: Floats, known: Floats, mean: Floats, loadings: Floats, own: Floats
) -> tuple[Floats, Floats]:
    """Return E[z] [n, q] and E[zzᵀ] [n, q, q] of each row's factor scores z, given its known cells (1, others 0)."""
    n_factors = loadings.shape[1]
    scaled = loadings / own[:, None]
    outer = (loadings[:, :, None] * scaled[:, None, :]).reshape(len(loadings), -1)  # [m, q·q]
    precision = (known @ outer).reshape(-1, n_factors, n_factors) + np.eye(n_factors)
    spread = np.linalg.inv(precision)
    scores = np.einsum("nij,nj->ni", spread, np.where(known > 0, values - mean, 0.0) @ scaled)
    return scores, spread + scores[:, :, None] * scores[:, None, :]


def _fitted(
    values: Floats, known: Floats, totals: Floats, scores: Floats, squares: Floats, own: Floats
) -> tuple[Floats, Floats, Floats]:
    """Return mean [m], loadings [m, q] and own variances [m] that fit the expected factor scores best.

    Args:
        values: 0 where not known, [n, m].
        known: 1 where known, else 0, [n, m].
        totals: sums of the squares of ``values``, [m].
        scores: [n, q].
        squares: [n, q, q].
        own: variances before, [m].
    """
    n, n_factors = scores.shape
    with_one = np.concatenate([scores, np.ones((n, 1))], axis=1)
    moments = np.empty((n, n_factors + 1, n_factors + 1))
    moments[:, :-1, :-1] = squares
    moments[:, :-1, -1] = moments[:, -1, :-1] = scores
    moments[:, -1, -1] = 1.0
    size = n_factors + 1
    left = (known.T @ moments.reshape(n, -1)).reshape(-1, size, size)
    pull = np.diag([PULL] * n_factors + [1e-6])
    right = values.T @ with_one
    solved = np.linalg.solve(left + pull, right[:, :, None])[:, :, 0]
    explained = 2 * (solved * right).sum(axis=1) - np.einsum("mi,mij,mj->m", solved, left, solved)
    n_known = known.sum(axis=0)
    variance = (np.maximum(totals - explained, 0.0) + own) / (n_known + 1.0)
    return solved[:, -1], solved[:, :-1], np.maximum(variance, 1e-2)
