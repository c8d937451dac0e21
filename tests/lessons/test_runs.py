"""Every lesson works on each of six runs, in both languages, and shows the numbers of the report."""

from __future__ import annotations

import dataclasses
import json
import re
from collections import Counter

import pytest
from tests.lessons.contexts import context_named
from tests.lessons.seeing import RUNS, reference, seen_on, shown_on

from apprenti.domain import json_form
from apprenti.domain.evidence import EVIDENCE
from apprenti.lessons.catalogue import all_lessons
from apprenti.lessons.filling import value_of
from apprenti.lessons.lesson import Lesson
from apprenti.lessons.page import Links, draw
from apprenti.texts import LANGS

LESSONS = all_lessons()
LINKS = Links(
    lesson=lambda number: f"/learn/{number}",
    term=lambda name: f"/learn/glossary#{name}",
    photo=lambda row: f"/learn/photo/{row}?run=x",
)
LEFT_OVER = re.compile(r"\{\{|\}\}|\bNone\b|\bnan\b|\binf\b|:::|\]\(")


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.folder)
def test_a_lesson_can_be_drawn_on_every_run_in_both_languages(lesson: Lesson, run: str) -> None:
    seen = seen_on(lesson, run)
    for lang in LANGS:
        drawn = draw(lesson, seen, lang, LINKS)
        html = drawn.lead + "".join(block.title + block.body for block in drawn.blocks)
        prose = re.sub(r"<pre.*?</pre>|<code.*?</code>", "", html, flags=re.DOTALL)
        assert not LEFT_OVER.search(prose), LEFT_OVER.search(prose)
        assert " style=" not in html, "the policy of the pages forbids styles in place"
        assert json.loads(json.dumps(drawn.data, allow_nan=False))
        assert bool(drawn.guard) == (seen.guarded is not None)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.folder)
def test_no_two_things_on_a_page_have_one_name(lesson: Lesson) -> None:
    drawn = draw(lesson, seen_on(lesson, "normal"), "en", LINKS)
    html = "".join(f'<section id="{block.id}">{block.title}{block.body}' for block in drawn.blocks)
    named = Counter(re.findall(r'\bid="([^"]*)"', html))
    assert [name for name, n in named.items() if n > 1] == []


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.folder)
def test_what_is_shown_is_the_same_each_time_and_frozen(lesson: Lesson, run: str) -> None:
    first, second = shown_on(lesson.folder, run), lesson.compute(context_named(run))
    assert json_form.to_json(first, exact=True) == json_form.to_json(second, exact=True)
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(first, dataclasses.fields(first)[0].name, None)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.folder)
def test_the_effect_can_be_seen_in_a_normal_run(lesson: Lesson) -> None:
    assert seen_on(lesson, "normal").guarded is None


@pytest.mark.parametrize(
    "lesson", [one for one in LESSONS if one.plan.guard], ids=lambda lesson: lesson.folder
)
def test_where_the_effect_cannot_be_seen_the_page_says_so_and_shows_the_reference(lesson: Lesson) -> None:
    seen = seen_on(lesson, "four_photos")
    assert seen.guarded is not None
    assert seen.context is reference()


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.folder)
def test_a_number_of_a_lesson_is_the_number_of_the_report(lesson: Lesson, run: str) -> None:
    seen = seen_on(lesson, run)
    for id_, name in lesson.plan.evidence.items():
        reported = EVIDENCE[id_].read(seen.context.report)
        shown = value_of(seen.shown, name)
        assert (shown is None) == (reported is None), id_
        if reported is not None:
            assert shown == pytest.approx(reported, rel=1e-9), id_


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.folder)
def test_a_lesson_explains_every_number_the_report_sends_to_it(lesson: Lesson) -> None:
    assert set(lesson.plan.evidence) == {id_ for id_, one in EVIDENCE.items() if one.lesson == lesson.number}
    seen = seen_on(lesson, "normal")
    drawn = draw(lesson, seen, "en", LINKS)
    html = "".join(block.title + block.body for block in drawn.blocks)
    missing = [id_ for id_ in lesson.plan.evidence if f'id="{id_}"' not in html]
    assert missing == []
