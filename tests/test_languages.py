"""The language is found where the person or the browser left it."""

from __future__ import annotations

import pytest

from apprenti.languages import lang_from_environment, lang_from_header
from apprenti.texts import Lang


@pytest.mark.parametrize(
    ("environment", "lang"),
    [
        ({}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "fr_FR.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "en_GB", "LC_MESSAGES": "fr"}, "fr"),
        ({"LANG": "fr_FR", "APPRENTI_LANG": "en"}, "en"),
        ({"LC_ALL": "", "LANG": "fr@euro"}, "fr"),
    ],
)
def test_a_terminal_says_its_language(environment: dict[str, str], lang: Lang) -> None:
    assert lang_from_environment(environment) == lang


@pytest.mark.parametrize(
    ("header", "lang"),
    [
        ("", "en"),
        ("fr", "fr"),
        ("fr-CA,fr;q=0.9,en;q=0.8", "fr"),
        ("en;q=0.8,fr;q=0.9", "fr"),
        ("de, es;q=0.9", "en"),
        ("fr;q=0", "en"),
        ("fr;q=much", "en"),
        ("*", "en"),
        ("x" * 10_000 + ",fr", "en"),
    ],
)
def test_a_browser_says_its_language(header: str, lang: Lang) -> None:
    assert lang_from_header(header) == lang
