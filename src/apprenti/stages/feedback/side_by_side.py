"""Two models side by side on the same photos: how each did, how sure the difference is, and where they part.

A photo counts as right where the class is, where all its labels are and none too many, and of numbers where one model
comes closer than the other by more than a tenth of what both are usually off.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.label_metrics import mean_average_precision
from apprenti.domain.dataset import TaskType
from apprenti.stages.feedback.challenge import Lead, lead_of_classes, lead_of_labels, lead_of_numbers

CLOSER = 0.1
"""Of the mean error of both: numbers nearer to each other than that are as good as each other."""

Array = NDArray[Any]
Places = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SideBySide:
    """What came of asking two models about the same photos.

    Args:
        n: photos.
        before: score of the first: accuracy, mean average precision, or mean absolute error.
        after: of the second.
        lead: of the second; for numbers, by how much its error is smaller. Above 0 is better.
        only_before: places of the photos that only the first got right, or came closer to; the clearest first.
        only_after: that only the second did.
        n_both: that both got right, or came as close to.
    """

    n: int
    before: float
    after: float
    lead: Lead
    only_before: Places
    only_after: Places
    n_both: int

    @property
    def n_neither(self) -> int:
        """Photos that both got wrong; of numbers none, since one cannot be right."""
        return self.n - self.n_both - len(self.only_before) - len(self.only_after)


def side_by_side(
    targets: Array,
    before: Array,
    after: Array,
    *,
    task_type: TaskType,
    thresholds: tuple[Array, Array] | None = None,
    seed: int = 0,
) -> SideBySide:
    """Return how two models did on the same photos.

    Args:
        targets: [n] label numbers, [n, K] of 0 and 1, or [n] numbers.
        before: answers of the first: [n, K] probabilities, or [n] numbers.
        after: of the second, alike.
        task_type: what is told of a photo.
        thresholds: of several labels, [K] for each model: from which probability on a label is given.
        seed: of the drawing.

    Raises:
        ValueError: there are no photos.
    """
    if not len(targets):
        raise ValueError("expected photos, got none")
    if task_type is TaskType.REGRESSION:
        return _numbers(targets, before, after, seed)
    if task_type is TaskType.MULTI_LABEL:
        if thresholds is None:
            raise ValueError("several labels take thresholds")
        right = [
            ((p >= t) == targets.astype(bool)).all(axis=1)
            for p, t in zip((before, after), thresholds, strict=True)
        ]
        scores = [mean_average_precision(targets, p) for p in (before, after)]
        lead = lead_of_labels(targets, before, after, seed=seed)
    else:
        right = [p.argmax(axis=1) == targets for p in (before, after)]
        scores = [float(each.mean()) for each in right]
        lead = lead_of_classes(*right)
    sure = np.abs(before - after).max(axis=1)
    return SideBySide(
        n=len(targets),
        before=scores[0],
        after=scores[1],
        lead=lead,
        only_before=_clearest(right[0] & ~right[1], sure),
        only_after=_clearest(right[1] & ~right[0], sure),
        n_both=int((right[0] & right[1]).sum()),
    )


def _numbers(targets: Array, before: Array, after: Array, seed: int) -> SideBySide:
    off = [np.abs(each.astype(np.float64) - targets) for each in (before, after)]
    gained = off[0] - off[1]
    least = CLOSER * float(np.mean(off))
    return SideBySide(
        n=len(targets),
        before=float(off[0].mean()),
        after=float(off[1].mean()),
        lead=lead_of_numbers(targets, before, after, seed=seed),
        only_before=_clearest(gained < -least, -gained),
        only_after=_clearest(gained > least, gained),
        n_both=int((np.abs(gained) <= least).sum()),
    )


def _clearest(chosen: Array, clearness: Array) -> Places:
    places = np.flatnonzero(chosen)
    return tuple(int(place) for place in places[np.argsort(-clearness[places], kind="stable")])
