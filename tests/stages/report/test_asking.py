"""Beside each number a question mark: the lesson that explains it, as a link or with the command that opens it."""

from __future__ import annotations

import re

import pytest
from tests.stages.report.made_up import NETWORKS, TIMING, made_up_report
from tests.stages.report.test_page import Page

from apprenti.domain.evidence import EVIDENCE
from apprenti.stages.report import LessonsAt, asking, render
from apprenti.texts import LANGS, Lang
from apprenti.texts.lesson_titles import lesson_titles

MARK = re.compile(r'<a class="ask" href="([^"]*)"[^>]*aria-label="([^"]*)" title="([^"]*)">\?</a>')
ALL = {number: f"Title {number}" for number in range(1, 17)}
SERVED, ALONE = LessonsAt(run="0f3a2b1c4d5e"), LessonsAt(model="my photos.apprenti")


@pytest.fixture
def all_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "lesson_titles", lambda lang: ALL)


@pytest.mark.usefixtures("all_there")
@pytest.mark.parametrize("lang", LANGS)
def test_every_number_that_a_lesson_explains_leads_to_that_number(lang: Lang) -> None:
    report = made_up_report(networks=NETWORKS)
    marks = MARK.findall(render(report, lang=lang, timing=TIMING, lessons=SERVED))
    expected = {
        f"/learn/{one.lesson}?run={SERVED.run}#{id_}"
        for id_, one in EVIDENCE.items()
        if one.read(report) is not None
    }
    assert sorted(link for link, _, _ in marks) == sorted(expected), "each once"
    names = [name for _, name, _ in marks]
    assert len(set(names)) == len(names)
    begins = {"en": "Lesson ", "fr": "La leçon "}[lang]
    assert all(name.startswith(begins) and len(name) > 35 for name in names)


@pytest.mark.usefixtures("all_there")
@pytest.mark.parametrize("lang", LANGS)
def test_a_page_that_stands_alone_says_the_lesson_and_the_command(lang: Lang) -> None:
    html = render(made_up_report(networks=NETWORKS), lang=lang, lessons=ALONE)
    page, marks = Page(html), MARK.findall(html)
    places = {value for _, name, value in page.attributes if name == "id"}
    assert marks
    assert {link.removeprefix("#") for link, _, _ in marks} <= places
    assert all("apprenti learn --run" in title for _, _, title in marks)
    assert "apprenti learn --run 'my photos.apprenti'" in page.text
    assert "/learn/" not in html


@pytest.mark.parametrize("lang", LANGS)
def test_lessons_that_do_not_exist_are_not_named(lang: Lang, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "lesson_titles", lambda lang: {5: "Loss"})
    marks = MARK.findall(render(made_up_report(), lang=lang, lessons=SERVED))
    assert [link for link, _, _ in marks] == [f"/learn/5?run={SERVED.run}#log-loss"]
    monkeypatch.setattr(asking, "lesson_titles", lambda lang: {})
    assert 'id="lessons"' not in render(made_up_report(), lang=lang, lessons=ALONE)


def test_without_a_kept_run_there_is_no_question_mark() -> None:
    html = render(made_up_report())
    assert MARK.findall(html) == []
    assert "apprenti learn" not in html


@pytest.mark.usefixtures("all_there")
def test_a_model_file_with_a_hostile_name_stays_one_word() -> None:
    page = Page(render(made_up_report(), lessons=LessonsAt(model='"><b>; rm -rf .apprenti')))
    assert page.tags["b"] == 0
    assert "--run '\"><b>; rm -rf .apprenti'" in page.text


def test_titles_are_read_from_the_folders_of_the_lessons() -> None:
    assert lesson_titles("en")[3] == "A neuron"
    assert lesson_titles("fr")[3] == "Un neurone"
    assert list(lesson_titles("en")) == sorted(lesson_titles("fr"))
