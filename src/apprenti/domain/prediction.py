"""What a model says of one item."""

from __future__ import annotations

from dataclasses import dataclass

from apprenti.domain.dataset import TaskType
from apprenti.domain.recipe import Interval
from apprenti.domain.sentence import Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """The answer for one item.

    Args:
        item: the name it was given under.
        label: the most probable label; ``None`` where the item could not be read, or a number is told.
        probability: calibrated probability of ``label``, 0..1.
        top: the k most probable labels with their probabilities, most probable first.
        familiar: whether the item looks like the training data; its label means little when it does not.
        distance: how far from the training data, in units of the threshold (> 1 is unfamiliar).
        problem: why the item could not be read, where it could not.
        labels: of a model of several labels, those over their thresholds with their probabilities, most probable
            first; there may be none.
        value: of a model of numbers, the number.
        interval: around ``value``, made to hold the true number in ``interval.level`` of the cases.
        task_type: what the model tells.
    """

    item: str
    label: str | None = None
    probability: float = 0.0
    top: tuple[tuple[str, float], ...] = ()
    familiar: bool = False
    distance: float = 0.0
    problem: Sentence | None = None
    labels: tuple[tuple[str, float], ...] = ()
    value: float | None = None
    interval: Interval | None = None
    task_type: TaskType = TaskType.MULTI_CLASS
