"""Dealing out examples of several labels each, so that every fold gets its share of every label, the rare ones first.

Source: K. Sechidis, G. Tsoumakas, I. Vlahavas, "On the stratification of multi-label data", 2011.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.float64]


def iterative_folds(counts: NDArray[np.int64], sizes: Sequence[int], *, n_folds: int) -> NDArray[np.int8]:
    """Return the fold of each group of examples, [g] int8.

    The label with the fewest groups left is dealt out first, each group to the fold that still lacks most of it; of
    equals, to the one that lacks most examples; of equals again, to the first.

    Args:
        counts: [g, K], how many examples of the group have each label.
        sizes: [g], examples of each group.
        n_folds: how many folds.

    Example:
        >>> iterative_folds(np.array([[1, 0], [1, 0], [1, 1], [1, 1]]), [1, 1, 1, 1], n_folds=2).tolist()
        [0, 1, 0, 1]
    """
    lacking = np.tile(counts.sum(axis=0) / n_folds, (n_folds, 1))  # [folds, K]
    room = np.full(n_folds, sum(sizes) / n_folds)
    fold = np.full(len(counts), -1, dtype=np.int8)
    has = counts > 0

    def place(group: int, wish: Counts) -> None:
        best = np.flatnonzero(wish >= wish.max() - 1e-9)
        chosen = int(best[np.argmax(room[best])])
        fold[group] = chosen
        lacking[chosen] -= counts[group]
        room[chosen] -= sizes[group]

    while True:
        left = has[fold < 0].sum(axis=0)
        if not left.any():
            break
        label = int(np.argmin(np.where(left > 0, left, len(counts) + 1)))
        for group in np.flatnonzero((fold < 0) & has[:, label]).tolist():
            place(group, lacking[:, label])
    for group in np.flatnonzero(fold < 0).tolist():
        place(group, room)
    return fold
