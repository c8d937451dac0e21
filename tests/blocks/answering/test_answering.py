"""What is different between telling one class, several labels, or a number."""

from __future__ import annotations

import numpy as np
import pytest

from apprenti.blocks.answering import answering_of
from apprenti.blocks.answering.multi_class import TemperatureScaling
from apprenti.blocks.answering.multi_label import PlattScaling
from apprenti.blocks.answering.regression import ConformalMargin
from apprenti.domain.dataset import TaskType
from apprenti.domain.metric import METRIC_OF

CLASSES, LABELS, NUMBERS = (
    answering_of(one) for one in (TaskType.MULTI_CLASS, TaskType.MULTI_LABEL, TaskType.REGRESSION)
)


def test_targets_have_the_form_that_heads_and_networks_learn_from() -> None:
    classes = CLASSES.targets(["dog", "cat"], ("cat", "dog"))
    assert (classes.dtype, classes.tolist()) == (np.int64, [1, 0])
    labels = LABELS.targets([("b",), (), ("a", "b")], ("a", "b"))
    assert (labels.dtype, labels.tolist()) == (np.float32, [[0, 1], [0, 0], [1, 1]])
    numbers = NUMBERS.targets([1.5, -2.0], ())
    assert (numbers.dtype, numbers.tolist()) == (np.float32, [1.5, -2.0])


@pytest.mark.parametrize("task_type", TaskType)
def test_every_task_is_ranked_by_its_own_metric(task_type: TaskType) -> None:
    assert answering_of(task_type).metric is METRIC_OF[task_type]


def test_better_logits_score_higher_in_every_task() -> None:
    draws = np.random.default_rng(0)
    noise = draws.normal(0, 1, (100, 3)).astype(np.float32)
    classes = np.arange(100) % 3
    labels = (draws.random((100, 3)) < 0.4).astype(np.float32)
    numbers = draws.normal(5, 2, 100).astype(np.float32)
    for answering, targets, truth in (
        (CLASSES, classes, np.eye(3)[classes]),
        (LABELS, labels, labels),
        (NUMBERS, numbers, numbers[:, np.newaxis]),
    ):
        columns = truth.shape[1]
        good, bad = ((truth + size * noise[:, :columns]).astype(np.float32) for size in (0.3, 3.0))
        first, second = (answering.score(logits, targets, seed=0) for logits in (good, bad))
        assert first.score > second.score
        assert first.interval.low <= first.score <= first.interval.high


def test_calibrations_say_what_a_model_file_must_know() -> None:
    labels = np.tile([[1, 0], [0, 1]], (20, 1)).astype(np.float32)
    platt = LABELS.calibrate(labels * 4 - 2, labels)
    assert isinstance(platt, PlattScaling)
    assert len(platt.thresholds) == 2
    assert all(0 < threshold < 1 for threshold in platt.thresholds)
    assert ((platt.answers(labels * 4 - 2) > 0.5) == (labels > 0)).all()
    margin = NUMBERS.calibrate(np.zeros((19, 1), np.float32), np.arange(19, dtype=np.float32))
    assert margin == ConformalMargin(margin=17.0)
    classes = CLASSES.calibrate(np.eye(3, dtype=np.float32), np.arange(3))
    assert isinstance(classes, TemperatureScaling)
    assert (classes.thresholds, classes.margin, platt.margin, margin.thresholds) == ((), None, None, ())
