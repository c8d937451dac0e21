"""How choosing gets better with trainings fed back, on families of data sets never fed back.

A third of the families is left out. Of the others, some (or none) are known whole, as the base knowledge is; the rest
are users, who come one after the other. A user's training is what the product would make of it: five picks by what is
known so far, cells of those and of the cheapest recipes that the features at hand allow (``flow.cells.cell_recipes``),
all as one record of the user's own knowledge (``flow.knowing.table_of``), which the next choice reads beside the base.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast
from unittest import mock

import numpy as np

from apprenti.domain.knowledge import TrainingRecord
from apprenti.domain.knowledge_table import Knowledge
from apprenti.domain.recipe import Cell, Interval, Look, Recipe
from apprenti.flow.cells import cell_recipes
from apprenti.flow.features import FeatureTable
from apprenti.flow.knowing import joined, table_of
from apprenti.stages.select import learned
from left_out import Floats, OwnKnowledge, Rows, materials_for, opened, part_of, raced

STEPS = (0, 5, 10, 15, 20, 30)
"""Trainings fed back when it is looked how well is chosen."""
LEFT_OUT_SHARE = 1 / 3
N_AT_A_TIME = 5
"""Trainings between two looks at what the others left: users come side by side."""
N_CELLS = 35
"""Of forty begun, as many are there when the model is finished, those of the picks first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Regret:
    """What was lost on one data set left out.

    Args:
        n_fed_back: trainings known by then.
        row: the data set.
        points: lost against the best of all.
    """

    n_fed_back: int
    row: int
    points: float


def growth(own: OwnKnowledge, *, n_known: int, seed: int) -> Iterator[Regret]:
    """Yield what is lost on the families left out, after so many trainings.

    Args:
        own: the base knowledge.
        n_known: families that are known whole from the beginning.
        seed: of the order of families and of users.
    """
    known, users, left_out = _parts(own, n_known, seed)
    base = part_of(own.table, known) if len(known) else None
    records: list[TrainingRecord] = []
    for start in range(0, len(users) + 1, N_AT_A_TIME):
        table = _together(base, records)
        if start in STEPS:
            for row in left_out:
                yield Regret(
                    n_fed_back=start, row=int(row), points=own.regret(int(row), picks(own, int(row), table))
                )
        records += [training(own, int(row), table) for row in users[start : start + N_AT_A_TIME]]


def training(own: OwnKnowledge, row: int, table: Knowledge | None) -> TrainingRecord:
    """Return what a training on a data set leaves behind: cells of its picks, and of what is cheap beside them."""
    picked = picks(own, row, table)
    looks = {look for recipe in picked for look in recipe.looks}
    materials = materials_for(own.profiles[row])
    recipes = cell_recipes(own.profiles[row], materials, cast(FeatureTable, _AtHand(looks)), tried=picked)
    cells = (_cell(own, row, recipe) for recipe in recipes[:N_CELLS])
    return TrainingRecord(
        profile=own.profiles[row],
        cells=tuple(cell for cell in cells if math.isfinite(cell.score)),
        versions={},
    )


def picks(own: OwnKnowledge, row: int, table: Knowledge | None) -> tuple[Recipe, ...]:
    """Return what a training picks; the score intervals it foretells take most of the time and are not looked at."""
    with mock.patch.object(learned, "fit_scores", _unforetold):
        return raced(own, row, opened(own, row, table))


class _Unforetold:
    """Foretells every score between 0 and 1."""

    def __init__(self, n_recipes: int) -> None:
        self._n_recipes = n_recipes

    def intervals(self, profile: Floats) -> tuple[Interval, ...]:
        return (Interval(low=0.0, high=1.0),) * self._n_recipes


def _unforetold(scores: Floats, *arguments: object, **options: object) -> _Unforetold:
    return _Unforetold(scores.shape[1])


class _AtHand:
    """Says which features are there: all that is asked of a table of features when cells are chosen."""

    def __init__(self, looks: set[Look]) -> None:
        self._looks = looks

    def missing(self, recipe: Recipe) -> tuple[Look, ...]:
        return tuple(look for look in recipe.looks if look not in self._looks)


def _parts(own: OwnKnowledge, n_known: int, seed: int) -> tuple[Rows, Rows, Rows]:
    """Return the rows known whole, those of users in the order they come, and those left out."""
    random = np.random.default_rng(seed)
    families = own.family_numbers
    order = random.permutation(families.max() + 1)
    n_left_out = round(LEFT_OUT_SHARE * len(order))
    left_out, known = order[:n_left_out], order[n_left_out : n_left_out + n_known]
    users = np.flatnonzero(~np.isin(families, order[: n_left_out + n_known]))
    return (
        np.flatnonzero(np.isin(families, known)),
        random.permutation(users),
        np.flatnonzero(np.isin(families, left_out)),
    )


def _together(base: Knowledge | None, records: list[TrainingRecord]) -> Knowledge | None:
    if not records:
        return base
    learnt = table_of(records, n_trusted=0 if base is None else len(base.datasets))
    return learnt if base is None else joined(base, learnt)


def _cell(own: OwnKnowledge, row: int, recipe: Recipe) -> Cell:
    score = own.score(row, recipe)
    return Cell(
        recipe=recipe.name,
        score=score,
        balanced_accuracy=score,
        seconds=own.seconds(row, recipe),
        split="validation",
        n_train=own.profiles[row].n_train,
    )
