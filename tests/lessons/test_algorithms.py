"""Lesson 11: its table is what can be measured, LVQ learns, and the ten win where the lesson says they do."""

from __future__ import annotations

import numpy as np
import pytest

from apprenti.lessons.n11_algorithms.lvq import fit_lvq
from apprenti.lessons.n11_algorithms.measure import shares_right
from apprenti.lessons.n11_algorithms.table import RIGHT
from apprenti.lessons.n11_algorithms.ten import NOISES, SETS, SIZES, TEN, drawn_set, swapped


@pytest.mark.long
@pytest.mark.parametrize("cell", RIGHT)
def test_the_table_is_what_can_be_measured(cell: tuple[str, int, float]) -> None:
    assert list(shares_right(*cell).values()) == pytest.approx(RIGHT[cell], abs=0.005)


def test_the_table_has_every_setting_and_the_winners_the_lesson_speaks_of() -> None:
    assert set(RIGHT) == {(name, n, noise) for name in SETS for n in SIZES for noise in NOISES}
    winners = {name: TEN[int(np.argmax(RIGHT[name, 80, 0.0]))] for name in SETS}
    assert winners == {"clouds": "lda", "moons": "knn", "stripes": "tree"}


def test_lvq_learns_a_boundary_that_bends() -> None:
    features, labels = drawn_set("moons", 80, seed=0)
    asked, truth = drawn_set("moons", 500, seed=1)
    assert np.mean(fit_lvq(features, labels, seed=0).answers(asked) == truth) > 0.93


def test_swapping_changes_exactly_the_share_that_is_asked_for() -> None:
    labels = np.tile(np.arange(3, dtype=np.int64), 20)
    assert int((swapped(labels, 0.3, n_labels=3, seed=0) != labels).sum()) == 18
    assert (swapped(labels, 0.0, n_labels=3, seed=0) == labels).all()
