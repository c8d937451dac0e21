"""A lesson as a notebook for the learner's machine: its text filled in, its computation there to be changed."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable
from pathlib import Path

from apprenti.domain.errors import UserError
from apprenti.domain.lesson_context import LessonContext
from apprenti.lessons.filling import filled, value_of
from apprenti.lessons.lesson import Lesson
from apprenti.lessons.page import guard_said, is_shown, see
from apprenti.lessons.text import FENCE
from apprenti.texts import Lang

CONDITION = re.compile(
    r"^::: (?P<kind>if|unless) (?P<field>[\w.]+)\n(?P<body>.*?)^:::[ ]*$", re.MULTILINE | re.DOTALL
)
LINK = re.compile(r"\[(?P<words>[^\]]+)\]\((?:term|lesson):[\w-]+\)")


def notebook_of(
    lesson: Lesson,
    own: LessonContext | None,
    reference: Callable[[], LessonContext],
    lang: Lang,
    *,
    run: Path | None,
) -> str:
    """Return a lesson on one run as the text of an ``.ipynb`` file.

    Args:
        lesson: which.
        own: the learner's run; ``None`` for the reference set.
        reference: gives that.
        lang: language.
        run: the file of the learner's run, which the notebook opens again.

    Raises:
        UserError: jupytext is not installed.
    """
    try:
        import jupytext
    except ImportError as error:
        raise UserError("notebook_needs_jupytext") from error
    notebook = jupytext.reads(percent_script(lesson, own, reference, lang, run=run), fmt="py:percent")
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"{lesson.folder}-{number}"  # the same lesson gives the same bytes
    return str(jupytext.writes(notebook, fmt="ipynb"))


def percent_script(
    lesson: Lesson,
    own: LessonContext | None,
    reference: Callable[[], LessonContext],
    lang: Lang,
    *,
    run: Path | None,
) -> str:
    """Return the notebook as Python with cells marked ``# %%``, as jupytext reads it."""
    seen = see(lesson, own, reference)
    text = lesson.texts[lang]

    def prose(source: str) -> str:
        source = CONDITION.sub(
            lambda match: (
                match["body"] if bool(value_of(seen.shown, match["field"])) == (match["kind"] == "if") else ""
            ),
            source,
        )
        source = re.sub(rf"{FENCE.pattern}.*?^```[ ]*$", "", source, flags=re.MULTILINE | re.DOTALL)
        said = filled(LINK.sub(r"\g<words>", source), lambda name: value_of(seen.shown, name), lang)
        return said.strip()

    said = guard_said(lesson, seen, lang)
    cells = [
        _markdown(
            f"# {lesson.number}. {lesson.title(lang)}\n\n{prose(text.lead)}"
            + (f"\n\n*{said}*" if said else "")
        )
    ]
    cells.append(_code(_opening(run if seen.guarded is None and own is not None else None)))
    cells.append(_code(inspect.getsource(inspect.getmodule(lesson.compute) or lesson.compute)))
    cells.append(_code("shown = compute(context)\nshown"))
    cells += [
        _markdown(f"## {prose(block.title)}\n\n{prose(block.source)}")
        for block in text.blocks
        if is_shown(block, seen.shown)
    ]
    if lesson.exercise is not None:
        cells.append(_code(lesson.file(f"exercise.{lang}.py").decode()))
    return "".join(cells)


def _opening(run: Path | None) -> str:
    if run is None:
        return "from apprenti.flow.small_run import reference_context\n\ncontext = reference_context()"
    return (
        "from pathlib import Path\n\nfrom apprenti.flow.run_keeping import open_run\n\n"
        f"context = open_run(Path({json.dumps(str(run), ensure_ascii=False)}))"
    )


def _markdown(text: str) -> str:
    lines = "\n".join(f"# {line}".rstrip() for line in text.splitlines())
    return f"# %% [markdown]\n{lines}\n\n"


def _code(source: str) -> str:
    return f"# %%\n{source.strip()}\n\n"
