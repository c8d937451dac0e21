from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from apprenti.domain.dataset import TaskType
from apprenti.stages.feedback.challenge import (
    FEWEST_TEST_PHOTOS,
    lead_of_classes,
    lead_of_labels,
    lead_of_numbers,
    verdict,
    what_could_be_seen,
)

Answers = NDArray[np.int64]


def answers(n: int, n_right: int) -> tuple[Answers, Answers]:
    """Targets of n photos, and answers of which the first are right."""
    targets = np.arange(n) % 3
    return targets, np.where(np.arange(n) < n_right, targets, (targets + 1) % 3)


def judged(n: int, n_before: int, n_after: int, n_earlier: int = 0):  # type: ignore[no-untyped-def]
    targets, before = answers(n, n_before)
    _, after = answers(n, n_after)
    return verdict(targets, before, after, task_type=TaskType.MULTI_CLASS, n_earlier=n_earlier)


def test_the_first_model_of_a_task_is_put_to_use() -> None:
    first = verdict([0, 1], None, [1, 0], task_type=TaskType.MULTI_CLASS, n_earlier=0)
    assert first.promote
    assert first.p_value is None


def test_a_clear_lead_is_promoted_and_the_same_lead_after_many_challenges_is_not() -> None:
    assert judged(200, 150, 157).promote
    assert not judged(200, 150, 157, n_earlier=9).promote


def test_a_lead_that_may_be_chance_changes_nothing_and_says_what_could_be_seen() -> None:
    kept = judged(200, 150, 153)
    assert not kept.promote
    assert kept.reason.key == "feedback.kept_unsure_points"
    sentence = what_could_be_seen(kept)
    assert sentence is not None
    assert "points" in sentence.said("fr")


def test_an_equal_or_worse_challenger_is_never_promoted() -> None:
    assert judged(200, 150, 150).reason.key == "feedback.kept_behind_points"
    assert judged(200, 150, 100).p_value == 1


def test_on_too_few_photos_nothing_is_promoted_by_itself() -> None:
    few = FEWEST_TEST_PHOTOS - 1
    assert not judged(few, 0, few).promote
    assert judged(few + 1, 0, few + 1).promote


def test_the_test_of_classes_counts_the_ways_exactly() -> None:
    before = np.array([1] * 80 + [0] * 20, bool)
    after = np.array([1] * 77 + [0] * 3 + [1] * 11 + [0] * 9, bool)
    ways = sum(math.comb(14, n_gained) for n_gained in range(11, 15))
    assert lead_of_classes(before, after).p_value == pytest.approx(ways / 2**14)


def test_answers_of_other_photos_are_refused() -> None:
    with pytest.raises(ValueError, match="expected the same"):
        verdict([0, 1], [0], [0, 1], task_type=TaskType.MULTI_CLASS, n_earlier=0)


def test_smaller_errors_are_promoted_and_the_reason_tells_by_how_much() -> None:
    draws = np.random.default_rng(0)
    truth = draws.normal(size=100)
    before, after = truth + draws.normal(0, 1, 100), truth + draws.normal(0, 0.5, 100)
    better = verdict(truth, before, after, task_type=TaskType.REGRESSION, n_earlier=0)
    assert better.promote
    assert better.interval is not None
    assert better.difference is not None
    assert better.interval.low < better.difference < better.interval.high
    assert better.smallest_visible is None


def test_equal_errors_are_seldom_called_a_lead() -> None:
    draws = np.random.default_rng(0)
    false = 0
    for seed in range(100):
        truth = draws.normal(size=40)
        before, after = truth + draws.standard_t(4, (2, 40))
        false += lead_of_numbers(truth, before, after, seed=seed).p_value <= 0.05
    assert false <= 11  # 5 expected; more in one run of a hundred


def test_better_orders_of_several_labels_are_promoted() -> None:
    draws = np.random.default_rng(0)
    truth = (draws.random((60, 3)) < 0.3).astype(float)
    before, after = (truth + draws.normal(0, spread, truth.shape) for spread in (0.8, 0.2))
    assert verdict(truth, before, after, task_type=TaskType.MULTI_LABEL, n_earlier=0).promote


@pytest.mark.slow
def test_equal_orders_of_several_labels_are_seldom_called_a_lead() -> None:
    draws = np.random.default_rng(0)
    false = 0
    for seed in range(50):
        truth = (draws.random((60, 3)) < 0.3).astype(float)
        before, after = truth + draws.normal(0, 0.8, (2, 60, 3))
        false += lead_of_labels(truth, before, after, seed=seed).p_value <= 0.05
    assert false <= 7


def test_the_same_answers_give_the_same_verdict() -> None:
    truth, before, after = np.random.default_rng(0).normal(size=(3, 50))
    first, second = (
        verdict(truth, before, after, task_type=TaskType.REGRESSION, n_earlier=1, seed=3) for _ in range(2)
    )
    assert first == second


@pytest.mark.parametrize(
    ("n", "before", "after"), [(200, 150, 157), (200, 150, 152), (200, 150, 140), (9, 1, 2)]
)
def test_every_reason_can_be_said_in_both_languages(n: int, before: int, after: int) -> None:
    reason = judged(n, before, after).reason
    assert reason.said("en") != reason.said("fr")
