"""What a learner's file is worth, in the process that runs it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from apprenti.lessons.check import Verdict, wrong
from apprenti.lessons.filling import filled, value_of
from apprenti.lessons.lesson import Lesson
from apprenti.texts import Lang


def judged(lesson: Lesson, path: Path, lang: Lang) -> dict[str, Any]:
    """Run the file and return ``right`` and what to say."""
    verdict = verdict_on(lesson, path.read_text(encoding="utf-8"), name=str(path))
    said = str(lesson.words[lang]["exercise"][verdict.key])
    return {
        "right": verdict.right,
        "key": verdict.key,
        "said": filled(said, lambda name: value_of(verdict.values, name), lang),
    }


def verdict_on(lesson: Lesson, source: str, *, name: str = "exercise") -> Verdict:
    """Return what source is worth; ``blank`` where a function is missing or still gives nothing.

    Raises:
        Exception: whatever the source raises.
    """
    exercise = lesson.exercise
    if exercise is None:
        raise ValueError(f"{lesson.folder} has no exercise")
    space: dict[str, Any] = {"__name__": "exercise"}
    exec(compile(source, name, "exec"), space)  # noqa: S102  the learner's own file, at their own call
    functions: dict[str, Callable[..., Any]] = {}
    for function in exercise.functions:
        if not callable(space.get(function)) or _is_empty(space[function]):
            return wrong("blank")
        functions[function] = space[function]
    return exercise.verify(functions)


def _is_empty(function: Callable[..., Any]) -> bool:
    """Return whether a function is as it was given: nothing but its docstring, or a bare ``return``."""
    code = function.__code__
    return (
        all(constant is None or constant == function.__doc__ for constant in code.co_consts)
        and not code.co_names
    )
