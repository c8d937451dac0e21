"""Two versions of a model on the same photos: what one loses against the other, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from apprenti.blocks.metrics import paired_interval
from apprenti.domain.recipe import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedAccuracy:
    """Accuracy before and after a change.

    Args:
        n: photos.
        n_right_before: of them, answered rightly before.
        n_right: of them, answered rightly after.
        n_changed: of them, answered otherwise.
        difference_interval: 95 %, of the accuracy after minus the accuracy before, -1..1.
    """

    n: int
    n_right_before: int
    n_right: int
    n_changed: int
    difference_interval: Interval

    @property
    def before(self) -> float:
        """Accuracy before, 0..1."""
        return self.n_right_before / self.n

    @property
    def after(self) -> float:
        """Accuracy after, 0..1."""
        return self.n_right / self.n

    @property
    def difference(self) -> float:
        """Accuracy after minus accuracy before, -1..1."""
        return (self.n_right - self.n_right_before) / self.n


def paired_accuracy(labels: ArrayLike, before: ArrayLike, after: ArrayLike) -> PairedAccuracy:
    """Return how answers changed.

    Args:
        labels: [n] the true labels, n ≥ 1.
        before: [n] the answers of the one.
        after: [n] the answers of the other.

    Example:
        >>> paired_accuracy([0, 0, 1, 1], before=[0, 0, 1, 0], after=[0, 1, 1, 0]).difference
        -0.25
    """
    true, first, second = (np.asarray(each) for each in (labels, before, after))
    right_before, right = first == true, second == true
    n_lost, n_gained = int((right_before & ~right).sum()), int((~right_before & right).sum())
    return PairedAccuracy(
        n=len(true),
        n_right_before=int(right_before.sum()),
        n_right=int(right.sum()),
        n_changed=int((first != second).sum()),
        difference_interval=paired_interval(n_lost, n_gained, len(true)),
    )
