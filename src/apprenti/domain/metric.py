"""Which score recipes are ranked by: one for each kind of task, and always the higher the better."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from apprenti.domain.dataset import TaskType


class Metric(StrEnum):
    """What a score is."""

    ACCURACY = "accuracy"
    MEAN_AVERAGE_PRECISION = "mean_average_precision"
    R2 = "r2"

    @property
    def is_share(self) -> bool:
        """Whether it is read as a percentage: so many of 100 photos."""
        return self is Metric.ACCURACY


METRIC_OF: Mapping[TaskType, Metric] = {
    TaskType.MULTI_CLASS: Metric.ACCURACY,
    TaskType.MULTI_LABEL: Metric.MEAN_AVERAGE_PRECISION,
    TaskType.REGRESSION: Metric.R2,
}
"""Scores of different metrics never stand in one ranking, nor in one table of the knowledge."""
