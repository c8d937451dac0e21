"""Sums of products over many rows, in blocks: float32 products, float64 sums, no second copy of the data."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

BLOCK_ROWS = 2048
"""2,048 rows of 2,500 float32 are 20 MB; float32 sums over so few rows keep six digits."""


def blocks(n: int) -> Iterator[slice]:
    """Yield slices of at most ``BLOCK_ROWS`` rows that cover 0..n-1."""
    return (slice(start, start + BLOCK_ROWS) for start in range(0, n, BLOCK_ROWS))


def column_means(features: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the mean of each column, [d] float64."""
    total = np.zeros(features.shape[1])
    for rows in blocks(len(features)):
        total += features[rows].sum(axis=0, dtype=np.float64)
    return total / len(features)


def column_moments(
    features: NDArray[np.float32], prepare: Callable[[NDArray[np.float32]], NDArray[np.float32]] | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean and standard deviation (divisor n) of each column, both [d] float64.

    Args:
        features: [n, d].
        prepare: what happens to each block of rows first; nothing where it is left out.
    """
    n, total, squares = len(features), np.zeros(features.shape[1]), np.zeros(features.shape[1])
    for rows in blocks(n):
        total += (prepare(features[rows]) if prepare else features[rows]).sum(axis=0, dtype=np.float64)
    means = total / n
    for rows in blocks(n):
        squares += np.square((prepare(features[rows]) if prepare else features[rows]) - means).sum(axis=0)
    return means, np.sqrt(squares / n)


def gram(
    features: NDArray[np.float32], offset: NDArray[np.float32], scale: NDArray[np.float32] | None = None
) -> NDArray[np.float64]:
    """Return ``A.T @ A`` of ``A = (features - offset) * scale``.

    Args:
        features: [n, d].
        offset: [d].
        scale: [d]; 1 where it is left out.

    Returns:
        [d, d] float64, symmetric.
    """
    d = features.shape[1]
    total = np.zeros((d, d))
    for rows in blocks(len(features)):
        block = features[rows] - offset
        if scale is not None:
            block *= scale
        total += block.T @ block
    return total


def solve_from_gram(
    matrix: NDArray[np.float64], penalty: float, right: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return W with ``(matrix + penalty · I) W = right``; ``matrix`` [d, d] is overwritten.

    Args:
        matrix: [d, d] symmetric, no negative eigenvalue.
        penalty: above 0.
        right: [d, k].
    """
    from scipy.linalg import cho_factor, cho_solve

    matrix.flat[:: len(matrix) + 1] += penalty
    # transposed, a symmetric matrix is itself in the order LAPACK works in: nothing is copied
    factor = cho_factor(matrix.T, lower=True, overwrite_a=True, check_finite=False)
    solution: NDArray[np.float64] = cho_solve(factor, right, check_finite=False)
    return solution


def solve_from_rows(
    rows: NDArray[np.float32], penalty: float, right: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return W with ``(rows.T @ rows + penalty · I) W = right``, for fewer rows than features.

    Woodbury: ``W = (right − Aᵀ (A Aᵀ + penalty · I)⁻¹ A right) / penalty`` needs an [n, n] system only.

    Args:
        rows: [n, d].
        penalty: above 0.
        right: [d, k].
    """
    wide = rows.astype(np.float64)
    inner = solve_from_gram(wide @ wide.T, penalty, wide @ right)
    return (right - wide.T @ inner) / penalty


NEGLIGIBLE = 1e-6
"""Axes with less than this part of the largest sum of squares are rounding noise and are left out."""


def principal_axes(
    features: NDArray[np.float32],
    offset: NDArray[np.float32],
    scale: NDArray[np.float32] | None = None,
    *,
    n_wanted: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the axes along which ``A = (features - offset) * scale`` is largest.

    Works on the smaller of the two Gram matrices, d x d or n x n.

    Args:
        features: [n, d].
        offset: [d].
        scale: [d]; 1 where it is left out.
        n_wanted: how many axes; fewer come back where A has a lower rank, none where A is all zero.

    Returns:
        Sums of squares [k], largest first, and unit vectors [d, k], each with its largest entry positive.
    """
    if len(features) >= features.shape[1]:
        squares, vectors = _leading(gram(features, offset, scale), n_wanted)
    else:
        rows = (features - offset).astype(np.float64) * (1 if scale is None else scale)
        squares, vectors = _leading(rows @ rows.T, n_wanted)
        vectors = rows.T @ (vectors / np.sqrt(squares))
    largest = np.argmax(np.abs(vectors), axis=0)  # an axis has no sign of its own: two machines must agree
    return squares, vectors * np.sign(vectors[largest, np.arange(len(squares))])


def _leading(matrix: NDArray[np.float64], n_wanted: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the largest eigenvalues [k] that are not negligible, and their vectors [m, k]."""
    from scipy.linalg import eigh

    m = len(matrix)
    values, vectors = eigh(matrix, subset_by_index=[max(0, m - n_wanted), m - 1])
    values, vectors = values[::-1], vectors[:, ::-1]
    real = values > max(NEGLIGIBLE * values[0], np.finfo(np.float32).tiny)
    return values[real], vectors[:, real]
