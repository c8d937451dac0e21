"""What lessons show of the made-up runs, worked out once for all tests of a process."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from tests.lessons.contexts import NAMES, context_named

from apprenti.domain.lesson_context import LessonContext
from apprenti.lessons.catalogue import lesson_of
from apprenti.lessons.lesson import Lesson
from apprenti.lessons.page import Seen, see

QUICK = ("normal", "two_classes", "four_photos")
RUNS = [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in NAMES]
"""All six runs; the first three at every turn, the others among the slow tests."""


def reference() -> LessonContext:
    """Return what stands for the set that comes along."""
    return context_named("normal")


@cache
def shown_on(folder: str, run: str) -> Any:
    """Return what a lesson computes of a run, whether or not the effect is in it."""
    return lesson_of(folder).compute(context_named(run))


@cache
def _seen(folder: str, run: str) -> Seen:
    def compute(context: LessonContext) -> Any:
        return shown_on(folder, "normal" if context is reference() else run)

    return see(replace(lesson_of(folder), compute=compute), context_named(run), reference)


def seen_on(lesson: Lesson, run: str) -> Seen:
    """Return what a lesson shows where a run is the learner's own."""
    return _seen(lesson.folder, run)
