"""The choice, replayed on the page: what was expected against what came, what it cost, what it rested on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.stages.report.made_up import HINDSIGHT, OUTLOOK, RECIPES, TIMING, made_up_report
from tests.stages.report.test_page import Page

from apprenti.domain.outlook import Hindsight
from apprenti.domain.recipe import Interval
from apprenti.domain.report import Report, Timing
from apprenti.stages.report import render
from apprenti.stages.report.decision import replay
from apprenti.stages.report.words import Words
from apprenti.texts import Lang

ENGLISH = Words(lang="en")


def text_of(
    report: Report, *, lang: Lang = "en", timing: Timing | None = None, hindsight: Hindsight | None = None
) -> str:
    text = Page(render(report, lang=lang, timing=timing, hindsight=hindsight)).text
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_each_score_stands_beside_what_was_expected_of_it() -> None:
    text = text_of(made_up_report())
    assert "80.0% 83–89% expected worse than expected" in text
    assert "90.0% 83–89% expected better than expected" in text
    assert "The best of them was expected to recognise 83–89%; it did better, with 90.0%." in text


def test_the_verdict_follows_the_range() -> None:
    report = made_up_report()

    def verdicts(low: float, high: float) -> list[str]:
        interval = Interval(low=low, high=high, level=0.9)
        attempts = tuple(replace(one, predicted_score=interval) for one in report.attempts)
        decision = replay(replace(report, attempts=attempts), None, None, ENGLISH)
        assert decision is not None
        return [one.verdict for one in decision.forecasts]

    assert verdicts(0.79, 0.95) == ["inside", "inside", ""]
    assert verdicts(0.85, 0.89) == ["under", "over", ""]
    assert verdicts(0.0, 1.0) == ["", "", ""]  # says nothing


def test_a_range_that_says_nothing_is_not_shown_as_a_forecast() -> None:
    report = made_up_report()
    everything = Interval(low=0.0, high=1.0, level=0.9)
    attempts = tuple(replace(one, predicted_score=everything) for one in report.attempts)
    outlook = replace(OUTLOOK, best_score=None)
    text = text_of(replace(report, attempts=attempts, outlook=outlook))
    assert "too little known to expect anything" in text
    assert "The best of them" not in text


def test_expected_and_taken_seconds_are_added_up_for_what_has_both() -> None:
    assert "expected to take 5.0 s in all; it took 2 min 14 s." in text_of(made_up_report(), timing=TIMING)
    assert "Trying them" not in text_of(made_up_report())


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_a_fixed_order_is_said_to_have_chosen_in_a_sentence(lang: Lang) -> None:
    text = text_of(made_up_report(outlook=None), lang=lang)
    assert {"en": "in a fixed order", "fr": "dans un ordre fixe"}[lang] in text
    assert {"en": "of the weight", "fr": "du poids"}[lang] not in text


def test_what_the_choice_cost_is_told_in_photos_and_points_where_it_is_known() -> None:
    text = text_of(made_up_report(), hindsight=HINDSIGHT)
    assert "got 83 of 98 held-out photos right, the kept one 78: a regret of 5.1 points." in text
    assert "may well be luck" in text
    clear = replace(HINDSIGHT, n_photos=800, best_score=0.9, kept_score=0.8)
    assert "luck, the more so" not in text_of(made_up_report(), hindsight=clear)
    none = replace(HINDSIGHT, best_score=0.7)
    assert "78 of 98 held-out photos right: no regret." in text_of(made_up_report(), hindsight=none)
    assert "Would another recipe" not in text_of(made_up_report())


def test_what_each_neighbour_brought_is_told() -> None:
    text = text_of(made_up_report())
    assert "leaves and 2 related to it 31% of the weight Without it: unheard_of.v7" in text
    assert "instead of number 1. Best there:" in text
    assert "95.5%. The best of the recipes picked was 0.4 points behind." in text
    assert "your training 3 4% of the weight Without it, the same recipes would have been tried." in text
    assert "Without it, number 2 would not have been tried." in text


def test_a_pick_that_was_never_tried_is_called_by_its_name() -> None:
    (first, *others) = OUTLOOK.neighbours
    unknown = replace(RECIPES[0], transform="l2.v1")
    outlook = replace(OUTLOOK, neighbours=(replace(first, gone=(unknown,)), *others))
    assert "instead of Ridge regression on hand-made features" in text_of(made_up_report(outlook=outlook))


def test_the_page_says_whether_likeness_counted() -> None:
    assert "With only 54 data sets known" not in text_of(made_up_report())
    assert "With only 54 data sets known" in text_of(
        made_up_report(outlook=replace(OUTLOOK, by_likeness=False))
    )


def test_the_outlook_travels_with_the_report() -> None:
    report = made_up_report()
    again = Report.from_json(report.to_json())
    assert again.outlook == report.outlook
    assert again.attempts[0].predicted_score == report.attempts[0].predicted_score
