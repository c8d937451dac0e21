"""A selector reads cells by the whole name of their recipe, and counts others less than its own."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.made_knowledge import RIDGE, a_cell, a_record

from apprenti.domain.knowledge import TrainingRecord
from apprenti.domain.recipe import Cell
from apprenti.store import cells_by_recipe, training_weights


def measured(*cells: Cell) -> TrainingRecord:
    return replace(a_record(), cells=cells)


def test_each_recipe_has_one_cell_for_each_training_that_measured_it() -> None:
    other = a_cell("classic.v1@64-squash/none.v1/lda.v1")
    rows = cells_by_recipe([measured(a_cell(score=0.5), other), measured(), measured(a_cell(score=0.75))])
    assert {place: cell.score for place, cell in rows[RIDGE].items()} == {0: 0.5, 2: 0.75}
    assert rows[other.recipe] == {0: other}


@pytest.mark.parametrize(
    "name",
    [
        "classic.v2@64-squash/none.v1/ridge.v1?alpha=auto",
        "classic.v1@64-squash/none.v2/ridge.v1?alpha=auto",
        "classic.v1@64-squash/none.v1/ridge.v2?alpha=auto",
        "classic.v1@32-squash/none.v1/ridge.v1?alpha=auto",
        "classic.v1@64-crop/none.v1/ridge.v1?alpha=auto",
        "classic.v1@64-squash/none.v1/ridge.v1?alpha=1",
        "onnx-0123456789ab@64-squash/none.v1/ridge.v1?alpha=auto",
        "onnx-0123456789ac@64-squash/none.v1/ridge.v1?alpha=auto",
    ],
)
def test_another_version_of_any_part_is_another_recipe(name: str) -> None:
    rows = cells_by_recipe([measured(a_cell()), measured(a_cell(name))])
    assert {recipe: list(row) for recipe, row in rows.items()} == {RIDGE: [0], name: [1]}


def test_of_a_recipe_measured_twice_the_cell_that_rests_on_more_counts() -> None:
    quick, whole = a_cell(n_train=10, score=0.9), a_cell(n_train=20, score=0.8)
    crossed = replace(whole, split="cross-validation", score=0.7)
    for cells in ((quick, whole, crossed), (crossed, whole, quick)):
        assert cells_by_recipe([measured(*cells)])[RIDGE] == {0: crossed}
    assert cells_by_recipe([measured(quick, whole)])[RIDGE] == {0: whole}


def test_ones_own_trainings_count_fully() -> None:
    assert training_weights([a_record(n) for n in range(3)]) == (1.0, 1.0, 1.0)


def test_a_small_import_counts_fully_beside_enough_of_ones_own() -> None:
    records = [*(a_record(n) for n in range(5)), a_record(5, origin="a" * 12)]
    assert training_weights(records) == (1.0,) * 6


def test_an_import_counts_no_more_however_much_it_claims() -> None:
    own = [a_record(n) for n in range(100)]
    for n_claimed in (11, 1000):
        weights = training_weights([*own, *(a_record(n, origin="a" * 12) for n in range(n_claimed))])
        assert sum(weights[100:]) == pytest.approx(10)


def test_all_imports_together_never_outweigh_what_is_trusted() -> None:
    claims = [a_record(n, origin=f"{n % 50:012d}") for n in range(2000)]
    assert sum(training_weights([*(a_record(n) for n in range(7)), *claims])[7:]) == pytest.approx(7)
    assert sum(training_weights(claims, n_trusted=40)) == pytest.approx(40)
    assert sum(training_weights(claims)) == pytest.approx(1)


def test_no_training_is_no_weight() -> None:
    assert training_weights([]) == ()
