"""Scores of several labels each and of numbers, as a report has them."""

from __future__ import annotations

import json

import numpy as np
import pytest
from tests.stages.report.made_up_tasks import made_up_labels, made_up_numbers

from apprenti.domain.label_scores import LabelMiss, LabelScores
from apprenti.domain.number_scores import NumberScores
from apprenti.domain.report import Report
from apprenti.stages.evaluate import Answers
from apprenti.stages.evaluate.label_judging import judge_labels, label_disagreements
from apprenti.stages.evaluate.number_judging import MAX_POINTS, furthest_misses, judge_numbers

NAMES = ("red", "round", "none")
EXPECTED = np.array([[1, 1, 0], [1, 0, 0], [0, 1, 0], [0, 0, 0]], np.float32)
P = np.array([[0.9, 0.8, 0.1], [0.2, 0.1, 0.0], [0.3, 0.7, 0.0], [0.0, 0.95, 0.2]])
ANSWERS = Answers(names=list("wxyz"), expected=EXPECTED, given=P)


def judged() -> LabelScores:
    return judge_labels(ANSWERS, label_names=NAMES, thresholds=(0.5, 0.5, 0.5))


def test_labels_are_counted_at_their_thresholds() -> None:
    red, round_, none = judged().per_label
    assert (red.n, red.n_given, red.n_right, red.recall, red.precision) == (2, 1, 1, 0.5, 1.0)
    assert (round_.n_given, round_.precision, round_.average_precision) == (3, 2 / 3, pytest.approx(7 / 12))
    assert (none.n, none.recall, none.precision, none.f1, none.average_precision) == (
        0,
        None,
        None,
        None,
        None,
    )


def test_all_decisions_together_and_whole_photos_are_counted_too() -> None:
    scores = judged()
    assert scores.micro_f1 == pytest.approx(2 * 3 / (4 + 4))
    assert (scores.n_exact, scores.exact_match) == (2, 0.5)
    assert scores.chance_average_precision == 0.5  # of the labels that occur
    assert scores.exact_interval.low < 0.5 < scores.exact_interval.high


def test_the_misses_the_model_was_surest_of_come_first() -> None:
    scores = judged()
    assert [(miss.name, miss.label, miss.stands_there) for miss in scores.misses] == [
        ("z", "round", False),
        ("x", "red", True),
    ]
    assert scores.n_misses == 2


def test_doubts_come_only_of_labels_that_the_models_know_something_of() -> None:
    draws = np.random.default_rng(0)
    expected = (draws.random((200, 2)) < 0.1).astype(np.float32)
    p = np.stack([0.02 + 0.96 * expected[:, 0], draws.random(200)], axis=1)
    p[7, 0] = 1 - p[7, 0]
    answers = Answers(names=[f"{i:03}" for i in range(200)], expected=expected, given=p)
    doubts = label_disagreements(answers, label_names=("known", "guessed"))
    assert [(doubt.name, doubt.label) for doubt in doubts] == [("007", "known")]


def numbers(n: int = 50) -> Answers:
    truth = np.arange(float(n))
    off = np.where(np.arange(n) % 10 == 0, 5.0, 0.5)
    return Answers(names=[f"{i:04}" for i in range(n)], expected=truth, given=truth + off)


def test_numbers_are_compared_with_always_answering_the_median() -> None:
    scores = judge_numbers(numbers(), baseline=24.5, margin=1.0, margin_level=0.9)
    assert scores.mean_absolute_error == pytest.approx(0.95)
    assert scores.root_mean_squared_error > scores.mean_absolute_error
    assert scores.baseline_absolute_error == 12.5
    assert (scores.n_held, scores.held) == (45, 0.9)
    assert scores.r2 is not None
    assert 0.9 < scores.r2 < 1


def test_only_so_many_dots_are_drawn_and_all_photos_are_judged() -> None:
    scores = judge_numbers(numbers(2000), baseline=0.0, margin=1.0, margin_level=0.9)
    assert (len(scores.points), scores.n) == (MAX_POINTS, 2000)


def test_the_answers_furthest_off_come_first_and_only_past_the_margin_where_that_is_asked() -> None:
    assert [miss.name for miss in furthest_misses(numbers(20))[:2]] == ["0000", "0010"]
    assert len(furthest_misses(numbers(20), beyond=1.0)) == 2


@pytest.mark.parametrize(
    "judge", [judged, lambda: judge_numbers(numbers(), baseline=1.0, margin=1.0, margin_level=0.9)]
)
def test_scores_are_json_under_plain_names(judge: object) -> None:
    flat = judge().flat()  # type: ignore[operator]
    assert flat["n"] in (4, 50)
    assert not any(isinstance(value, tuple) for value in flat.values())


@pytest.mark.parametrize("make", [made_up_labels, made_up_numbers])
def test_a_report_of_either_comes_back_whole_from_its_json(make: object) -> None:
    report: Report = make()  # type: ignore[operator]
    again = Report.from_json(json.loads(json.dumps(report.to_json())))
    assert again == Report.from_json(again.to_json())
    assert type(again.scores) is type(report.scores)
    assert isinstance(again.scores, LabelScores | NumberScores)
    assert [type(one) for one in again.disagreements] == [type(one) for one in report.disagreements]
    assert again.class_scores is None
    assert report.disagreements == () or isinstance(report.disagreements[0], LabelMiss) == (
        report.labels != ()
    )
