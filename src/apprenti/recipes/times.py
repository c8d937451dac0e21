"""How long a recipe should take, from the size of the data alone.

The figures are CPU seconds of one core, fitted to ``benchmarks/head_times.py`` and ``benchmarks/embedding_times.py``;
they promise an order of magnitude, and the selector asks for half as much again before it begins a recipe.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from apprenti.domain.backbone_name import CLASSIC, MIRRORED, PACKAGED
from apprenti.domain.recipe import Look, Recipe

MAX_FITTED_BYTES = 64 * 2**20
"""Features a candidate is fitted on (7,000 rows of 2,400): several candidates are in memory side by side."""
MAX_KERNEL_ROWS = 5000
"""Rows that heads with a kernel keep, see ``blocks.heads.kernel_ridge``."""
PROCESS_SECONDS = 1.5
"""Starting a process and loading scikit-learn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeModel:
    """Seconds of one fit: ``rate · rows^a · features^b · labels^c``, rows and features as the block sees them.

    Args:
        rate: seconds for one row of one feature and one label.
        rows: power of the number of rows.
        features: power of the number of features.
        labels: power of the number of labels.
    """

    rate: float
    rows: float
    features: float
    labels: float = 0.0

    def seconds(self, *, n_rows: int, n_features: int, n_labels: int) -> float:
        """Return the predicted seconds of one fit."""
        return float(self.rate * n_rows**self.rows * n_features**self.features * n_labels**self.labels)


HEADS: Mapping[str, TimeModel] = {
    "logistic.v1": TimeModel(
        rate=5e-5, rows=0.5, features=0.5, labels=0.6
    ),  # real data need more steps than blobs
    "ridge.v1": TimeModel(rate=1.4e-9, rows=1.2, features=1.4, labels=0.1),
    "linear_svm.v1": TimeModel(rate=2.4e-8, rows=0.8, features=1.1, labels=0.6),
    "rbf_svm.v1": TimeModel(rate=5e-8, rows=1.5, features=0.4, labels=0.6),
    "kernel_ridge.v1": TimeModel(rate=2.2e-8, rows=1.8, features=0.4),
    "lda.v1": TimeModel(rate=6.2e-9, rows=0.9, features=1.3, labels=0.1),
    "knn.v1": TimeModel(rate=6.3e-7, rows=0.7, features=0.7),
    "centroid.v1": TimeModel(rate=7.5e-7, rows=0.6, features=0.7),
    "naive_bayes.v1": TimeModel(rate=5.1e-8, rows=0.9, features=0.8, labels=0.1),
    "tree.v1": TimeModel(rate=2.5e-7, rows=1.1, features=1.0, labels=0.2),
    "forest.v1": TimeModel(rate=1.8e-6, rows=1.0, features=1.0, labels=0.4),
    "boosting.v1": TimeModel(rate=3e-6, rows=0.8, features=0.8, labels=1.0),
    "own.v1": TimeModel(rate=0.0, rows=1.0, features=1.0),  # learnt with its network
    "mlp.v1": TimeModel(rate=5.3e-5, rows=0.4, features=1.0, labels=0.1),
}

TRANSFORMS: Mapping[str, TimeModel] = {
    "none.v1": TimeModel(rate=0.0, rows=1.0, features=1.0),
    "l2.v1": TimeModel(rate=2e-9, rows=1.0, features=1.0),
    "standardise.v1": TimeModel(rate=1.3e-6, rows=0.4, features=0.8),
    "power.v1": TimeModel(rate=4.7e-8, rows=0.9, features=0.8),
    "pca.v1": TimeModel(rate=1.6e-7, rows=0.6, features=1.3),
    "power_pca.v1": TimeModel(rate=1.1e-8, rows=0.9, features=1.4),
}

EMBEDDING_MS: Mapping[str, float] = {
    f"{PACKAGED}-64": 1.9,
    f"{PACKAGED}-96": 3.5,
    f"{PACKAGED}-128": 5.9,
    f"{PACKAGED}-160": 8.6,
    CLASSIC: 4.1,
}
"""Milliseconds of one photo through each backbone, decoded already; a mirrored view takes twice as long."""
UNKNOWN_NETWORK_MS = 10.0
"""A network the user brought; public ones for phones take 5 to 15."""
SMALL_PICTURE_PX = 40
"""Pictures up to here are looked at in small squares, see ``flow.materials``."""
SMALL_CLASSIC_MS = 1.1
N_CORES = 2
"""Photos are embedded side by side. Always as if on two cores: a choice must not depend on the machine."""


def embedding_seconds(looks: Collection[Look], *, n_photos: int, width_px: float, height_px: float) -> float:
    """Return the seconds it should take to work out features that are not there yet.

    Args:
        looks: backbones and canvases; each photo is decoded once for each canvas.
        n_photos: how many photos.
        width_px: of a usual photo.
        height_px: of a usual photo.
    """
    small = max(width_px, height_px) <= SMALL_PICTURE_PX
    ms = sum(_embedding_ms(look.backbone, small=small) for look in looks)
    ms += decoding_ms(width_px, height_px) * len({look.canvas for look in looks})
    return n_photos * ms / 1000 / N_CORES


def decoding_ms(width_px: float, height_px: float) -> float:
    """Return the milliseconds to read and decode a photo: 0.3 for a small drawing, 4 for 1024 x 768, 26 for 12 MP."""
    return float(0.3 + 4.0 * (width_px * height_px / 1e6) ** 0.75)


def _embedding_ms(backbone: str, *, small: bool) -> float:
    if backbone == CLASSIC and small:
        return SMALL_CLASSIC_MS
    plain = backbone.removesuffix(MIRRORED)
    return EMBEDDING_MS.get(plain, UNKNOWN_NETWORK_MS) * (1 if plain == backbone else 2)


def predicted_seconds(recipe: Recipe, *, n_rows: int, n_features: int, n_labels: int, n_fits: int) -> float:
    """Return the seconds a recipe should take, its features being there already.

    Args:
        recipe: transform, head and parameters.
        n_rows: examples of train and validation.
        n_features: features of its backbones together.
        n_labels: number of classes.
        n_fits: turns of cross-validation.
    """
    n_rows = min(n_rows, max(1, MAX_FITTED_BYTES // (4 * n_features)))
    transform = TRANSFORMS[recipe.transform].seconds(n_rows=n_rows, n_features=n_features, n_labels=n_labels)
    seen = min(n_features, int(recipe.parameters.get("n_components", n_features)))
    n_kept = min(n_rows, MAX_KERNEL_ROWS) if recipe.head in ("kernel_ridge.v1", "rbf_svm.v1") else n_rows
    head = HEADS[recipe.head].seconds(n_rows=n_kept, n_features=seen, n_labels=n_labels)
    return PROCESS_SECONDS + n_fits * (transform + head)
