"""Answers stream: to JSON, to CSV and to a person, whatever happens on the way."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.cli.fake_flows import FakeFlows, a_prediction

from apprenti.cli import main
from apprenti.cli.commands import listed
from apprenti.domain.dataset import TaskType
from apprenti.domain.errors import ModelFileError
from apprenti.domain.prediction import Prediction
from apprenti.domain.recipe import Interval
from apprenti.domain.sentence import Sentence

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APPRENTI_LANG", "en")


def predict(*words: str, flows: Any) -> int:
    return main(["predict", "m.apprenti", *words], flows=flows)


def test_json_is_one_object_with_every_answer(capsys: Captured) -> None:
    assert predict("a.jpg", "b.jpg", "--json", flows=FakeFlows()) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["model"] == "m.apprenti"
    assert [row["item"] for row in answer["predictions"]] == ["a.jpg", "b.jpg"]
    assert answer["predictions"][0] == {
        "item": "a.jpg", "label": "hat", "probability": 0.9, "top": [{"label": "hat", "probability": 0.9}],
        "familiar": True, "distance": 0.5, "problem": None,
    }  # fmt: skip
    assert (answer["n"], answer["n_unread"]) == (2, 0)


def test_no_items_at_all_is_still_one_object(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    assert predict("-", "--json", flows=FakeFlows()) == 0
    assert json.loads(capsys.readouterr().out)["predictions"] == []


def test_an_error_in_the_middle_closes_the_object(capsys: Captured) -> None:
    def answers(item: str) -> Prediction:
        if item == "b.jpg":
            raise KeyboardInterrupt
        return a_prediction(item)

    assert predict("a.jpg", "b.jpg", "--json", flows=FakeFlows(answers=answers)) == 130
    answer = json.loads(capsys.readouterr().out)
    assert [row["item"] for row in answer["predictions"]] == ["a.jpg"]
    assert answer["error"]["code"] == "interrupted"


def test_an_error_before_the_first_answer_is_told_as_any_other(capsys: Captured) -> None:
    flows = FakeFlows(error=ModelFileError("empty_file", item="m.apprenti"))
    assert predict("a.jpg", "--json", flows=flows) == 6
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "empty_file"


def test_answers_are_written_as_they_come(capsys: Captured) -> None:
    seen = []

    def answers(item: str) -> Prediction:
        seen.append(capsys.readouterr().out)
        return a_prediction(item)

    predict("a.jpg", "b.jpg", "c.jpg", "--json", flows=FakeFlows(answers=answers))
    assert '"a.jpg"' in seen[1] + seen[2]


def test_a_broken_file_among_others_is_no_failure(capsys: Captured) -> None:
    flows = FakeFlows(answers=lambda item: a_prediction(item, None if item == "a.jpg" else "hat"))
    assert predict("a.jpg", "b.jpg", flows=flows) == 0
    captured = capsys.readouterr()
    assert "image a.jpg is empty" in captured.err
    assert captured.out.splitlines() == ["   90%  hat           b.jpg"]


def test_nothing_but_broken_files_is_a_failure(capsys: Captured) -> None:
    flows = FakeFlows(answers=lambda item: a_prediction(item, None))
    assert predict("a.jpg", "--json", flows=flows) == 4
    answer = json.loads(capsys.readouterr().out)
    assert answer["n_unread"] == 1
    (row,) = answer["predictions"]
    assert row.pop("problem").startswith("image a.jpg is empty")
    assert row.pop("item") == "a.jpg"
    assert set(row.values()) == {None}


def test_an_unfamiliar_photo_is_said_to_be_one(capsys: Captured) -> None:
    predict("a.jpg", flows=FakeFlows(answers=lambda item: a_prediction(item, familiar=False)))
    assert "unlike anything it was trained on" in capsys.readouterr().out


def test_a_name_cannot_move_the_cursor(capsys: Captured) -> None:
    predict("a\x1b[2J.jpg", flows=FakeFlows(answers=lambda item: a_prediction(item, "h\rat")))
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\r" not in out


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_cell_of_a_table_is_a_formula(start: str, capsys: Captured) -> None:
    flows = FakeFlows(answers=lambda item: a_prediction(item, f"{start}cmd|' /C calc'!A0"))
    predict("--csv", "--", f"{start}1+1.jpg", flows=flows)
    head, row = csv.reader(io.StringIO(capsys.readouterr().out, newline=""))
    assert head == ["item", "label", "probability", "familiar", "distance", "problem"]
    assert row[0] == f"'{start}1+1.jpg"
    assert row[1].startswith(f"'{start}")
    assert row[2:4] == ["0.9", "true"]


def test_a_table_and_json_together_are_refused(capsys: Captured) -> None:
    assert predict("a.jpg", "--csv", "--json", flows=FakeFlows()) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "options_exclude"


def test_a_list_is_read_line_by_line_as_it_comes() -> None:
    n_read = 0

    def lines() -> Iterator[str]:
        nonlocal n_read
        for line in ("b.jpg\n", "\n", "c d.jpg\r\n", "e.jpg"):
            n_read += 1
            yield line

    items = listed(["a.jpg", "-"], lines())  # type: ignore[arg-type]
    assert [next(items), next(items)] == ["a.jpg", "b.jpg"]
    assert n_read == 1
    assert list(items) == ["c d.jpg", "e.jpg"]


def test_a_reader_that_goes_away_is_no_accident(tmp_path: Path) -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from apprenti.cli import main\n"
        "from tests.cli.fake_flows import FakeFlows\n"
        "sys.exit(main(['predict', 'm', *map(str, range(20000)), '--csv'], flows=FakeFlows()))"
    )
    command = [sys.executable, "-c", code, str(Path(__file__).parents[2])]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(os.environ)
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(20) == 141


def some_labels(item: str) -> Prediction:
    labels = {"a.jpg": (("red", 0.98), ("=round", 0.4)), "b.jpg": ()}[item]
    return Prediction(
        item=item, label="red", probability=0.98, top=(("red", 0.98),), familiar=item == "a.jpg", distance=0.5,
        labels=labels, task_type=TaskType.MULTI_LABEL,
    )  # fmt: skip


def a_number(item: str) -> Prediction:
    if item == "b.jpg":
        problem = Sentence(key="errors.empty_file", values={"item": item})
        return Prediction(item=item, problem=problem, task_type=TaskType.REGRESSION)
    interval = Interval(low=10.126, high=14.7, level=0.9)
    return Prediction(
        item=item, value=12.413, interval=interval, familiar=True, distance=0.5, task_type=TaskType.REGRESSION
    )


def test_several_labels_are_listed_with_their_probabilities_and_none_is_said(capsys: Captured) -> None:
    assert predict("a.jpg", "b.jpg", flows=FakeFlows(answers=some_labels)) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first == "red 98% · =round 40%  a.jpg"
    assert second == "none of its labels    b.jpg  · unlike anything it was trained on"


def test_a_number_stands_with_its_interval(capsys: Captured) -> None:
    assert predict("a.jpg", flows=FakeFlows(answers=a_number)) == 0
    assert capsys.readouterr().out == "  12.4  (10.1 to 14.7)  a.jpg\n"


def test_csv_of_several_labels_is_written_as_a_table_of_labelled_photos_is_read(capsys: Captured) -> None:
    assert predict("a.jpg", "b.jpg", "--csv", flows=FakeFlows(answers=some_labels)) == 0
    header, first, second = csv.reader(io.StringIO(capsys.readouterr().out))
    assert header == ["item", "labels", "probabilities", "familiar", "distance", "problem"]
    assert first[1:3] == ["red|=round", "0.98|0.4"]
    assert second[1:3] == ["|", ""]


def test_csv_and_json_of_numbers_hold_the_number_and_the_ends_of_its_interval(capsys: Captured) -> None:
    assert predict("b.jpg", "a.jpg", "--csv", flows=FakeFlows(answers=a_number)) == 0
    header, broken, whole = csv.reader(io.StringIO(capsys.readouterr().out))
    assert header == ["item", "value", "low", "high", "familiar", "distance", "problem"]
    assert whole[1:4] == ["12.413", "10.126", "14.7"]
    assert broken[1:4] == ["", "", ""]
    assert predict("a.jpg", "b.jpg", "--json", flows=FakeFlows(answers=a_number)) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["predictions"][0] == {
        "item": "a.jpg", "value": 12.413, "interval": [10.126, 14.7], "level": 0.9, "familiar": True, "distance": 0.5,
        "problem": None,
    }  # fmt: skip
    assert answer["predictions"][1]["value"] is None
    assert answer["n_unread"] == 1
