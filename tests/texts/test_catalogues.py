"""Every area of texts, in both languages: the same keys, the same placeholders, nothing left untranslated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from apprenti import texts
from apprenti.texts import LANGS, catalogue

FOLDER = Path(texts.__file__).parent
AREAS = sorted({path.stem for lang in LANGS for path in (FOLDER / lang).glob("*.toml")})

SAME_IN_BOTH: frozenset[str] = frozenset()
"""Texts of four words or more that are rightly equal in both languages, as ``area.key``."""

NO_BREAK_SPACES = "\u00a0\u202f"
WORD = re.compile(r"[^\W\d_]{2,}")


def forms(area: str, lang: str) -> Iterator[tuple[str, str]]:
    """Yield (key, text); a plural gives one row for each of its forms."""
    for key, entry in catalogue(area, lang).items():
        if isinstance(entry, dict):
            yield from ((f"{key}.{form}", text) for form, text in entry.items())
        else:
            yield key, entry


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def without_placeholders(text: str) -> str:
    return re.sub(r"\{[^}]*\}", "", text)


@pytest.mark.parametrize("area", AREAS)
def test_both_languages_have_the_same_keys_and_plural_forms(area: str) -> None:
    assert {key for key, _ in forms(area, "en")} == {key for key, _ in forms(area, "fr")}


@pytest.mark.parametrize("area", AREAS)
def test_both_languages_have_the_same_placeholders(area: str) -> None:
    english, french = dict(forms(area, "en")), dict(forms(area, "fr"))
    differing = [
        key
        for key in english.keys() & french.keys()
        # "one photo" needs no {n} where the other language writes "{n} photo"
        if (placeholders(english[key]) ^ placeholders(french[key]))
        - ({"n"} if key.endswith(".one") else set())
    ]
    assert differing == []


@pytest.mark.parametrize("area", AREAS)
def test_a_plural_has_one_and_other_and_counts_n(area: str) -> None:
    for lang in LANGS:
        for key, entry in catalogue(area, lang).items():
            if isinstance(entry, dict):
                assert set(entry) == {"one", "other"}, f"{lang} {area}.{key}"
                assert "n" in placeholders(entry["other"]) or "n" not in placeholders(entry["one"])


@pytest.mark.parametrize("area", AREAS)
def test_no_text_of_four_words_or_more_is_the_same_in_both_languages(area: str) -> None:
    french = dict(forms(area, "fr"))
    same = [
        key
        for key, text in forms(area, "en")
        if french.get(key) == text
        and len(WORD.findall(without_placeholders(text))) >= 4
        and f"{area}.{key}" not in SAME_IN_BOTH
    ]
    assert same == []


@pytest.mark.parametrize("area", AREAS)
def test_no_text_is_empty(area: str) -> None:
    for lang in LANGS:
        assert [key for key, text in forms(area, lang) if not text.strip()] == [], lang


@pytest.mark.parametrize("area", AREAS)
def test_french_puts_a_space_that_never_breaks_before_its_double_marks(area: str) -> None:
    wrong = [
        key
        for key, text in forms(area, "fr")
        for words in [re.sub(r"\{[^}]*\}", "x", text)]
        # a colon inside a time, an address or a command is none of prose
        if re.search(r" [;:!?%»]|« |[^\W\d_][;!?]", words)
    ]
    assert wrong == []


@pytest.mark.parametrize("area", AREAS)
def test_french_quotes_are_french(area: str) -> None:
    assert [key for key, text in forms(area, "fr") if "“" in text or "”" in text] == []
