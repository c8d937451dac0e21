"""A part of the rows where all of them would cost too much, chosen by a seed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def sample_rows(n: int, n_wanted: int, *, seed: int) -> NDArray[np.int64]:
    """Return at most ``n_wanted`` of the row numbers 0..n-1, in increasing order."""
    if n <= n_wanted:
        return np.arange(n)
    return np.sort(np.random.default_rng(seed).permutation(n)[:n_wanted]).astype(np.int64)


def sample_by_label(labels: NDArray[np.int64], n_wanted: int, *, seed: int) -> NDArray[np.int64]:
    """Return about ``n_wanted`` row numbers in increasing order, each label in its share and at least once.

    Args:
        labels: [n] the label of each row.
        n_wanted: how many; all rows where there are no more.
        seed: which ones.

    Example:
        >>> rows = sample_by_label(np.array([0] * 98 + [1, 1]), 10, seed=0)
        >>> len(rows), 98 in rows or 99 in rows
        (11, True)
    """
    if len(labels) <= n_wanted:
        return np.arange(len(labels))
    rng = np.random.default_rng(seed)
    kept = []
    for label in np.unique(labels):
        rows = rng.permutation(np.flatnonzero(labels == label))
        kept.append(rows[: max(1, round(len(rows) * n_wanted / len(labels)))])
    return np.sort(np.concatenate(kept)).astype(np.int64)
