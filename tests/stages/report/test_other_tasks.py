"""The page of several labels and of numbers: every sentence there, in both languages, and nothing of classes."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from tests.stages.report.made_up_tasks import made_up_labels, made_up_numbers

from apprenti.domain.report import Report
from apprenti.stages.report import render
from apprenti.stages.report.scatter import round_ticks
from apprenti.texts import LANGS, Lang

REPORTS = {
    "labels": made_up_labels(),
    "labels without skill": made_up_labels(skill=0.0),
    "labels untested": made_up_labels(n_test=0),
    "labels, few photos": made_up_labels(n=40, n_test=8),
    "numbers": made_up_numbers(),
    "numbers without skill": made_up_numbers(error=30.0),
    "numbers untested": made_up_numbers(n_test=0),
    "one test photo with a number": made_up_numbers(n_test=1),
}
EVERY = pytest.mark.parametrize("shape", REPORTS)
IN_BOTH = pytest.mark.parametrize("lang", LANGS)


class Page(HTMLParser):
    """Collects tags that stay open and ids."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        if found.get("id"):
            self.ids.append(str(found["id"]))
        if tag == "a":
            self.links.append(str(found["href"]).removeprefix("#"))
        if tag not in {"meta", "img", "br", "line", "circle", "rect", "polyline"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None: ...

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)


def text_of(report: Report, lang: Lang = "en") -> str:
    return " ".join(" ".join(Page(render(report, lang=lang)).words).split())


@EVERY
@IN_BOTH
def test_the_page_is_whole_and_every_link_leads_somewhere(shape: str, lang: Lang) -> None:
    page = Page(render(REPORTS[shape], lang=lang))
    assert page.open == []
    assert len(set(page.ids)) == len(page.ids)
    assert set(page.links) <= set(page.ids)
    assert not re.search(r"\{\w+\}|None|\bnan\b", " ".join(page.words))


@EVERY
def test_nothing_is_said_of_classes(shape: str) -> None:
    text = text_of(REPORTS[shape])
    assert "onfusion" not in text
    assert "recognised" not in text


def test_several_labels_are_told_with_thresholds_misses_and_doubts() -> None:
    text = text_of(REPORTS["labels"])
    for said in ("Mean average precision", "Micro F1", "Given from", "wrongly given", "left out", "doubtful"):
        assert said in text, said
    assert "red <b>" in text
    assert "no clear gain" in text_of(REPORTS["labels without skill"])


def test_numbers_are_told_with_their_margin_a_drawing_and_the_furthest_answers() -> None:
    html = render(REPORTS["numbers"])
    text = text_of(REPORTS["numbers"])
    for said in ("off by", "always answering", "R²", "± 5.0", "Furthest off", "on the photos it learnt from"):
        assert said in text, said
    assert html.count('class="dot point"') == 60
    assert "no clear gain" in text_of(REPORTS["numbers without skill"])


def test_a_score_below_zero_stands_on_the_chart_and_is_written_with_its_sign() -> None:
    assert "−0.200" in text_of(REPORTS["numbers"])


@pytest.mark.parametrize("values", [[0.0, 1.0], [7.0], [-3.0, 900.0], [1e-4, 2e-4], [0.0, 0.0], [41.2, 41.9]])
def test_axes_carry_a_few_round_numbers_around_all_values(values: list[float]) -> None:
    ticks = round_ticks(values)
    assert ticks[0] <= min(values)
    assert ticks[-1] >= max(values)
    assert 2 <= len(ticks) <= 8
    steps = {float(f"{after - before:.6g}") for before, after in pairwise(ticks)}
    assert len(steps) == 1
    assert f"{steps.pop():.6e}"[:4] in {"1.00", "2.00", "2.50", "5.00"}
