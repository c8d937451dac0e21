"""A lesson as a notebook runs from top to bottom on the learner's machine, and says what the page says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.lessons.contexts import context_named
from tests.lessons.seeing import reference, seen_on

from apprenti.blocks.run_file import write_run
from apprenti.domain import json_form
from apprenti.lessons.catalogue import all_lessons
from apprenti.lessons.lesson import Lesson
from apprenti.lessons.notebook import notebook_of
from apprenti.texts import LANGS

pytest.importorskip("jupytext")
SOME = all_lessons()[:2]
"""Executed; of the others the notebook is only made."""


def cells_of(lesson: Lesson, lang: Any, run: Path | None = None) -> list[dict[str, Any]]:
    own = None if run is None else context_named("normal")
    cells: list[dict[str, Any]] = json.loads(notebook_of(lesson, own, reference, lang, run=run))["cells"]
    return cells


def code_of(cells: list[dict[str, Any]]) -> list[str]:
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


@pytest.mark.parametrize("lesson", SOME, ids=lambda lesson: lesson.folder)
def test_a_notebook_runs_and_computes_what_the_page_shows(lesson: Lesson, tmp_path: Path) -> None:
    run = tmp_path / 'my "photos".run'
    run.write_bytes(write_run(context_named("normal")))
    space: dict[str, Any] = {"__name__": "__main__"}
    for source in code_of(cells_of(lesson, "en", run)):
        exec(compile(source, "cell", "exec"), space)
    shown, page = (json_form.to_json(one) for one in (space["shown"], seen_on(lesson, "normal").shown))
    assert shown.keys() == page.keys()
    assert space["context"].run_id == "normal"


@pytest.mark.parametrize("lesson", all_lessons(), ids=lambda lesson: lesson.folder)
def test_a_notebook_has_every_block_filled_in_in_both_languages(lesson: Lesson) -> None:
    for lang in LANGS:
        cells = cells_of(lesson, lang)
        prose = "".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
        assert lesson.title(lang) in prose
        assert "{{" not in prose
        assert ":::" not in prose
        assert "```" not in prose
        assert "(term:" not in prose


def test_the_same_lesson_is_the_same_notebook() -> None:
    first, second = (notebook_of(SOME[0], None, reference, "fr", run=None) for _ in range(2))
    assert first == second
