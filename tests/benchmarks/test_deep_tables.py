"""The tables say what the rows say, and a dash where nothing was measured."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
import deep_scores
import deep_tables
import results
from apprenti.blocks.metrics import wilson_interval

N = 400
ACCURACY = {"plain": 0.6, "frozen": 0.7, "deep": 0.8, "all": 0.79}


def row(name: str, side: str, accuracy: float, *, minutes: float, device: str = "cpu") -> dict[str, Any]:
    n_right = round(accuracy * N)
    interval = wilson_interval(n_right, N)
    return {
        "set": name, "side": side, "minutes": minutes, "seed": 0, "device": device, "photos": name, "n_photos": N,
        "accuracy": n_right / N, "accuracy_interval": [interval.low, interval.high], "n_test": N,
        "right": deep_scores.packed([position < n_right for position in range(N)]),
        "wall_seconds": 60 * minutes, "epochs": 30, "kept": f"recipe of {side}",
    }  # fmt: skip


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        row(name, side, accuracy + minutes / 100, minutes=minutes)
        for name in deep_tables.SETS
        for minutes in (1.0, 2.0, 10.0)
        for side, accuracy in ACCURACY.items()
        if (side, minutes) != ("plain", 1.0)
    ]
    monkeypatch.setattr(results, "load", lambda name: rows)


def cells(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


def test_nothing_measured_is_a_dash_in_every_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "load", lambda name: [])
    drawn = (deep_tables.deep_plain_table(), deep_tables.deep_lead_table(), deep_tables.deep_frozen_table())
    assert {*drawn, deep_tables.deep_budget_table(), deep_tables.deep_regret_table()} == {
        deep_tables.UNMEASURED
    }
    assert all(line[2:] == ["–", "–"] for line in cells(deep_tables.deep_bars_table()))


@pytest.mark.usefixtures("measured")
def test_the_plain_script_stands_beside_apprenti_with_the_difference() -> None:
    (line,) = (line for line in cells(deep_tables.deep_plain_table()) if line[:2] == ["trashnet", "2"])
    assert line[2].startswith("62.0 % [")
    assert line[3] == "30"
    assert line[5].startswith("+19.0 [+1")
    assert line[6:] == ["`recipe of all`", "120, 120"]


@pytest.mark.usefixtures("measured")
def test_the_sets_ahead_are_counted_by_minutes() -> None:
    assert [line[:5] for line in cells(deep_tables.deep_lead_table())] == [
        ["2", "11", "11", "11", "0"],
        ["10", "11", "11", "11", "0"],
    ]


@pytest.mark.usefixtures("measured")
def test_the_regret_of_a_choice_stands_beside_that_of_never_choosing() -> None:
    lines = [line for line in cells(deep_tables.deep_regret_table()) if line[0] == "10"]
    assert [(line[1], line[3]) for line in lines] == [
        ("**all**", "1.0 [1.0, 1.0]"),
        ("always frozen", "10.0 [10.0, 10.0]"),
        ("always deep", "0.0 [0.0, 0.0]"),
    ]
    assert lines[0][-1] == "11 of 11"


@pytest.mark.usefixtures("measured")
def test_the_longest_budget_is_compared_with_the_shortest() -> None:
    table = deep_tables.deep_budget_table()
    assert "| 10 − 1 min, points |" in table
    assert all(line[4].startswith("+9.0 [") for line in cells(table))


@pytest.mark.usefixtures("measured")
def test_a_bar_is_met_or_not() -> None:
    met = {line[0]: line[3] for line in cells(deep_tables.deep_bars_table())}
    assert met["sets ahead of the plain script, 2 min"] == "yes"
    assert met["mnist, 2 min"] == "no"
    assert met["grocery, points over frozen recipes, 10 min"] == "yes"


def test_a_training_that_gave_no_model_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = row("trashnet", "frozen", 0.7, minutes=1.0)
    without = {key: whole[key] for key in ("set", "minutes", "seed", "device", "photos", "n_photos")}
    rows = [
        whole,
        row("trashnet", "all", 0.7, minutes=1.0),
        {**without, "side": "deep", "failed": "exit code 3"},
    ]
    monkeypatch.setattr(results, "load", lambda name: rows)
    (line,) = cells(deep_tables.deep_frozen_table())
    assert line[2:5] == ["70.0 %", "no model", "70.0 %"]
