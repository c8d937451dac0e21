from __future__ import annotations

import json

import pytest
from tests.stages.report.made_up import made_up_report

from apprenti.domain.recipe import Interval
from apprenti.domain.report import Report
from apprenti.domain.scores import OperatingPoint


@pytest.mark.parametrize("n_test", [0, 3, 120])
def test_a_report_survives_json_whole(n_test: int) -> None:
    data = made_up_report(n_test=n_test).to_json()
    assert Report.from_json(json.loads(json.dumps(data, allow_nan=False))).to_json() == data


def test_the_same_training_writes_the_same_report_byte_for_byte() -> None:
    first, second = (json.dumps(made_up_report().to_json(), sort_keys=True) for _ in range(2))
    assert first == second


def test_no_duration_is_kept_in_a_report() -> None:
    assert "seconds" not in json.dumps(made_up_report().to_json())


def test_the_flat_scores_have_the_names_that_are_promised() -> None:
    flat = made_up_report().flat_scores()
    promised = {"n", "accuracy", "accuracy_interval", "balanced_accuracy", "macro_f1", "ece", "per_class"}
    assert promised <= set(flat)
    low, high = flat["accuracy_interval"]
    assert 0 < low < flat["accuracy"] < high < 1
    assert {"label", "n", "precision", "recall", "f1"} <= set(flat["per_class"][0])


def test_without_test_photos_the_flat_scores_say_that_there_are_none() -> None:
    assert made_up_report(n_test=0).flat_scores() == {"n": 0}


def point(target: float, n_answered: int) -> OperatingPoint:
    unknown = Interval(low=0.0, high=1.0)
    return OperatingPoint(
        target_accuracy=target,
        threshold=0.5,
        n=100,
        n_answered=n_answered,
        n_right=n_answered,
        coverage_interval=unknown,
        accuracy_interval=unknown,
    )


@pytest.mark.parametrize(
    ("answered", "told"),
    [((50, 80), 0), ((5, 80), 1), ((5, 10), 0), ((0, 10), 1), ((0, 0), None)],
)
def test_the_threshold_worth_telling_answers_a_fifth_of_the_photos(
    answered: tuple[int, int], told: int | None
) -> None:
    from dataclasses import replace

    scores = made_up_report().scores
    assert scores is not None
    points = (point(0.99, answered[0]), point(0.95, answered[1]))
    assert replace(scores, operating_points=points).alone == (None if told is None else points[told])
