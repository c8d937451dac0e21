"""``apprenti export``: what was asked for is handed on, and what it costs is said in full."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.cli.fake_flows import FakeFlows

from apprenti.cli import main
from apprenti.cli.show_export import _golden_line
from apprenti.flow.eight_bits import Difference
from apprenti.texts import Lang

Captured = pytest.CaptureFixture[str]


def run(capsys: Captured, *words: str, code: int = 0, flows: FakeFlows | None = None) -> str:
    assert main(["export", "clothes.apprenti", *words], flows=flows or FakeFlows()) == code  # type: ignore[arg-type]
    return capsys.readouterr().out.replace("\u00a0", " ").replace("\u202f", " ")


def test_what_was_asked_for_is_handed_on(capsys: Captured) -> None:
    flows = FakeFlows()
    run(capsys, "--int8", "--out", "small.onnx", "--photos", "new", "--force", "--overwrite", flows=flows)
    asked = flows.asked["export_model"]
    assert asked["model"] == Path("clothes.apprenti")
    assert asked["files"] == {"int8": Path("small.onnx")}
    assert (asked["photos"], asked["force"], asked["overwrite"]) == (Path("new"), True, True)
    run(capsys, "--onnx", "--labels", flows=flows)
    assert flows.asked["export_model"]["files"] == {"onnx": None, "labels": None}


def test_one_file_cannot_hold_two_things(capsys: Captured) -> None:
    said: dict[str, Any] = json.loads(run(capsys, "--onnx", "--labels", "--out", "a", "--json", code=2))
    assert said["error"]["code"] == "export_one_out"


def test_a_person_reads_what_eight_bits_gain_and_that_their_cost_is_not_known(capsys: Captured) -> None:
    shown = run(capsys, "--onnx", "--int8", "--lang", "en")
    assert "clothes.int8  7.9 MB" in shown
    assert "answers its 3 golden inputs as the model does" in shown
    assert "5.0 ms instead of 7.4 ms" in shown
    assert "6.1 MB instead of 7.9 MB" in shown
    assert "23 of 24 pictures" in shown
    assert "was not measured: add --photos" in shown
    assert "on its 3 golden inputs no probability differs by more than 1.3 points" in shown
    assert "Written all the same" not in shown


@pytest.mark.parametrize(
    ("lang", "sentences"),
    [
        (
            "en",
            [
                "of 150 photos it had never seen: 82.0% right instead of 84.0%; difference −5.0 to +1.2 points",
                "Written all the same: in 8 bits 82% of 150 photos are answered rightly instead of 84%",
            ],
        ),
        (
            "fr",
            [
                "sur 150 photos jamais vues : 82,0 % de réponses justes au lieu de 84,0 %",
                "écart de −5,0 à +1,2 points",
                "Écrit malgré tout : en 8 bits, 82 % de 150 photos",
            ],
        ),
    ],
)
def test_what_was_measured_and_what_speaks_against_it_is_said(
    capsys: Captured, lang: str, sentences: list[str]
) -> None:
    shown = run(capsys, "--int8", "--photos", "new", "--force", "--lang", lang)
    assert [sentence for sentence in sentences if sentence not in shown] == []


def test_a_program_reads_every_figure(capsys: Captured) -> None:
    said: dict[str, Any] = json.loads(run(capsys, "--int8", "--labels", "--photos", "new", "--json"))
    assert said["files"]["labels"] == {"file": "clothes.labels", "n_bytes": 7_850_222}
    assert (said["model"], said["n_labels"], said["golden"]) == ("clothes.apprenti", 3, None)
    cost = said["int8"]
    assert (cost["ms_before"], cost["ms"], cost["n_bytes"]) == (7.43, 4.96, 6_127_152)
    assert cost["pictures"] == {"n": 24, "n_same": 23, "probability": 0.1, "distance": 0.02}
    accuracy = cost["accuracy"]
    assert (accuracy["before"], accuracy["after"], accuracy["difference"]) == (0.84, 0.82, -0.02)
    assert accuracy["difference_interval"] == [-0.05, 0.012]
    assert [one["code"] for one in cost["objections"]] == ["export_inaccurate"]
    assert json.loads(run(capsys, "--onnx", "--json"))["int8"] is None


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_next_to_no_difference_is_told_without_a_figure_that_says_nothing(lang: Lang) -> None:
    line = _golden_line(Difference(n=3, n_same=3, probability=0.0004, distance=0.0), lang)
    assert "0.1 point" in line or "0,1 point" in line
    assert " 0 point" not in line
    assert "1" in _golden_line(Difference(n=3, n_same=3, probability=0.01, distance=0.0), lang)
