"""What came of a training, in one sentence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.fake_models import a_report

from apprenti.domain.recipe import Interval
from apprenti.domain.scores import Scores
from apprenti.texts import Lang
from apprenti.web.rooms.outcome import outcome_said, read_on


def said(n: int, n_right: int, low: float, high: float, lang: Lang = "en") -> str:
    report = a_report(n=n, n_right=n_right)
    assert isinstance(report.scores, Scores)
    scores = replace(report.scores, accuracy_interval=Interval(low=low, high=high))
    return "".join(part.text for part in outcome_said(replace(report, scores=scores), lang))


@pytest.mark.parametrize(
    ("n", "n_right", "right"), [(100, 91, "9 of 10"), (200, 190, "95 of 100"), (24, 20, "20 of the 24")]
)
def test_a_share_is_said_as_a_person_would(n: int, n_right: int, right: str) -> None:
    sentence = said(n, n_right, 0.841, 0.959)
    assert right in sentence
    assert "between 84 and 96" in sentence


def test_it_is_said_in_french() -> None:
    assert "9 photos sur 10" in said(100, 91, 0.841, 0.959, "fr")


def test_every_number_leads_to_a_place_in_the_report() -> None:
    parts = outcome_said(a_report(), "en")
    assert {part.text: part.place for part in parts if part.text.strip().isdigit()} == {
        "9": "answer-title",
        "77": "answer-title",
        "96": "answer-title",
    }
    assert [part.place for part in read_on(a_report(), "en")][:2] == ["mistakes", "calibration"]


def test_what_was_not_tested_says_nothing() -> None:
    assert outcome_said(replace(a_report(), scores=None), "en") == ()
