"""Features that time ran out for: what must be there is there, the rest is known to be missing, and is left out."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from apprenti.blocks.embedded import load_embedded
from apprenti.blocks.pixel_rows import write_pixels
from apprenti.domain.recipe import Canvas, Recipe
from apprenti.stages.train import CandidateJob, Folds, first_turn, train_candidate
from apprenti.stages.train.feature_rows import FeatureRows
from apprenti.stages.train.history import History
from apprenti.stages.train.shown_features import features_of, write_features

N = 12
ORDER = np.random.default_rng(0).permutation(N)


def written(folder: Path, *, ends: float, n_needed: int = 5) -> np.ndarray:
    noise = np.random.default_rng(0).integers(0, 256, (N, 32, 32, 3), dtype=np.uint8)
    pixels = write_pixels(folder / "pixels.npy", [noise], n=N, size_px=32)
    looks: Iterator[float] = iter(range(1000))
    path, n_features = write_features(
        load_embedded(64).graph,
        pixels,
        ORDER,
        out=folder / "features.npy",
        n_needed=n_needed,
        ends=ends,
        clock=lambda: float(next(looks)),
        history=History(path=folder / "a.history"),
    )
    features = np.load(path)
    assert features.shape == (N, n_features)
    each = np.concatenate(list(features_of(load_embedded(64).graph, pixels, np.arange(N))))
    there = ~np.isnan(features).any(axis=1)
    assert np.array_equal(features[there], each[there])  # every row in its place
    assert FeatureRows.open([path]).known(np.arange(N)).tolist() == np.flatnonzero(there).tolist()
    return there


def test_all_features_are_there_where_there_is_time(tmp_path: Path) -> None:
    assert written(tmp_path, ends=1e9).all()


def test_what_is_needed_is_worked_out_however_late_it_is(tmp_path: Path) -> None:
    assert np.flatnonzero(written(tmp_path, ends=-1.0)).tolist() == sorted(ORDER[:5])


def test_beyond_that_as_many_as_there_is_time_for(tmp_path: Path) -> None:
    assert np.flatnonzero(written(tmp_path, ends=3.5)).tolist() == sorted(ORDER[:8])


@pytest.mark.parametrize("head", ["own.v1", "ridge.v1"])
def test_a_recipe_on_a_network_is_fitted_and_judged_on_the_rows_that_are_there(
    tmp_path: Path, head: str
) -> None:
    labels = np.arange(60) % 2
    features = np.column_stack([labels, np.ones(60), 1 - labels, labels]).astype(np.float32)
    features[[3, 14, 30, 31, 50]] = np.nan  # two of the first fold
    np.save(tmp_path / "features.npy", features)
    folds = Folds(fold=np.repeat(np.arange(3), 20).astype(np.int8), n_folds=3, scheme="3-fold")
    recipe = Recipe(
        backbones=("scratch.v1-32-e2",), canvas=Canvas(size_px=32), transform="none.v1", head=head
    )
    job = CandidateJob(
        recipe=recipe,
        features=(tmp_path / "features.npy",),
        labels=labels,
        folds=first_turn(folds),
        n_labels=2,
        seed=0,
        logits_out=tmp_path / "logits.npy",
        clock=time.monotonic,
    )
    result = train_candidate(job)
    assert (result.score, result.n_validation) == (1.0, 18)
