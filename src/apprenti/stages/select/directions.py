"""The main directions in which the rows of a table differ: the first singular triplets, and no others.

All of them take three times as long, and only the first few say anything.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEAST_STRENGTH = 1e-7
"""Of the largest; what is weaker is rounding, since strengths come from their squares."""


def main_directions(values: Floats, n_directions: int) -> tuple[Floats, Floats, Floats]:
    """Return places [n, q], strengths [q] and directions [q, m], the strongest first; their product is near ``values``.

    Places and directions are of length 1 each; one that is not there (fewer rows differ) is 0.

    Args:
        values: [n, m].
        n_directions: how many are asked for; q is no larger than n and m.
    """
    from scipy.linalg import eigh

    is_wide = values.shape[1] > values.shape[0]
    table = values if is_wide else values.T  # eigenvectors are sought on the shorter side
    size = len(table)
    q = min(n_directions, size)
    if not q:
        return np.zeros((len(values), 0)), np.zeros(0), np.zeros((0, values.shape[1]))
    squares, near = eigh(table @ table.T, subset_by_index=(size - q, size - 1), driver="evx")
    strengths = np.sqrt(np.maximum(squares[::-1], 0.0))
    is_there = strengths > LEAST_STRENGTH * strengths[0]
    near = near[:, ::-1] * is_there
    far = (near.T @ table) / np.where(is_there, strengths, 1.0)[:, None]
    strengths = strengths * is_there
    return (near, strengths, far) if is_wide else (far.T, strengths, near.T)
