"""Every lesson says the same in both languages: blocks, widgets, checks, figures, words; and its French is French."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from apprenti.lessons.catalogue import all_lessons
from apprenti.lessons.glossary import glossary
from apprenti.lessons.lesson import Lesson
from apprenti.lessons.text import FENCE, PLACEHOLDER, TERM

LESSONS = all_lessons()
SAME_IN_BOTH: frozenset[str] = frozenset()
"""Strings of four words or more that are rightly the same in both languages."""
WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
NO_TEXT = re.compile(rf"{FENCE.pattern}|^(?:```|:::.*)$", re.MULTILINE)
NO_PROSE = re.compile(r"\{\{.*?\}\}|https?:\S+|\]\(\w+:[\w-]+\)")
LONELY_MARK = re.compile(r"(?<!\u202f)[;!?%»]|(?<!\u202f):(?=\s|$)|«(?!\u202f)")


def named(lesson: Lesson) -> str:
    return lesson.folder


def leaves(words: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for key, value in words.items():
        if isinstance(value, Mapping):
            yield from leaves(value, f"{path}{key}.")
        else:
            yield f"{path}{key}", str(value)


def sentences(lesson: Lesson, lang: str) -> Iterator[str]:
    """Every string of a lesson in one language, cut at the ends of sentences."""
    text = lesson.texts[lang]
    sources = [
        text.lead,
        *(block.whole for block in text.blocks),
        *(said for _, said in leaves(lesson.words[lang])),
    ]
    sources += [lesson.plan.title[lang], *lesson.plan.objectives[lang]]
    for source in sources:
        prose = re.sub(r"\$\$.*?\$\$|\$[^$]+\$|`[^`]+`", "x", NO_TEXT.sub(" ", source), flags=re.DOTALL)
        parts = re.split(r"(?<=[.!?:])[ \n]|\n\n", prose)
        yield from (re.sub(r"[ \n\t]+", " ", part).strip() for part in parts)


@pytest.mark.parametrize("lesson", LESSONS, ids=named)
def test_both_languages_have_the_same_blocks_in_the_same_order(lesson: Lesson) -> None:
    shapes = {
        lang: [(block.id, block.beat, block.shown_if, block.hidden_if) for block in text.blocks]
        for lang, text in lesson.texts.items()
    }
    assert shapes["en"] == shapes["fr"]


@pytest.mark.parametrize("lesson", LESSONS, ids=named)
def test_a_block_has_the_same_widgets_checks_terms_and_figures_in_both_languages(lesson: Lesson) -> None:
    for english, french in zip(lesson.texts["en"].blocks, lesson.texts["fr"].blocks, strict=True):
        for kind in ("widget", "check"):
            assert english.named(kind) == french.named(kind), english.id
        assert sorted(TERM.findall(english.source)) == sorted(TERM.findall(french.source)), english.id
        assert set(english.placeholders) == set(french.placeholders), english.id


@pytest.mark.parametrize("lesson", LESSONS, ids=named)
def test_the_words_have_the_same_keys_and_placeholders_in_both_languages(lesson: Lesson) -> None:
    english, french = (dict(leaves(lesson.words[lang])) for lang in ("en", "fr"))
    assert english.keys() == french.keys()
    for key, said in english.items():
        assert {one["name"] for one in PLACEHOLDER.finditer(said)} == {
            one["name"] for one in PLACEHOLDER.finditer(french[key])
        }, key


@pytest.mark.parametrize("lesson", LESSONS, ids=named)
def test_no_french_block_was_written_from_an_english_one_that_has_changed(lesson: Lesson) -> None:
    """``python -m apprenti.lessons.stamping FOLDER`` writes the marks, once the French has been brought up to date."""
    english = {block.id: block.hash for block in lesson.texts["en"].blocks}
    stale = [block.id for block in lesson.texts["fr"].blocks if block.english != english[block.id]]
    assert stale == []


@pytest.mark.parametrize("lesson", LESSONS, ids=named)
def test_no_sentence_of_four_words_is_the_same_in_both_languages(lesson: Lesson) -> None:
    english = {said for said in sentences(lesson, "en") if len(WORD.findall(said)) >= 4}
    assert english & set(sentences(lesson, "fr")) - SAME_IN_BOTH == set()


@pytest.mark.parametrize("lesson", LESSONS, ids=named)
def test_no_french_mark_stands_alone_on_a_line(lesson: Lesson) -> None:
    """A narrow no-break space goes before ; : ! ? % and inside « »."""
    plain = [NO_PROSE.sub("", said) for said in sentences(lesson, "fr")]
    wrong = [said for said in plain if LONELY_MARK.search(said)]
    assert wrong == []


@pytest.mark.parametrize("lesson", LESSONS, ids=named)
def test_the_plan_has_as_much_in_both_languages_and_all_five_beats_are_there(lesson: Lesson) -> None:
    plan = lesson.plan
    assert set(plan.title) == set(plan.objectives) == {"en", "fr"}
    assert len(plan.objectives["en"]) == len(plan.objectives["fr"]) > 0
    assert 5 <= plan.minutes <= 20
    beats = [block.beat for block in lesson.texts["en"].blocks]
    assert set(beats) == {"predict", "touch", "explain", "prove", "use"}
    assert beats[0] == "explain", "the page teaches before anything is touched"


@pytest.mark.parametrize("lesson", LESSONS, ids=named)
def test_every_term_widget_and_check_is_there_and_every_one_there_is_used(lesson: Lesson) -> None:
    source = "\n".join(block.source for block in lesson.texts["en"].blocks)
    assert set(TERM.findall(source)) <= set(glossary())
    assert set(lesson.plan.terms) == {
        name for name, term in glossary().items() if term.lesson == lesson.number
    }
    assert set(lesson.plan.terms) <= set(TERM.findall(source + lesson.texts["en"].lead))
    placed = {
        kind: [name for block in lesson.texts["en"].blocks for name in block.named(kind)]
        for kind in ("widget", "check")
    }
    assert sorted(placed["widget"]) == sorted(lesson.widgets)
    assert sorted(placed["check"]) == sorted(lesson.checks)
    assert set(lesson.modules) <= set(lesson.widgets)


def test_a_term_is_one_sentence_in_each_language_and_named_once() -> None:
    for name, term in glossary().items():
        assert term.means_en.endswith("."), name
        assert term.means_fr.endswith("."), name
        assert re.fullmatch(r"[a-z0-9-]+", name)
    for lang in ("en", "fr"):
        terms = [term.named(lang) for term in glossary().values()]
        assert len(set(terms)) == len(terms)
