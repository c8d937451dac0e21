"""How far the work is: a bar for a person at a terminal, lines for a log, nothing for the quiet."""

from __future__ import annotations

import ast
import io
from pathlib import Path

import pytest

import apprenti.cli
from apprenti.cli.progress_bar import BarProgress, LineProgress, NoProgress, step_name
from apprenti.texts import LANGS

PACKAGE = Path(apprenti.cli.__file__).parents[1]


def steps_begun() -> set[str]:
    """Every step that some file of the package begins."""
    return {
        str(node.args[0].value)
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "begin"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }


def test_every_step_has_a_name_in_both_languages() -> None:
    assert {"reading", "progress.embedding"} & steps_begun()
    for step in steps_begun():
        assert all(step_name(step, lang) for lang in LANGS)


def test_a_bar_shows_the_step_its_share_and_the_time_left() -> None:
    stream = io.StringIO()
    bar = BarProgress(stream, "fr")
    bar.begin("reading", 4)
    bar.advance(4)
    bar.end()
    drawn = stream.getvalue()
    assert "Examen des photos" in drawn
    assert "reste" in drawn
    assert drawn.rstrip().endswith("0,0\u00a0s")


def test_a_step_that_nobody_ended_ends_when_the_next_begins() -> None:
    stream = io.StringIO()
    bar = BarProgress(stream, "en")
    bar.begin("reading")
    bar.begin("progress.embedding", 3)
    bar.end()
    bar.end()
    assert stream.getvalue().count("0.0\u00a0s\n") == 2


def test_a_log_gets_one_line_for_each_step() -> None:
    stream = io.StringIO()
    lines = LineProgress(stream, "en")
    lines.begin("reading", 12345)
    lines.advance(100)
    lines.end()
    assert stream.getvalue() == "Looking at the photos (12,345)\n"


@pytest.mark.parametrize("step", ["reading", "no such step"])
def test_the_quiet_hear_nothing(step: str, capsys: pytest.CaptureFixture[str]) -> None:
    nobody = NoProgress()
    nobody.begin(step, 3)
    nobody.advance()
    nobody.end()
    assert capsys.readouterr() == ("", "")
