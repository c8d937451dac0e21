"""How far the work is: a bar for a person at a terminal, lines for a log, nothing for the quiet."""

from __future__ import annotations

import ast
import io
from pathlib import Path

import pytest

import apprenti.cli
from apprenti.cli.progress_bar import BarProgress, LineProgress, NoProgress, step_name
from apprenti.domain.sentence import Sentence
from apprenti.texts import LANGS, Lang

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
    lines.begin("networks", 100)
    assert stream.getvalue() == "Looking at the photos (12,345)\nTraining a network (%)\n"


@pytest.mark.parametrize("lang", LANGS)
def test_on_a_narrow_terminal_the_name_of_a_long_step_leaves_room_for_the_time_left(lang: Lang) -> None:
    assert all(len(step_name(step, lang)) <= 34 for step in ("reading", "embedding", "decoding", "networks"))


@pytest.mark.parametrize("step", ["reading", "no such step"])
def test_the_quiet_hear_nothing(step: str, capsys: pytest.CaptureFixture[str]) -> None:
    nobody = NoProgress()
    nobody.begin(step, 3)
    nobody.advance()
    nobody.note(NEWS, seconds_left=1.0)
    nobody.end()
    assert capsys.readouterr() == ("", "")


NEWS = Sentence(
    key="progress.epoch_classes",
    values={"epoch": 3.0, "epochs": 12, "loss": 0.412, "score": 87.5, "pace": 132},
)


def test_a_log_gets_a_line_for_every_epoch_with_the_time_left() -> None:
    stream = io.StringIO()
    lines = LineProgress(stream, "en")
    lines.note(NEWS, seconds_left=75.2)
    lines.note(NEWS)
    assert stream.getvalue().splitlines() == [
        "  epoch 3 of 12 · loss 0.412 · 87.5% right in validation · 132 photos/s · left 75\u00a0s",
        "  epoch 3 of 12 · loss 0.412 · 87.5% right in validation · 132 photos/s",
    ]


def test_the_news_stand_below_the_bar_while_it_runs_and_go_with_it() -> None:
    stream = io.StringIO()
    bar = BarProgress(stream, "fr")
    bar.note(NEWS)  # no step has begun: there is nowhere to say it
    assert stream.getvalue() == ""
    bar.begin("networks", 100)
    bar.advance(10)
    bar.note(NEWS)
    bar.note(NEWS)
    bar.end()
    drawn = stream.getvalue()
    below = "\r  époque 3 sur 12 · perte 0,412 · 87,5\u202f% justes en validation · 132 photos/s"
    assert below in drawn
    after = drawn.rpartition("132 photos/s")[2]
    assert "époque" not in after
    assert "Entraînement d’un réseau (%)" in after.splitlines()[-1]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("kind", ["", "_classes", "_labels", "_number"])
def test_the_news_of_an_epoch_fit_on_one_line(kind: str, lang: Lang) -> None:
    news = Sentence(
        key=f"progress.epoch{kind}",
        values={"epoch": 64.0, "epochs": 64, "loss": 0.412, "score": 87.5, "pace": 1132},
    )
    assert len("  " + news.said(lang)) <= 82
