"""Cells for the knowledge: many cheap (recipe, score, seconds) from features that are already there."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.metrics import accuracy, balanced_accuracy, confusion_matrix
from apprenti.blocks.pipeline import fit_pipeline
from apprenti.domain.recipe import Cell, Recipe
from apprenti.domain.seams import Clock
from apprenti.stages.train.feature_rows import FeatureRows

MAX_FITTED_ROWS = 1200
MAX_HELD_OUT_ROWS = 800


@dataclass(frozen=True, slots=True, kw_only=True)
class CellsJob:
    """Recipes to be tried quickly, on features that are already there.

    Args:
        recipes: what to try, in this order.
        features: one ``.npy`` file per backbone of the recipes, [n, d] float32.
        labels: [n] int64 class indices.
        held_out: [n] bool; rows to score on, the others are fitted on.
        n_labels: number of classes.
        seed: of everything random in the recipes.
        deadline: on ``clock``; no recipe is begun after it.
        clock: what the seconds are measured with.
    """

    recipes: tuple[Recipe, ...]
    features: tuple[Path, ...]
    labels: NDArray[np.int64]
    held_out: NDArray[np.bool_]
    n_labels: int
    seed: int
    deadline: float
    clock: Clock


def measure_cells(job: CellsJob) -> tuple[Cell, ...]:
    """Return one cell for every recipe that could be fitted before the deadline.

    At most ``MAX_FITTED_ROWS`` rows are fitted on: a cell compares recipes, it does not make a model. Rows stand
    in the order of content hashes, so taking the first ones is taking random ones.
    """
    fitted = np.flatnonzero(~job.held_out)[:MAX_FITTED_ROWS]
    held_out = np.flatnonzero(job.held_out)[:MAX_HELD_OUT_ROWS]
    rows = np.concatenate([fitted, held_out])
    features = FeatureRows.open(job.features).take(rows)
    small = replace(job, labels=job.labels[rows], held_out=np.arange(len(rows)) >= len(fitted))
    cells = []
    for recipe in job.recipes:
        if job.clock() >= job.deadline:
            break
        with suppress(
            Exception
        ):  # whatever these features do to one recipe, the others still teach something
            cells.append(_measure(recipe, features, small))
    return tuple(cells)


def _measure(recipe: Recipe, features: NDArray[np.float32], job: CellsJob) -> Cell:
    begun = job.clock()
    fitted, labels = ~job.held_out, job.labels[job.held_out]
    pipeline = fit_pipeline(
        recipe, features[fitted], job.labels[fitted], n_labels=job.n_labels, seed=job.seed
    )
    answers = pipeline.logits(features[job.held_out]).argmax(axis=1)
    return Cell(
        recipe=recipe.name,
        score=accuracy(labels, answers),
        balanced_accuracy=balanced_accuracy(confusion_matrix(labels, answers, job.n_labels)),
        seconds=job.clock() - begun,
        split="validation",
        n_train=int(fitted.sum()),
    )
