"""The path from zero on: what it names is there, and it reads in both languages."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient
from tests.lessons.seeing import reference

from apprenti.cli.parser import build_parser
from apprenti.lessons.catalogue import all_lessons, lesson_numbered
from apprenti.texts import LANGS, say
from apprenti.web.learning.alone import make_school
from apprenti.web.learning.path import LADDER, STEPS

NUMBERS = {lesson.number for lesson in all_lessons()}


@pytest.fixture(scope="module")
def page() -> Iterator[TestClient]:
    app = make_school(None, reference)
    with TestClient(app, base_url="http://127.0.0.1:8010") as client:
        yield client


def test_every_lesson_named_is_there_and_every_lesson_is_on_the_path() -> None:
    named = {number for step in STEPS for number in step.lessons}
    assert named == NUMBERS
    assert {number for rung in LADDER for number in rung.lessons} <= NUMBERS
    assert len(STEPS) == 7


@pytest.mark.parametrize("command", [command for step in STEPS for command in step.commands])
def test_every_command_named_can_be_typed(command: str) -> None:
    program, *words = shlex.split(command)
    assert program == "apprenti"
    options = vars(build_parser("en").parse_args(words))
    assert options["command"] == words[0]
    if words[:2] == ["learn", "check"]:
        lesson = lesson_numbered(int(words[2]))
        assert lesson is not None
        assert lesson.exercise is not None


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_says_it_all_in_both_languages_without_a_script_of_its_own(
    page: TestClient, lang: str
) -> None:
    answer = page.get("/learn/path", headers={"accept-language": lang})
    assert answer.status_code == 200
    assert f'<html lang="{lang}"' in answer.text
    assert "/lessons.js" not in answer.text
    assert say("path.title", "fr" if lang == "fr" else "en") in answer.text
    assert answer.text.count('<li class="card"') == len(STEPS)
    linked = {int(number) for number in re.findall(r'href="/learn/(\d+)', answer.text)}
    assert linked == NUMBERS


def test_the_lessons_lead_to_it_on_the_same_run(page: TestClient) -> None:
    assert 'href="/learn/path?run=digits"' in page.get("/learn", params={"run": "digits"}).text
    assert 'href="/learn/3?run=digits"' in page.get("/learn/path", params={"run": "digits"}).text
