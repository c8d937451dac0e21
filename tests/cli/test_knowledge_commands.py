"""``apprenti knowledge``: what is shown to a person and to a program, and what is asked first."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from tests.cli.fake_flows import FakeFlows
from tests.made_knowledge import learn

from apprenti.cli import main
from apprenti.flow.knowledge import Amount
from apprenti.store import read_cells

Captured = pytest.CaptureFixture[str]


class Terminal(io.StringIO):
    """Standard input with a person at it."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APPRENTI_LANG", "en")


def said(capsys: Captured, *words: str, flows: FakeFlows | None = None, code: int = 0) -> str:
    assert main(["knowledge", *words], flows=flows or FakeFlows()) == code  # type: ignore[arg-type]
    return capsys.readouterr().out


def answered(capsys: Captured, *words: str, flows: FakeFlows | None = None, code: int = 0) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(said(capsys, *words, "--json", flows=flows, code=code))
    return answer


def test_show_tells_a_person_how_much_from_whom_since_when_and_where(capsys: Captured) -> None:
    text = said(capsys, "show")
    assert "Learnt here: 12 trainings, 1,440 cells, since 2026-03-01" in text
    assert "Merged from 1 file of others: 1 training, 30 cells\n  0123456789ab  1 training, 30 cells" in text
    assert "36 recipes measured" in text
    assert "classic.v1  12 trainings" in text
    assert "1 file is damaged" in text
    assert "81.2\u00a0kB in knowledge" in text


def test_show_tells_a_program_the_same(capsys: Captured) -> None:
    assert answered(capsys, "show") == {
        "folder": "knowledge",
        "own": {"n_trainings": 12, "n_cells": 1440},
        "imported": {"n_trainings": 1, "n_cells": 30},
        "origins": [{"origin": "0123456789ab", "n_trainings": 1, "n_cells": 30}],
        "n_recipes": 36,
        "backbones": {"classic.v1": 12, "onnx-0123456789ab": 1},
        "since": "2026-03-01",
        "n_bytes": 81234,
        "n_damaged": 1,
    }


def test_export_names_the_file_and_what_was_held_back(capsys: Captured) -> None:
    flows = FakeFlows()
    text = said(capsys, "export", "mine.knowledge", flows=flows)
    assert flows.asked["export_knowledge"] == {"folder": Path("knowledge"), "out": Path("mine.knowledge")}
    assert "12 trainings, 1,440 cells written to mine.knowledge" in text
    assert "1 training was held back\n  7  the entry score" in text
    assert "3 trainings found no room" in text
    answer = answered(capsys, "export", "mine.knowledge")
    assert answer["refused"][0]["code"] == "record_repeats"
    assert (answer["n_trainings"], answer["n_left_over"]) == (12, 3)


def test_merge_says_what_is_new_and_names_every_line_set_aside(capsys: Captured) -> None:
    text = said(capsys, "merge", "theirs.knowledge")
    assert "2 new trainings merged; the file holds 5 trainings, 150 cells" in text
    assert "1 line set aside\n  7  the entry score" in text
    assert "\x1b" not in text
    answer = answered(capsys, "merge", "theirs.knowledge")
    assert (answer["n_new"], answer["n_trainings"], answer["refused"][0]["line"]) == (2, 5, 7)


def test_a_merge_of_nothing_but_wrong_lines_fails(capsys: Captured) -> None:
    nothing = FakeFlows(mergeable=Amount(n_trainings=0, n_cells=0))
    said(capsys, "merge", "theirs.knowledge", flows=nothing, code=4)


@pytest.mark.parametrize("answer", ["y\n", "YES\n", "o\n", " oui \n"])
def test_forget_asks_first_and_does_it_when_the_person_says_yes(
    answer: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    flows = FakeFlows()
    text = said(capsys, "forget", flows=flows)
    assert flows.asked["forget_knowledge"]["imports_only"] is False
    assert "Forgotten: 12 trainings, 1,440 cells learnt here, 1 training, 30 cells from others" in text


@pytest.mark.parametrize("answer", ["\n", "n\n", "", "yesterday\n"])
def test_any_other_answer_forgets_nothing(
    answer: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    flows = FakeFlows()
    assert main(["knowledge", "forget"], flows=flows) == 0  # type: ignore[arg-type]
    captured = capsys.readouterr()
    assert "forget_knowledge" not in flows.asked
    assert "It cannot be undone. [y/N]" in captured.err
    assert "nothing was forgotten" in captured.err
    assert captured.out == ""


@pytest.mark.parametrize("words", [["forget"], ["forget", "--json"]])
def test_a_program_has_to_say_yes_itself(words: list[str], capsys: Captured) -> None:
    flows = FakeFlows()
    assert main(["knowledge", *words], flows=flows) == 2  # type: ignore[arg-type]
    assert "--yes" in capsys.readouterr().err
    assert "forget_knowledge" not in flows.asked


def test_forget_foreign_drops_only_what_others_taught(capsys: Captured) -> None:
    flows = FakeFlows()
    answer = answered(capsys, "forget", "--foreign", "--yes", flows=flows)
    assert flows.asked["forget_knowledge"]["imports_only"] is True
    assert (answer["own"]["n_trainings"], answer["imported"]["n_trainings"]) == (0, 1)


def test_the_commands_work_on_the_knowledge_of_the_data_folder(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real flows, from one installation to another and back to nothing."""
    home, away, file = tmp_path / "home", tmp_path / "away", str(tmp_path / "shared")

    def run(data: Path, *words: str) -> dict[str, Any]:
        monkeypatch.setenv("APPRENTI_DATA", str(data))
        assert main(["knowledge", *words, "--json"]) == 0
        answer: dict[str, Any] = json.loads(capsys.readouterr().out)
        return answer

    learn(away / "knowledge", 1, 2, 3)
    learn(home / "knowledge", 4)
    assert run(away, "export", file)["n_trainings"] == 3
    assert run(home, "merge", file)["n_new"] == 3
    assert run(home, "merge", file)["n_new"] == 0
    shown = run(home, "show")
    assert (shown["own"]["n_trainings"], shown["imported"]["n_trainings"]) == (1, 3)
    run(home, "forget", "--foreign", "--yes")
    assert [record.foreign for record in read_cells(home / "knowledge")] == [False]
    run(home, "forget", "--yes")
    assert run(home, "show")["n_bytes"] == 0


def test_a_person_without_knowledge_is_told_so(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APPRENTI_DATA", str(tmp_path))
    assert main(["knowledge", "show"]) == 0
    assert "Nothing is known" in capsys.readouterr().out


def test_a_file_of_somebody_else_has_an_exit_code_of_its_own(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APPRENTI_DATA", str(tmp_path))
    assert main(["knowledge", "merge", __file__, "--lang", "fr"]) == 11
    assert "ne contient pas de connaissances" in capsys.readouterr().err
