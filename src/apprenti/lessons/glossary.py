"""The terms of the field: one word for each in both languages, one sentence that says what it is."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from apprenti.domain import json_form
from apprenti.lessons.folders import FOLDER, PACKAGE
from apprenti.texts import Lang


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One term.

    Args:
        en: the English term, as a text has it: without a capital.
        fr: the French term preferred here.
        means_en: one sentence.
        means_fr: one sentence.
        lesson: which introduces it.
    """

    en: str
    fr: str
    means_en: str
    means_fr: str
    lesson: int

    def named(self, lang: Lang) -> str:
        """Return the term."""
        return self.en if lang == "en" else self.fr

    def meaning(self, lang: Lang) -> str:
        """Return the sentence."""
        return self.means_en if lang == "en" else self.means_fr


@cache
def glossary() -> Mapping[str, Term]:
    """Return every term by its id, from the ``terms.toml`` of each lesson.

    Raises:
        ValueError: two lessons introduce the same term.
    """
    found: dict[str, Term] = {}
    for folder in sorted(files(PACKAGE).iterdir(), key=lambda one: one.name):
        match = FOLDER.fullmatch(folder.name)
        terms = folder.joinpath("terms.toml")
        if match is None or not terms.is_file():
            continue
        for name, entry in tomllib.loads(terms.read_text(encoding="utf-8")).items():
            if name in found:
                raise ValueError(
                    f"{folder.name}/terms.toml: lesson {found[name].lesson} introduces {name} already"
                )
            found[name] = json_form.from_json(Term, {**entry, "lesson": int(match["number"])})
    return found
