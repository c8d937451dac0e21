"""The ten algorithms, each fitted to the same rows; and three drawn sets of data to compare them on."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.pipeline import fit_pipeline
from apprenti.domain.recipe import Canvas, Recipe
from apprenti.lessons.n11_algorithms.lvq import fit_lvq

Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]

HEADS: Mapping[str, tuple[str, Mapping[str, str | int | float]]] = MappingProxyType({
    "linear": ("ridge.v1", {"alpha": 0.01}),
    "logistic": ("logistic.v1", {"C": 1.0}),
    "lda": ("lda.v1", {}),
    "bayes": ("naive_bayes.v1", {"smoothing": 0.001}),
    "knn": ("knn.v1", {"k": 5, "metric": "euclid"}),
    "lvq": ("", {}),
    "svm": ("rbf_svm.v1", {}),
    "tree": ("tree.v1", {}),
    "forest": ("forest.v1", {"n_trees": 25}),
    "boosting": ("boosting.v1", {"n_rounds": 20, "max_leaves": 4}),
})  # fmt: skip
"""The ten: heads of this program with their settings; LVQ, which it has not, is this lesson's own."""
TEN = tuple(HEADS)

SETS = ("clouds", "moons", "stripes")
SIZES = (5, 20, 80)
"""Rows of each class that are learnt from."""
NOISES = (0.0, 0.15, 0.3)
"""Share of the learnt rows whose label is swapped for another; the rows that judge stay right."""
N_IDLE = 9
"""Columns of the stripes that say nothing."""


def ten_answers(
    features: Floats, labels: Numbers, asked: Floats, *, n_labels: int, seed: int
) -> dict[str, Numbers]:
    """Return what each of the ten, fitted to ``features`` [n, d], answers for ``asked`` [m, d]: [m] int64."""
    return {name: answers_of(name, features, labels, asked, n_labels=n_labels, seed=seed) for name in TEN}


def answers_of(
    name: str, features: Floats, labels: Numbers, asked: Floats, *, n_labels: int, seed: int
) -> Numbers:
    """Return the answers of one of the ten; columns are brought to one scale first, the same for all."""
    middle, spread = features.mean(axis=0), features.std(axis=0)
    scale = np.where(spread > 1e-6, spread, 1)
    known, new = (((one - middle) / scale).astype(np.float32) for one in (features, asked))
    if name == "lvq":
        return fit_lvq(known, labels, seed=seed).answers(new)
    head, settings = HEADS[name]
    recipe = Recipe(
        backbones=("columns",), canvas=Canvas(size_px=16), transform="none.v1", head=head,
        parameters=settings,
    )  # fmt: skip
    fitted = fit_pipeline(recipe, known, labels, n_labels=n_labels, seed=seed)
    return np.asarray(fitted.logits(new).argmax(axis=1), np.int64)


def drawn_set(name: str, n_each: int, *, seed: int) -> tuple[Floats, Numbers]:
    """Return ``n_each`` points of each of two classes, the classes in turn.

    Args:
        name: ``clouds``, two round clouds that overlap; ``moons``, two bent bands around each other; ``stripes``,
            where only the first column counts and nine more say nothing.
        n_each: points of a class.
        seed: of the draw.
    """
    rng = np.random.default_rng(seed)
    labels = np.tile(np.array([0, 1], np.int64), n_each)
    n = len(labels)
    if name == "clouds":
        points = rng.normal(0, 1, (n, 2)) + np.where(labels == 1, 1.0, -1.0)[:, np.newaxis] * 0.9
    elif name == "moons":
        turn = rng.uniform(0, np.pi, n)
        points = np.where(
            (labels == 0)[:, np.newaxis],
            np.column_stack([np.cos(turn), np.sin(turn)]),
            np.column_stack([1 - np.cos(turn), 0.5 - np.sin(turn)]),
        ) + rng.normal(0, 0.15, (n, 2))
    else:
        within = rng.uniform(-0.5, 0.5, n)
        outside = np.where(rng.random(n) < 0.5, -1, 1) * rng.uniform(0.5, 1.5, n)
        first = np.where(labels == 1, within, outside)
        points = np.column_stack([first, rng.uniform(-1.5, 1.5, (n, N_IDLE))])
    return points.astype(np.float32), labels


def swapped(labels: Numbers, share: float, *, n_labels: int, seed: int) -> Numbers:
    """Return labels of which ``share`` have been swapped for another class."""
    rng = np.random.default_rng(seed)
    n = round(share * len(labels))
    rows = rng.permutation(len(labels))[:n]
    noisy = labels.copy()
    noisy[rows] = (noisy[rows] + rng.integers(1, max(2, n_labels), n)) % n_labels
    return noisy
