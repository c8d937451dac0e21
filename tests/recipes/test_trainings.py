"""Settings of trainings, as the task needs them."""

from __future__ import annotations

import pytest

from apprenti.domain.dataset import TaskType
from apprenti.recipes import SCRATCH, TRAININGS, TUNED, TUNED_HUB, settings_for


@pytest.mark.parametrize("kind", [TUNED, SCRATCH])
def test_numbers_are_learnt_more_slowly_lest_two_trainings_end_far_apart(kind: str) -> None:
    assert settings_for(kind, TaskType.REGRESSION).rate == pytest.approx(TRAININGS[kind].rate / 3)
    for task_type in (TaskType.MULTI_CLASS, TaskType.MULTI_LABEL):
        assert settings_for(kind, task_type) == TRAININGS[kind]


def test_networks_brought_are_slow_already() -> None:
    assert settings_for(TUNED_HUB, TaskType.REGRESSION) == TRAININGS[TUNED_HUB]
