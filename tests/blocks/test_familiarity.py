from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.blocks.blobs import assert_close, graph_bytes, run_graph

from apprenti.blocks.familiarity import (
    LEAST_THRESHOLD,
    MAX_REFERENCES,
    fit_familiarity,
    held_out_distances,
    threshold,
)


def photos(n: int, *, kind: int = 0, seed: int = 0) -> NDArray[np.float32]:
    """Return rows [n, 40] as a network gives them: not negative, a few features loud for each kind."""
    loud = np.random.default_rng(kind).gamma(0.5, 1, 40)
    return (loud * np.random.default_rng(seed).gamma(4, 0.25, (n, 40))).astype(np.float32)


def test_the_graph_gives_the_distances_of_numpy() -> None:
    familiarity = fit_familiarity(photos(100), seed=0)
    for rows in (photos(30, seed=2), photos(30, kind=1), np.zeros((2, 40), np.float32)):
        assert_close(run_graph(familiarity, rows, rank=1), familiarity.distances(rows), 1e-5)


def test_foreign_rows_are_found_and_familiar_ones_let_through() -> None:
    rows = photos(300)
    alarm = threshold(held_out_distances(rows, seed=0), false_alarm_rate=0.05)
    familiarity = fit_familiarity(rows, seed=0)
    assert (familiarity.distances(photos(300, kind=1)) > alarm).mean() > 0.95
    assert 0.005 < (familiarity.distances(photos(1000, seed=9)) > alarm).mean() < 0.1


def test_brightness_alone_makes_nothing_foreign() -> None:
    familiarity = fit_familiarity(photos(100), seed=0)
    rows = photos(20, seed=3)
    assert_close(familiarity.distances(2 * rows), familiarity.distances(rows), 1e-4)


def test_a_backbone_of_large_numbers_does_not_drown_the_other() -> None:
    rows, fresh = photos(100), photos(30, seed=4)
    scale = np.where(np.arange(40) < 20, 1000, 1).astype(np.float32)
    plain = fit_familiarity(rows, seed=0).distances(fresh)
    mixed = fit_familiarity(rows * scale, seed=0).distances(fresh * scale)
    assert np.corrcoef(plain, mixed)[0, 1] > 0.5


def test_near_duplicates_do_not_vouch_for_each_other() -> None:
    rows = np.repeat(photos(60), 8, axis=0)  # more twins than neighbours are asked
    groups = np.repeat(np.arange(60), 8)
    alone = held_out_distances(rows, seed=0)
    together = held_out_distances(rows, groups=groups, seed=0)
    assert np.median(alone) < 1e-3
    assert np.median(together) > 10 * np.median(alone)


@pytest.mark.parametrize("n", [1, 2, 3, 30])
def test_few_rows_are_enough(n: int) -> None:
    familiarity = fit_familiarity(photos(n), seed=0)
    assert familiarity.distances(photos(n)).shape == (n,)
    assert np.isfinite(familiarity.distances(photos(4, kind=1))).all()
    assert len(held_out_distances(photos(n), seed=0)) == (n if n > 1 else 0)


def test_rows_that_are_all_alike_are_survived() -> None:
    for rows in (np.ones((20, 5), np.float32), np.zeros((20, 5), np.float32)):
        familiarity = fit_familiarity(rows, seed=0)
        assert_close(run_graph(familiarity, rows, rank=1), familiarity.distances(rows), 1e-5)
        assert threshold(held_out_distances(rows, seed=0)) >= LEAST_THRESHOLD


def test_many_rows_are_kept_in_part() -> None:
    rows = photos(MAX_REFERENCES + 600)
    assert len(fit_familiarity(rows, seed=0).references) == MAX_REFERENCES
    assert len(held_out_distances(rows, seed=0)) == MAX_REFERENCES * 5 // 4


def test_the_same_seed_gives_the_same_bytes() -> None:
    rows = photos(200)
    first, second = (graph_bytes(fit_familiarity(rows, seed=1), 40, rank=1) for _ in range(2))
    assert first == second


def test_the_threshold_is_on_the_safe_side() -> None:
    distances = np.arange(1, 101) / 100
    assert threshold(distances, false_alarm_rate=0.05) == pytest.approx(0.96)
    assert threshold(distances[:5], false_alarm_rate=0.05) == pytest.approx(0.05)
    assert threshold([]) == 1.0
    assert threshold(np.zeros(50)) == LEAST_THRESHOLD
