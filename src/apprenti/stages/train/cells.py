"""Cells for the knowledge: many cheap (recipe, score, seconds) from features that are already there."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.metrics import accuracy, balanced_accuracy, confusion_matrix
from apprenti.blocks.pipeline import fit_head, fit_transform
from apprenti.blocks.threads import one_thread
from apprenti.domain.recipe import Cell, Look, Recipe
from apprenti.domain.seams import Clock
from apprenti.stages.train.feature_rows import FeatureRows

MAX_FITTED_ROWS = 1200
MAX_HELD_OUT_ROWS = 800
TRANSFORM_PARAMETERS = ("n_components", "whiten")
"""What transforms read of a recipe's parameters; all others are for heads."""

Features = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class CellsJob:
    """Recipes to be tried quickly, on features that are already there.

    Args:
        recipes: what to try, in this order; those of equal ``shared_part`` side by side share the work for it.
        files: one ``.npy`` file for each look of the recipes, [n, d] float32, rows in the same order.
        labels: [n] int64 class indices.
        held_out: [n] bool; rows to score on, the others are fitted on.
        n_labels: number of classes.
        seed: of everything random in the recipes.
        deadline: on ``clock``; no recipe is begun after it.
        clock: what the seconds are measured with.
    """

    recipes: tuple[Recipe, ...]
    files: Mapping[Look, Path]
    labels: NDArray[np.int64]
    held_out: NDArray[np.bool_]
    n_labels: int
    seed: int
    deadline: float
    clock: Clock


def shared_part(recipe: Recipe) -> str:
    """Return what a recipe has in common with those whose transformed features are the same."""
    settings = [f"{name}={recipe.parameters.get(name)}" for name in TRANSFORM_PARAMETERS]
    return " ".join([*(look.name for look in recipe.looks), recipe.transform, *settings])


def measure_cells(job: CellsJob) -> tuple[Cell, ...]:
    """Return one cell for every recipe that could be fitted before the deadline.

    At most ``MAX_FITTED_ROWS`` rows are fitted on: a cell compares recipes, it does not make a model. Rows stand
    in the order of content hashes, so taking the first ones is taking random ones.
    """
    bench = _Bench(job)
    cells = []
    for recipe in job.recipes:
        if job.clock() >= job.deadline:
            break
        with suppress(
            Exception
        ):  # whatever these features do to one recipe, the others still teach something
            cells.append(bench.measure(recipe))
    return tuple(cells)


class _Bench:
    """The rows recipes are compared on; keeps the last transformed ones, for the recipe that shares them."""

    def __init__(self, job: CellsJob) -> None:
        self._job = job
        fitted = np.flatnonzero(~job.held_out)[:MAX_FITTED_ROWS]
        held_out = np.flatnonzero(job.held_out)[:MAX_HELD_OUT_ROWS]
        self._rows = np.concatenate([fitted, held_out])
        self._labels, self._expected = job.labels[fitted], job.labels[held_out]
        self._looked_at: dict[Look, Features] = {}
        self._shared = ""
        self._transformed: Features = np.empty((0, 0), np.float32)
        self._transform_seconds = 0.0

    def measure(self, recipe: Recipe) -> Cell:
        """Fit one recipe and score it; its seconds are those of transform and head, whoever shared the first."""
        job, n_fitted = self._job, len(self._labels)
        self._transform(recipe)
        begun = job.clock()
        head = fit_head(
            recipe.head,
            self._transformed[:n_fitted],
            self._labels,
            n_labels=job.n_labels,
            parameters=recipe.parameters,
            seed=job.seed,
        )
        with one_thread():
            answers = head.logits(self._transformed[n_fitted:]).argmax(axis=1)
        return Cell(
            recipe=recipe.name,
            score=accuracy(self._expected, answers),
            balanced_accuracy=balanced_accuracy(confusion_matrix(self._expected, answers, job.n_labels)),
            seconds=self._transform_seconds + job.clock() - begun,
            split="validation",
            n_train=n_fitted,
        )

    def _transform(self, recipe: Recipe) -> None:
        """Have the transformed features of ``recipe`` at hand, fitted rows first."""
        if shared_part(recipe) == self._shared:
            return
        features = self._features(recipe)
        self._shared, begun = "", self._job.clock()
        known = features[: len(self._labels)]
        transform = fit_transform(recipe.transform, known, parameters=recipe.parameters, seed=self._job.seed)
        with one_thread():
            self._transformed = transform.apply(features)
        self._shared, self._transform_seconds = shared_part(recipe), self._job.clock() - begun

    def _features(self, recipe: Recipe) -> Features:
        for look in recipe.looks:
            if look not in self._looked_at:
                self._looked_at[look] = FeatureRows.open([self._job.files[look]]).take(self._rows)
        parts = [self._looked_at[look] for look in recipe.looks]
        return np.concatenate(parts, axis=1) if len(parts) > 1 else parts[0]
