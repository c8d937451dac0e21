"""Two models on the same photos."""

from __future__ import annotations

import numpy as np
import pytest

from apprenti.domain.dataset import TaskType
from apprenti.stages.feedback.side_by_side import side_by_side


def test_of_classes_photos_fall_into_four_kinds_and_the_clearest_come_first() -> None:
    targets = np.array([0, 0, 1, 1, 1])
    before = np.array([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8], [0.6, 0.4], [0.9, 0.1]])
    after = np.array([[0.8, 0.2], [0.3, 0.7], [0.1, 0.9], [0.4, 0.6], [0.1, 0.9]])
    found = side_by_side(targets, before, after, task_type=TaskType.MULTI_CLASS)
    assert (found.only_before, found.only_after, found.n_both, found.n_neither) == ((1,), (4, 3), 2, 0)
    assert (found.before, found.after) == (0.6, 0.8)
    assert found.lead.difference == pytest.approx(0.2)
    assert found.lead.interval.low < 0 < found.lead.interval.high


def test_of_numbers_the_closer_one_is_right_and_hardly_closer_is_as_close() -> None:
    targets = np.array([10.0, 10.0, 10.0])
    found = side_by_side(
        targets, np.array([10.0, 14.0, 12.0]), np.array([13.0, 10.0, 12.1]), task_type=TaskType.REGRESSION
    )
    assert (found.only_before, found.only_after, found.n_both, found.n_neither) == ((0,), (1,), 1, 0)
    assert found.before == pytest.approx(2.0)


def test_of_several_labels_all_must_be_right() -> None:
    targets = np.array([[1, 0], [1, 1], [0, 1]])
    before = np.array([[0.9, 0.1], [0.9, 0.1], [0.1, 0.9]])
    after = np.array([[0.9, 0.6], [0.9, 0.9], [0.2, 0.9]])
    half = np.full(2, 0.5)
    found = side_by_side(
        targets, before, after, task_type=TaskType.MULTI_LABEL, thresholds=(half, half), seed=1
    )
    assert (found.only_before, found.only_after, found.n_both) == ((0,), (1,), 1)


def test_no_photos_are_refused() -> None:
    with pytest.raises(ValueError, match="got none"):
        side_by_side(np.array([]), np.array([]), np.array([]), task_type=TaskType.MULTI_CLASS)
