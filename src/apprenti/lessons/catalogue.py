"""Every lesson there is: a folder of this package called nNN_name is lesson NN."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from apprenti.lessons.folders import FOLDER, PACKAGE
from apprenti.lessons.lesson import Lesson, read_lesson


@cache
def folders() -> tuple[str, ...]:
    """Return the folders of all lessons, in order."""
    return tuple(sorted(one.name for one in files(PACKAGE).iterdir() if FOLDER.fullmatch(one.name)))


@cache
def lesson_of(folder: str) -> Lesson:
    """Return the lesson in a folder of this package."""
    return read_lesson(folder)


def all_lessons() -> tuple[Lesson, ...]:
    """Return every lesson, in order."""
    return tuple(lesson_of(folder) for folder in folders())


def lesson_numbered(number: int) -> Lesson | None:
    """Return the lesson of that number; ``None`` where there is none."""
    return next((lesson_of(folder) for folder in folders() if int(folder[1:3]) == number), None)
