"""One lesson as it lies in its folder: its plan, its texts in both languages, its computations and checks."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.resources import files
from typing import Any

from apprenti.domain import json_form
from apprenti.domain.lesson_context import LessonContext
from apprenti.lessons.check import Check, Exercise
from apprenti.lessons.folders import FOLDER, PACKAGE
from apprenti.lessons.text import Text, read_text
from apprenti.texts import LANGS, Lang

Shown = Any
"""What a lesson's ``compute`` returns: a frozen dataclass of JSON-able fields, different in each lesson."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """What the learner's run must show for the lesson to be taught on it; else the reference set is shown.

    Args:
        figure: a numeric or boolean field of what the lesson shows.
        at_least: what it must come to.
    """

    figure: str
    at_least: float = 1.0

    def holds(self, shown: Shown) -> bool:
        """Return whether the effect is there to be seen."""
        value = getattr(shown, self.figure)
        return value is not None and float(value) >= self.at_least


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What ``lesson.toml`` says.

    Args:
        number: 1 to 16.
        minutes: how long it takes.
        title: by language.
        objectives: what the learner can do afterwards, by language; as many in both.
        terms: ids of the glossary that the lesson introduces.
        guard: what the run must show; ``None`` where any will do.
        evidence: by id of ``domain.evidence``, the field of what is shown that is that number.
    """

    number: int
    minutes: int
    title: Mapping[str, str]
    objectives: Mapping[str, tuple[str, ...]]
    terms: tuple[str, ...] = ()
    guard: Guard | None = None
    evidence: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A lesson, ready to be shown.

    Args:
        folder: its name: ``n03_neuron``.
        plan: from ``lesson.toml``.
        texts: ``text.en.md`` and ``text.fr.md``.
        words: ``words.en.toml`` and ``words.fr.toml``: captions, labels, feedback.
        compute: from the learner's run to what is shown; pure, and never fails.
        respond: answers a question of a widget that the browser cannot; ``None`` where there is none.
        widgets: drawn on the server, by name.
        checks: by name, in the order of ``checks.py``.
        exercise: in code; ``None`` where there is none.
        modules: the ES modules in the folder, by widget.
    """

    folder: str
    plan: Plan
    texts: Mapping[str, Text]
    words: Mapping[str, Mapping[str, Any]]
    compute: Callable[[LessonContext], Shown]
    respond: Callable[[LessonContext, Shown, Mapping[str, float]], Mapping[str, Any]] | None
    widgets: Mapping[str, Callable[..., str]]
    checks: Mapping[str, Check]
    exercise: Exercise | None
    modules: tuple[str, ...]

    @property
    def number(self) -> int:
        """Its number."""
        return self.plan.number

    def title(self, lang: Lang) -> str:
        """Return its title."""
        return self.plan.title[lang]

    def file(self, name: str) -> bytes:
        """Return a file of the folder."""
        return files(PACKAGE).joinpath(self.folder, name).read_bytes()


def read_lesson(folder: str) -> Lesson:
    """Return the lesson in a folder of this package.

    Raises:
        ValueError: something in it is not as docs/lessons.md says; the message names it.
    """
    place = files(PACKAGE).joinpath(folder)
    plan = json_form.from_json(Plan, tomllib.loads(_read(folder, "lesson.toml")))
    named = FOLDER.fullmatch(folder)
    if named is None or int(named["number"]) != plan.number:
        raise ValueError(f"{folder}: its name and the number {plan.number} in lesson.toml disagree")
    compute = import_module(f"{PACKAGE}.{folder}.compute")
    checks = import_module(f"{PACKAGE}.{folder}.checks")
    widgets = import_module(f"{PACKAGE}.{folder}.widgets")
    return Lesson(
        folder=folder,
        plan=plan,
        texts={lang: read_text(_read(folder, f"text.{lang}.md"), where=f"{folder}/{lang}") for lang in LANGS},
        words={lang: tomllib.loads(_read(folder, f"words.{lang}.toml")) for lang in LANGS},
        compute=compute.compute,
        respond=getattr(compute, "respond", None),
        widgets=widgets.WIDGETS,
        checks={check.name: check for check in checks.CHECKS},
        exercise=getattr(checks, "EXERCISE", None),
        modules=tuple(
            sorted(one.name.removesuffix(".js") for one in place.iterdir() if one.name.endswith(".js"))
        ),
    )


def _read(folder: str, name: str) -> str:
    return files(PACKAGE).joinpath(folder, name).read_text(encoding="utf-8")
