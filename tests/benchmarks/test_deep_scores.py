"""Two sides are compared photo by photo, and a choice by what the better of two would have given."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from apprenti.blocks.metrics import paired_interval

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
import deep_scores
from deep_scores import Measured

N = 200


def row(
    side: str, right: Sequence[bool], *, minutes: float = 2.0, seed: int = 0, **more: Any
) -> dict[str, Any]:
    known = {"set": "birds", "device": "cpu", "photos": "abc", "n_photos": len(right)}
    answers = {"accuracy": sum(right) / len(right), "right": deep_scores.packed(right)}
    return {**known, "side": side, "minutes": minutes, "seed": seed, **answers, **more}


def first(n_right: int, n: int = N) -> list[bool]:
    return [position < n_right for position in range(n)]


def failed(side: str) -> dict[str, Any]:
    return {
        "set": "birds", "device": "cpu", "photos": "abc", "n_photos": N, "side": side, "minutes": 2.0, "seed": 0,
        "failed": "exit code 3",
    }  # fmt: skip


@pytest.mark.parametrize("n", [1, 7, 8, 9, 523])
def test_what_was_packed_comes_back_photo_by_photo(n: int) -> None:
    right = np.random.default_rng(n).random(n) < 0.5
    assert deep_scores.unpacked_bits(deep_scores.packed(list(right)), n).tolist() == right.tolist()


def test_for_one_seed_the_interval_is_the_paired_one_of_the_product() -> None:
    before, after = first(120), [*first(110, 150), *[True] * 50]
    scores = deep_scores.scores([row("plain", before), row("all", after)])
    found = deep_scores.difference(scores[Measured("birds", 2, "all")], scores[Measured("birds", 2, "plain")])
    expected = paired_interval(10, 50, N)
    assert found is not None
    assert found == pytest.approx((20.0, 100 * expected.low, 100 * expected.high))


def test_several_seeds_count_by_their_mean_on_each_photo() -> None:
    rows = [row("all", first(100), seed=0), row("all", first(140), seed=1), row("plain", first(100))]
    scores = deep_scores.scores(rows)
    ours, plain = scores[Measured("birds", 2, "all")], scores[Measured("birds", 2, "plain")]
    found = deep_scores.difference(ours, plain)
    assert ours.accuracy == pytest.approx(0.6)
    assert found is not None
    assert found.points == pytest.approx(10)
    assert found.low < 10 < found.high


def test_sides_tested_on_different_photos_are_not_compared() -> None:
    scores = deep_scores.scores([row("plain", first(90)), row("all", first(100), photos="other")])
    assert deep_scores.difference(*scores.values()) is None


def test_seeds_tested_on_different_photos_are_refused() -> None:
    with pytest.raises(ValueError, match="again"):
        deep_scores.scores([row("all", first(90)), row("all", first(90), seed=1, photos="other")])


def test_what_was_measured_with_a_gpu_stands_by_itself() -> None:
    rows = [row("all", first(90)), row("all", first(150), device="A GPU")]
    (without,), (with_one,) = (deep_scores.scores(rows, on_gpu=gpu).values() for gpu in (False, True))
    assert (without.accuracy, with_one.accuracy) == (0.45, 0.75)


def test_regret_is_what_the_better_of_the_two_is_ahead() -> None:
    rows = [row("frozen", first(150)), row("deep", first(180)), row("all", first(170))]
    assert deep_scores.regrets(deep_scores.scores(rows), 2) == {"birds": pytest.approx(5.0)}


def test_regret_is_below_nothing_where_both_together_beat_each_alone() -> None:
    rows = [row("frozen", first(150)), row("deep", first(160)), row("all", first(170))]
    assert deep_scores.regrets(deep_scores.scores(rows), 2)["birds"] == pytest.approx(-5.0)


def test_where_deep_recipes_give_no_model_the_better_one_is_frozen() -> None:
    scores = deep_scores.scores([row("frozen", first(150)), failed("deep"), row("all", first(148))])
    assert deep_scores.regrets(scores, 2) == {"birds": pytest.approx(1.0)}
    assert deep_scores.regrets(scores, 2, side="deep") == {}
    assert (
        deep_scores.difference(scores[Measured("birds", 2, "deep")], scores[Measured("birds", 2, "all")])
        is None
    )


def test_what_chance_alone_made_better_is_no_regret_on_other_photos() -> None:
    # three sides equally good, each right on photos of its own: the best of two is ahead by luck only
    random = np.random.default_rng(3)
    rows = [
        row(side, list(random.random(N) < 0.7), set=f"set {number}")
        for number in range(40)
        for side in ("frozen", "deep", "all")
    ]
    scores = deep_scores.scores(rows)
    by_the_same = deep_scores.mean_difference([*deep_scores.regrets(scores, 2).values()])
    by_others = deep_scores.mean_difference([*deep_scores.crossed_regrets(scores, 2).values()])
    assert by_the_same is not None
    assert by_others is not None
    assert by_the_same.low > 0
    assert by_others.low < 0 < by_others.high


def test_a_mean_over_no_sets_is_not_told() -> None:
    assert deep_scores.mean_difference([]) is None
