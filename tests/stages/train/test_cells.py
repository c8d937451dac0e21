from __future__ import annotations

import itertools
import math
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from apprenti.blocks.pipeline import fit_pipeline
from apprenti.domain.recipe import Canvas, Look, Recipe
from apprenti.stages.train import CellsJob, measure_cells, shared_part

CANVAS = Canvas(size_px=64)
N, N_LABELS = 120, 3


def recipe(transform: str, head: str, *backbones: str, **parameters: float) -> Recipe:
    return Recipe(
        backbones=backbones or ("one",), canvas=CANVAS, transform=transform, head=head, parameters=parameters
    )


def rows(seed: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    labels = np.arange(N) % N_LABELS
    noise = np.random.default_rng(seed).normal(size=(N, 8))
    return (noise + 1.2 * np.eye(8)[labels]).astype(np.float32), labels


def job_of(folder: Path, *recipes: Recipe, deadline: float = math.inf) -> CellsJob:
    files = {}
    for seed, name in enumerate(("one", "two")):
        files[Look(backbone=name, canvas=CANVAS)] = folder / f"{name}.npy"
        np.save(folder / f"{name}.npy", rows(seed)[0])
    ticks = itertools.count()
    return CellsJob(
        recipes=recipes,
        files=files,
        labels=rows(0)[1],
        held_out=np.arange(N) % 5 < 2,
        n_labels=N_LABELS,
        seed=0,
        deadline=deadline,
        clock=lambda: float(next(ticks)),
    )


RECIPES = (
    recipe("power_pca.v1", "knn.v1", n_components=4, k=3),
    recipe("power_pca.v1", "ridge.v1", n_components=4, alpha=1.0),
    recipe("power_pca.v1", "ridge.v1", n_components=2, alpha=1.0),
    recipe("standardise.v1", "lda.v1", "one", "two"),
    recipe("standardise.v1", "lda.v1"),
)


def test_a_cell_is_what_fitting_the_recipe_alone_gives(tmp_path: Path) -> None:
    job = job_of(tmp_path, *RECIPES)
    cells = measure_cells(job)
    assert [cell.recipe for cell in cells] == [recipe.name for recipe in RECIPES]
    for one, cell in zip(RECIPES, cells, strict=True):
        features = np.concatenate([np.load(job.files[look]) for look in one.looks], axis=1)
        known, asked = features[~job.held_out], features[job.held_out]
        pipeline = fit_pipeline(one, known, job.labels[~job.held_out], n_labels=N_LABELS, seed=0)
        right = pipeline.logits(asked).argmax(axis=1) == job.labels[job.held_out]
        assert cell.score == pytest.approx(right.mean())
        assert cell.n_train == (~job.held_out).sum()
        assert cell.seconds > 0
    assert len({cell.score for cell in cells}) > 2


def test_recipes_share_transformed_features_only_where_they_are_the_same() -> None:
    knn, ridge, narrower, both, one = map(shared_part, RECIPES)
    assert knn == ridge
    assert len({ridge, narrower, both, one}) == 4


def test_shared_work_is_counted_for_each_recipe(tmp_path: Path) -> None:
    first, second = measure_cells(job_of(tmp_path, *RECIPES[:2]))
    assert first.seconds == second.seconds == 2  # a tick for the transform, a tick for the head


def test_a_recipe_that_cannot_be_fitted_costs_only_its_own_cell(tmp_path: Path) -> None:
    broken = recipe("power_pca.v1", "ridge.v1", n_components=4, alpha=-1.0)
    unknown = recipe("power_pca.v1", "ridge.v1", "missing", n_components=4)
    cells = measure_cells(job_of(tmp_path, RECIPES[0], broken, unknown, RECIPES[1]))
    assert [cell.recipe for cell in cells] == [RECIPES[0].name, RECIPES[1].name]


def test_nothing_is_begun_after_the_deadline(tmp_path: Path) -> None:
    assert measure_cells(job_of(tmp_path, *RECIPES, deadline=0.0)) == ()
    assert len(measure_cells(job_of(tmp_path, *RECIPES, deadline=5.0))) == 1
