import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from apprenti.stages.profile.learning_curve import LearningCurve
from apprenti.stages.profile.more_photos import LAW, LEVEL, P_RIGHT, exponent_of, foretell_gains

RESULTS = Path(__file__).parents[3] / "benchmarks" / "results" / "learning_curves.json"


def a_curve(*accuracies: float, n: int = 100, weak: float = 0.0, effect: float = 0.0) -> LearningCurve:
    """Three classes of ``n`` photos, recognised alike but the last, which is recognised less by ``weak``."""
    recalls = np.repeat(np.asarray(accuracies)[:, np.newaxis], 3, axis=1)
    recalls[:, 2] -= weak
    return LearningCurve(
        n_per_label=np.full(3, n), recalls=recalls, effect_on_others=dict.fromkeys(range(3), effect)
    )


def photos(n: int) -> dict[str, int]:
    return {"cat": n, "dog": n, "owl": n}


def test_a_steep_curve_promises_more_than_a_flat_one() -> None:
    steep = foretell_gains(a_curve(0.8, 0.7, 0.55), photos(100)).every_class
    flat = foretell_gains(a_curve(0.8, 0.79, 0.78), photos(100)).every_class
    assert steep.gain > flat.gain > 0
    assert steep.n_photos == 300


def test_what_is_nearly_perfect_cannot_gain_much() -> None:
    gain = foretell_gains(a_curve(0.995, 0.99, 0.98), photos(100)).every_class
    assert gain.gain < 0.01
    assert gain.interval.high < 0.02


def test_a_curve_of_few_photos_counts_for_less_than_one_of_many() -> None:
    steep = (0.9, 0.7, 0.4)
    few, many = (exponent_of(a_curve(*steep, n=n), LAW) for n in (10, 1000))
    assert LAW.exponent < few < many


def test_the_interval_is_wider_where_there_are_fewer_photos() -> None:
    few, many = (foretell_gains(a_curve(0.8, 0.75, 0.68, n=n), photos(n)).every_class for n in (20, 1000))
    assert few.interval.high - few.gain > many.interval.high - many.gain
    assert few.interval.low < few.gain < few.interval.high
    assert few.interval.level == LEVEL


def test_of_a_large_data_set_seen_in_part_less_is_left_to_gain() -> None:
    curve = a_curve(0.8, 0.75, 0.68)
    whole, part = (foretell_gains(curve, photos(n)).every_class.gain for n in (100, 10_000))
    assert part < whole / 2


def test_the_class_recognised_least_is_named_with_a_round_number_of_photos() -> None:
    said = foretell_gains(a_curve(0.9, 0.85, 0.8, weak=0.4), photos(147)).one_class
    assert said is not None
    assert (said.label, said.n_photos) == ("owl", 100)
    assert said.gain >= 0.01


def test_no_class_is_named_where_the_others_would_lose_what_it_gains() -> None:
    assert foretell_gains(a_curve(0.9, 0.85, 0.8, weak=0.4, effect=-0.1), photos(100)).one_class is None
    assert foretell_gains(a_curve(0.95, 0.93, 0.9), photos(100)).one_class is None


def test_the_constants_are_those_the_benchmark_found() -> None:
    rows = {(row["set"], row["kind"]): row for row in json.loads(RESULTS.read_text(encoding="utf-8"))}
    law, right = rows["all", "law"], rows["all", "both"]["right"]
    found = {name: round(law[name], 2) for name in asdict(LAW)}
    put = ", ".join(f"{name}={value}" for name, value in found.items())
    hint = f"put into stages/profile/more_photos.py: LAW = Law({put}) and P_RIGHT = {round(right, 2)}"
    assert asdict(LAW) == pytest.approx(found), hint
    assert pytest.approx(round(right, 2)) == P_RIGHT, hint
