"""Each command makes its one call and shows what came back, to a person and to a program."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.cli.fake_flows import OUTLOOK, FakeFlows
from tests.fake_models import RECIPE

from apprenti.cli import main
from apprenti.domain import errors
from apprenti.error_table import OUTCOMES
from apprenti.flow.train import Training

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APPRENTI_LANG", "en")


def answered(capsys: Captured, *words: str, flows: FakeFlows | None = None, code: int = 0) -> dict[str, Any]:
    """Return the one JSON object that a command prints; anything else beside it fails."""
    assert main([*words, "--json"], flows=flows or FakeFlows()) == code  # type: ignore[arg-type]
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


def shown(capsys: Captured, *words: str) -> str:
    assert main(list(words), flows=FakeFlows()) == 0  # type: ignore[arg-type]
    return capsys.readouterr().out


def test_train_hands_on_what_was_asked_for(capsys: Captured) -> None:
    flows = FakeFlows()
    words = [
        "train",
        "photos",
        "--budget",
        "1m30",
        "--backbone",
        "a.onnx",
        "--backbone",
        "b.onnx",
        "--seed",
        "7",
        "--out",
        "my.apprenti",
    ]
    answered(capsys, *words, flows=flows)
    asked = flows.asked["train"]
    assert asked["source"] == Path("photos")
    assert asked["budget_seconds"] == 90
    assert asked["backbones"] == [Path("a.onnx"), Path("b.onnx")]
    assert (asked["seed"], asked["out"]) == (7, Path("my.apprenti"))


class Unkept(FakeFlows):
    """Trains where the data folder cannot be written."""

    def train(self, source: Path, **options: Any) -> Training:
        return replace(super().train(source, **options), n_cells=0)


def test_train_says_where_what_it_taught_could_not_be_kept(capsys: Captured) -> None:
    assert "APPRENTI_DATA" not in shown(capsys, "train", "photos/")
    assert main(["train", "photos/"], flows=Unkept()) == 0  # type: ignore[arg-type]
    assert "APPRENTI_DATA" in capsys.readouterr().out


def test_train_answers_with_everything_a_program_needs(capsys: Captured) -> None:
    answer = answered(capsys, "train", "photos/")
    assert answer["model"] == "photos.apprenti"
    assert answer["report"] == "photos.html"
    assert answer["profile"]["n_examples"] == 1200
    assert [set(pick) for pick in answer["picks"]] == [
        {"recipe", "reason", "predicted_seconds", "predicted_score"}
    ] * 2
    assert answer["trials"][0]["interval"] == [0.86, 0.95]
    assert answer["trials"][1] | {"score": None, "status": "out_of_time"} == answer["trials"][1]
    assert answer["kept"] == RECIPE.name
    assert answer["test"]["accuracy"] == 0.9
    assert answer["seconds"] == 12.25
    assert {"notices", "set_aside"} <= answer.keys()


def test_evaluate_answers_with_the_promised_scores(capsys: Captured) -> None:
    answer = answered(capsys, "evaluate", "m.apprenti", "photos")
    promised = {"n", "accuracy", "accuracy_interval", "balanced_accuracy", "macro_f1", "ece", "per_class"}
    assert promised <= answer.keys()


def test_inspect_tells_conflicts_from_mere_duplicates(capsys: Captured) -> None:
    answer = answered(capsys, "inspect", "photos")
    assert [group["names"] for group in answer["conflicts"]] == [["hat/3.png", "shirt/3.png"]]
    assert [group["names"] for group in answer["duplicates"]] == [["hat/1.png", "hat/2.png"]]
    assert answer["set_aside"][0]["name"] == "hat/0.png"
    assert len(answer["picks"]) == 2


def test_inspect_says_what_is_expected_and_what_that_rests_on(capsys: Captured) -> None:
    flows = FakeFlows(outlook=OUTLOOK)
    assert main(["inspect", "photos"], flows=flows) == 0  # type: ignore[arg-type]
    text = capsys.readouterr().out.replace("\u00a0", " ")
    assert "85–93% right (9 times out of 10), all of them in about 42 s. Judged by 54 past data sets." in text
    assert "80–90% expected · about 3.0 s" in text
    assert "leaves           31% of the weight · with 2 related to it\n     best there:" in text
    assert "95.0% · these picks 1.5 points behind" in text
    assert "your training 3  4% of the weight\n" in text
    answer = answered(capsys, "inspect", "photos", flows=flows)
    assert answer["predicted_seconds"] == 41.5
    assert answer["picks"][0]["predicted_score"] == [0.8, 0.9]
    assert answer["outlook"]["best_score"] == [0.85, 0.93]
    assert answer["outlook"]["neighbours"][0]["gone"] == [RECIPE.name]


def test_inspect_says_so_where_nothing_is_known(capsys: Captured) -> None:
    text = shown(capsys, "inspect", "photos")
    assert "Nothing is known yet of data like yours" in text
    assert "All of them should take about 42" in text
    assert "of the weight" not in text
    assert answered(capsys, "inspect", "photos")["outlook"] is None


def test_train_tells_a_program_what_the_choice_cost(capsys: Captured) -> None:
    answer = answered(capsys, "train", "photos/")
    assert answer["hindsight"]["regret_points"] == pytest.approx(2.0)
    assert answer["hindsight"]["n_others"] == 38


def test_inspect_answers_with_what_more_photos_should_bring(capsys: Captured) -> None:
    more = answered(capsys, "inspect", "photos")["more_photos"]
    assert more["every_class"] == {
        "label": None,
        "n_photos": 1000,
        "gain": 0.052,
        "interval": {"low": 0.02, "high": 0.084, "level": 0.8},
    }
    assert more["one_class"]["n_photos"] == 300
    assert more["p_right"] == 0.8
    assert len(more["said"]) == 3


def test_a_person_reads_what_more_photos_should_bring(capsys: Captured) -> None:
    text = shown(capsys, "inspect", "photos")
    assert "More photos\n  About 300 more photos of “h" in text
    assert "at” to learn from should give +2.1 points (between 1.1 and 3.1)." in text
    assert "8 times in 10" in text
    assert "\x1b" not in text


def test_report_and_samples_say_where_things_are(capsys: Captured) -> None:
    assert answered(capsys, "report", "m.apprenti") == {"report": "m.html"}
    assert answered(capsys, "samples", "digits", "d")["n"] == 1797


def test_serve_is_given_every_model_and_the_address(capsys: Captured) -> None:
    flows = FakeFlows()
    assert main(["serve", "a.apprenti", "b.apprenti", "--port", "0"], flows=flows) == 0  # type: ignore[arg-type]
    asked = flows.asked["serve"]
    assert asked["models"] == [Path("a.apprenti"), Path("b.apprenti")]
    assert (asked["host"], asked["port"]) == ("127.0.0.1", 0)


def test_a_person_reads_what_was_kept_and_what_to_do_next(capsys: Captured) -> None:
    text = shown(capsys, "train", "my photos")
    assert "91.4%" in text
    assert "← kept" in text
    assert "ran out of time" in text
    assert "On 40 photos it had never seen: 90% right (77–96%)" in text
    assert "apprenti serve 'my photos.apprenti'" in text


def test_a_person_reads_what_is_wrong_with_the_data(capsys: Captured) -> None:
    text = shown(capsys, "inspect", "photos")
    assert "1 file set aside\n  image hat/0.png is empty" in text
    assert "1 picture stands under different labels\n  hat/3.png = shirt/3.png" in text
    assert "shirt      800" in text


def test_french_is_french_to_the_spaces(capsys: Captured) -> None:
    text = shown(capsys, "train", "photos", "--lang", "fr")
    assert "91,4\u202f%" in text
    assert "Sur 40 photos jamais vues\u00a0: 90\u202f% de réponses justes" in text
    assert "1\u202f200 photos" in text


def test_bench_answers_with_the_promised_figures_and_nothing_else(capsys: Captured) -> None:
    flows = FakeFlows()
    words = [
        "bench",
        "selector",
        "--perf",
        "p",
        "--meta",
        "m",
        "--cost",
        "c",
        "--budget",
        "10",
        "--groups",
        "kin",
    ]
    answer = answered(capsys, *words, flows=flows)
    assert set(answer) == {"ours", "portfolio", "seconds"}
    assert answer["ours"] == {
        "mean_regret_points": 0.75,
        "median_regret_points": 0.25,
        "hit_rate": 0.7125,
        "gain_points": 0.3,
        "gain_interval": [0.125, 0.5],
    }
    asked = flows.asked["bench_selector"]
    assert (asked["perf"], asked["meta"], asked["cost"]) == (Path("p"), Path("m"), Path("c"))
    assert (asked["k"], asked["budget_seconds"], asked["groups"]) == (5, 10, "kin")


def test_a_person_reads_the_standings_as_a_table(capsys: Captured) -> None:
    words = ["bench", "selector", "--perf", "p", "--meta", "m"]
    text = shown(capsys, *words)
    assert "159 data sets, 1,219 recipes" in text
    assert "Apprenti" in text
    assert "[0.12 ; 0.50]" in text or "[0.13 ; 0.50]" in text
    assert "1 row without any score is set aside: set-3" in text
    assert "à 1 point près" in shown(capsys, *words, "--lang", "fr")


@pytest.mark.parametrize(
    "kind",
    [
        kind
        for kind in OUTCOMES
        if kind.__init__ is errors.ApprentiError.__init__ and kind is not errors.ApprentiError
    ],
)
def test_every_error_has_its_exit_code_and_its_json(
    kind: type[errors.ApprentiError], capsys: Captured
) -> None:
    flows = FakeFlows(error=kind("empty_file", item="a.png"))
    code = OUTCOMES[kind].exit_code
    answer = answered(capsys, "train", "photos", flows=flows, code=code)
    assert answer == {
        "error": {"code": "empty_file", "message": "image a.png is empty; remove it or export it again"}
    }
    assert code != 0


def test_ctrl_c_is_not_an_accident(capsys: Captured) -> None:
    flows = FakeFlows(error=KeyboardInterrupt())
    assert answered(capsys, "train", "x", flows=flows, code=130)["error"]["code"] == "interrupted"


def test_an_unexpected_error_asks_to_be_reported_and_hides_its_insides(capsys: Captured) -> None:
    flows = FakeFlows(error=ZeroDivisionError("by\x1b[31m zero"))
    assert main(["train", "photos"], flows=flows) == 1  # type: ignore[arg-type]
    told = capsys.readouterr().err
    assert "please report it" in told
    assert "Traceback" not in told
    assert "\x1b" not in told


def test_a_package_that_is_missing_is_named(capsys: Captured) -> None:
    flows = FakeFlows(error=ModuleNotFoundError("no fastapi", name="fastapi"))
    error = answered(capsys, "train", "x", flows=flows, code=1)["error"]
    assert error["code"] == "missing_package"
    assert "fastapi" in error["message"]


def test_debug_shows_where_an_unexpected_error_comes_from(capsys: Captured) -> None:
    main(["train", "photos", "--debug"], flows=FakeFlows(error=ZeroDivisionError()))  # type: ignore[arg-type]
    assert "Traceback" in capsys.readouterr().err


def test_quiet_is_quiet(capsys: Captured) -> None:
    main(["train", "photos", "--quiet"], flows=FakeFlows())  # type: ignore[arg-type]
    assert capsys.readouterr().err == ""


def test_inspect_says_from_which_budget_on_a_network_is_trained(capsys: Captured) -> None:
    said = "From --budget 5m on, a network is trained on your photos as well: in that time 8 times"
    assert said in shown(capsys, "inspect", "photos")
    networks = answered(capsys, "inspect", "photos")["networks"]
    assert networks["said"].startswith(said)
    del networks["said"]
    assert networks == {"budget": "5m", "epochs": 8, "size_px": 96, "has_torch": True}


def test_train_says_how_to_have_a_network_in_one_line_that_is_no_part_of_the_report(capsys: Captured) -> None:
    line = "no network was trained on the photos, which could be done from --budget 5m on: that takes PyTorch"
    assert shown(capsys, "train", "photos").count(line) == 1
    answer = answered(capsys, "train", "photos")
    assert any(notice.startswith(line) for notice in answer["notices"])
    assert answer["networks"] == []
