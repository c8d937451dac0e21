from __future__ import annotations

from dataclasses import replace

import pytest
from tests.stages.report.made_up import made_up_report

from apprenti.domain.report import Report
from apprenti.stages.report.advice import advise, is_clear_gain, most_often_taken_for, weakest_class
from apprenti.stages.report.words import Words

ENGLISH = Words(lang="en")


def anchors(report: Report) -> list[str]:
    return [one.anchor for one in advise(report, ENGLISH)]


def test_a_faultless_report_still_says_what_to_do() -> None:
    advice = advise(made_up_report(skill=60, with_troubles=False), ENGLISH)
    assert [one.title for one in advice] == ["Try it on photos from another day"]


def test_there_are_never_more_than_three() -> None:
    assert len(anchors(made_up_report())) == 3


def test_few_test_photos_come_before_everything_else() -> None:
    assert anchors(made_up_report(n_test=12))[0] == "data"


def test_no_gain_over_the_baseline_comes_first_and_labels_are_not_blamed_on_guesswork() -> None:
    report = made_up_report(skill=0)
    assert report.scores is not None
    assert not is_clear_gain(report.scores)
    assert anchors(report)[0] == "mistakes"
    assert "suspects" not in anchors(report)


def test_contradictions_come_before_doubts_and_doubts_before_weak_classes() -> None:
    report = made_up_report()
    assert anchors(report) == ["conflicts", "suspects", "classes"]
    without_conflicts = replace(report, data=replace(report.data, n_conflicts=0))
    assert anchors(without_conflicts) == ["suspects", "classes", "set_aside"]


def test_the_weakest_class_is_named_with_the_one_it_is_taken_for() -> None:
    scores = made_up_report(n_test=400).scores
    assert scores is not None
    weakest = weakest_class(scores)
    assert weakest is not None
    assert weakest.recall == min(row.recall for row in scores.per_class if row.recall is not None)
    assert most_often_taken_for(scores, weakest.label) in {row.label for row in scores.per_class} - {
        weakest.label
    }


def test_a_class_of_two_test_photos_is_not_called_weak() -> None:
    scores = made_up_report(n_test=8, skill=0).scores
    assert scores is not None
    assert weakest_class(replace(scores, per_class=tuple(replace(r, n=2) for r in scores.per_class))) is None


@pytest.mark.parametrize("n_test", [0, 1])
def test_with_hardly_any_photos_there_is_still_advice(n_test: int) -> None:
    assert anchors(made_up_report(n_test=n_test))
