"""What lessons show of the made-up runs, worked out once for all tests."""

from __future__ import annotations

from functools import cache

from tests.lessons.contexts import context_named

from apprenti.domain.lesson_context import LessonContext
from apprenti.lessons.catalogue import lesson_of
from apprenti.lessons.lesson import Lesson
from apprenti.lessons.page import Seen, see


def reference() -> LessonContext:
    """Return what stands for the set that comes along."""
    return context_named("normal")


def seen_on(lesson: Lesson, run: str) -> Seen:
    """Return what a lesson shows of a run."""
    return _seen(lesson.folder, run)


@cache
def _seen(folder: str, run: str) -> Seen:
    return see(lesson_of(folder), context_named(run), reference)
