from __future__ import annotations

import numpy as np
import pytest
from tests.stages.report.made_up import RECIPES, made_up_report

from apprenti.domain.dataset import Dataset, Example, Kind, Split, TaskType
from apprenti.domain.recipe import TrialStatus
from apprenti.stages.evaluate import Answers, evaluate_again


def test_every_pick_is_told_with_what_came_of_it() -> None:
    attempts = made_up_report().attempts
    assert [attempt.recipe for attempt in attempts] == list(RECIPES)
    assert [attempt.status for attempt in attempts] == [
        TrialStatus.FINISHED,
        TrialStatus.FINISHED,
        TrialStatus.FAILED,
    ]
    assert attempts[1].score == 0.9


def test_counts_are_whole_and_lists_are_short() -> None:
    data = made_up_report().data
    assert (data.n_set_aside, len(data.set_aside)) == (45, 40)
    assert (data.n_conflicts, data.n_repeated, data.n_duplicates) == (1, 2, 9)
    assert data.conflicts[0].labels == ("kind 000", "kind 001")
    assert (len(data.repeated[0].names), data.repeated[0].n) == (6, 9)
    assert (data.n_train, data.n_test) == (400, 120)
    assert sum(data.n_per_label.values()) == 400


def test_false_alarms_are_counted_on_the_test_photos() -> None:
    familiarity = made_up_report(n_test=400).familiarity
    assert familiarity is not None
    assert familiarity.n == 400
    assert familiarity.interval.low < 0.05 < familiarity.interval.high


def test_without_distances_no_rate_is_made_up() -> None:
    assert made_up_report(with_distances=False).familiarity is None


def test_every_class_has_the_photo_that_was_most_surely_of_it() -> None:
    report = made_up_report()
    assert [picture.label for picture in report.examples] == list(report.labels)
    assert all(picture.name.startswith("train/") for picture in report.examples)


def test_too_few_photos_for_a_test_leave_the_scores_open() -> None:
    assert made_up_report(n_test=0).scores is None


def other_data(labels: tuple[str, ...], n: int) -> Dataset:
    examples = tuple(
        Example(
            kind=Kind.IMAGE,
            name=f"new/{i}.jpg",
            path="",
            content_hash=f"{i:064x}",
            target=labels[0],
            split=Split.TEST,
        )
        for i in range(n)
    )
    return Dataset(
        name="new", kind=Kind.IMAGE, task_type=TaskType.MULTI_CLASS, labels=labels[:1], examples=examples
    )


def test_other_photos_are_judged_by_the_baseline_and_thresholds_of_the_training() -> None:
    before = made_up_report()
    assert before.scores is not None
    p = np.tile([0.97, 0.01, 0.01, 0.01], (10, 1))
    answers = Answers(
        names=[f"new/{i}.jpg" for i in range(10)],
        expected=np.zeros(10, np.int64),
        given=p,
        distances=np.full(10, 3.0),
    )
    after = evaluate_again(before, other_data(before.labels, 10), answers=answers)
    assert after.scores is not None
    assert (after.scores.n, after.scores.accuracy) == (10, 1.0)
    assert after.scores.majority_label == before.scores.majority_label
    assert [one.threshold for one in after.scores.operating_points] == [
        one.threshold for one in before.scores.operating_points
    ]
    assert after.familiarity is not None
    assert after.familiarity.n_alarms == 10
    assert (after.data.name, after.data.n_test, after.data.n_train, after.attempts) == ("new", 10, 0, ())


def test_nothing_to_judge_again_on_is_refused() -> None:
    before = made_up_report()
    nothing = Answers(names=[], expected=np.zeros(0, np.int64), given=np.zeros((0, 4)))
    with pytest.raises(ValueError, match="no photos"):
        evaluate_again(before, other_data(before.labels, 0), answers=nothing)
