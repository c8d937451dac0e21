"""Answering: what is different between telling one class, several labels, or a number. One file for each.

Everything that learns or judges asks here and is the same for all three: how targets become an array, which loss fits
them, how raw scores become answers, and which score recipes are ranked by.
"""

from __future__ import annotations

from apprenti.blocks.answering.multi_class import MultiClass
from apprenti.blocks.answering.multi_label import MultiLabel
from apprenti.blocks.answering.protocol import Answering, Array, Calibration, HeldOutScore, Loss
from apprenti.blocks.answering.regression import Regression
from apprenti.domain.dataset import TaskType

__all__ = ["Answering", "Array", "Calibration", "HeldOutScore", "Loss", "answering_of"]

_ANSWERING: dict[TaskType, Answering] = {
    TaskType.MULTI_CLASS: MultiClass(),
    TaskType.MULTI_LABEL: MultiLabel(),
    TaskType.REGRESSION: Regression(),
}


def answering_of(task_type: TaskType) -> Answering:
    """Return what answering means for a kind of task.

    Example:
        >>> answering_of(TaskType.MULTI_LABEL).targets([("red",), ("red", "round")], ("red", "round")).tolist()
        [[1.0, 0.0], [1.0, 1.0]]
    """
    return _ANSWERING[task_type]
