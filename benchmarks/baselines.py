"""What the main job has to beat, on the very photos and splits it uses.

    python benchmarks/baselines.py                                        the packaged network
    python benchmarks/baselines.py --backbones MobileNetV2 --sets clothing

For every set: always answering the most frequent class; HOG of the grey 64 x 64 image (scikit-image, nothing
of ours) and logistic regression; and every recipe of the catalogue alone, from which ``tables.py`` takes the
one with the best mean validation score over all sets: the best single head, always. Recipes are compared on
validation rows only; test rows are answered after a refit on train + validation. Writes
``results/baselines.json``.
"""

from __future__ import annotations

import argparse
import math
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

import results
from apprenti.blocks.pipeline import fit_pipeline
from apprenti.domain.dataset import Dataset, Example
from apprenti.domain.recipe import Recipe
from apprenti.domain.sentence import Sentence
from apprenti.flow.features import FeatureTable, lay_out_features
from apprenti.flow.materials import Materials, gather_materials
from apprenti.flow.tools import Tools
from apprenti.recipes import PRIOR, templates_for
from apprenti.settings import open_tools, read_settings
from apprenti.stages.ingest import read_dataset
from apprenti.stages.train import Folds, assign_folds
from apprenti.stages.train.candidate import held_out_logits
from apprenti.stages.train.feature_rows import FeatureRows
from image_sets import BACKBONES, SETS, add_arguments, backbone_files, lay_out
from main_job import KEY, split

HOG_SIDE_PX = 64


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_arguments(parser)
    parser.add_argument("--sets", nargs="+", choices=SETS, default=SETS)
    parser.add_argument("--backbones", nargs="+", choices=tuple(BACKBONES), default=["embedded"])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--cells", action="store_true", help="also the recipes of the cells, not the picks only"
    )
    options = parser.parse_args()
    for name in options.sets:
        for backbones in options.backbones:
            files = backbone_files(backbones, options)
            figures = measure(lay_out(name, options), files, seed=options.seed, cells=options.cells)
            row = {"set": name, "backbones": backbones, "split": split(name, options), "seed": options.seed}
            results.keep("baselines", [{**row, **figures}], key=KEY)
            print(f"{name:22} {backbones:20} majority {figures['majority']:.4f}  HOG {figures['hog']:.4f}")


def measure(source: Path, backbones: Sequence[Path], *, seed: int, cells: bool) -> results.Row:
    """Return the test accuracy of every baseline on one set."""
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings({"APPRENTI_CACHE": f"{folder}/cache", "APPRENTI_DATA": f"{folder}/data"})
        with open_tools(settings, Silence()) as tools:
            return figures_of(source, backbones, seed=seed, cells=cells, workspace=Path(folder), tools=tools)


def figures_of(
    source: Path, backbones: Sequence[Path], *, seed: int, cells: bool, workspace: Path, tools: Tools
) -> results.Row:
    """Return the test accuracy of every baseline, with the tools of a flow."""
    dataset = read_dataset(source, engine=tools.engine, progress=tools.progress, workspace=workspace)
    materials = gather_materials(dataset, backbones, deadline=math.inf, seed=seed, tools=tools)
    recipes = tuple(catalogue(materials, cells=cells))
    looks = tuple(dict.fromkeys(look for recipe in recipes for look in recipe.looks))
    table = lay_out_features(dataset, materials, looks, folder=workspace, deadline=math.inf, tools=tools)
    fitted = table.labels(table.fitted, dataset.labels)
    test = table.labels(table.test, dataset.labels)
    return {
        "n_test": len(test),
        "majority": float((test == Counter(fitted.tolist()).most_common(1)[0][0]).mean()),
        "hog": hog_logistic(table.fitted, fitted, table.test, test),
        "recipes": {
            recipe.name: {"validation": validation, "test": accuracy}
            for recipe, validation, accuracy in each_alone(dataset, recipes, table, seed=seed)
        },
    }


def each_alone(
    dataset: Dataset, recipes: Sequence[Recipe], table: FeatureTable, *, seed: int
) -> Iterator[tuple[Recipe, float, float]]:
    """Yield each recipe of the catalogue with its validation and its test accuracy."""
    labels = table.labels(table.fitted, dataset.labels)
    test_labels = table.labels(table.test, dataset.labels)
    folds, n_labels = assign_folds(table.fitted), len(dataset.labels)
    for recipe in recipes:
        features = FeatureRows.open(table.files(recipe))
        test = FeatureRows.open([table.test_files[look] for look in recipe.looks])
        everything, test_features = features.take(np.arange(features.n)), test.take(np.arange(test.n))
        validation = validation_accuracy(recipe, features, labels, folds, n_labels=n_labels, seed=seed)
        pipeline = fit_pipeline(recipe, everything, labels, n_labels=n_labels, seed=seed)
        yield recipe, validation, float((pipeline.logits(test_features).argmax(axis=1) == test_labels).mean())


def catalogue(materials: Materials, *, cells: bool) -> Iterator[Recipe]:
    """Yield the fixed order on the backbones at hand, and where wanted all else that their features allow."""
    stock = materials.stock
    recipes = [template.on(stock) for template in PRIOR["nets" if stock.networks else "classic"]]
    if cells:
        at_hand = {*stock.networks, *stock.classic}
        all_of_them = (template.on(stock) for template in templates_for(stock))
        recipes += [r for r in all_of_them if r.canvas == stock.canvas and set(r.backbones) <= at_hand]
    yield from {recipe.name: recipe for recipe in recipes}.values()


def validation_accuracy(
    recipe: Recipe,
    features: FeatureRows,
    labels: NDArray[np.int64],
    folds: Folds,
    *,
    n_labels: int,
    seed: int,
) -> float:
    """Return the share of held-out rows that a recipe gets right."""
    logits = held_out_logits(recipe, features, labels, folds, n_labels=n_labels, seed=seed)
    rows = np.flatnonzero(~np.isnan(logits).any(axis=1))
    return float((logits[rows].argmax(axis=1) == labels[rows]).mean())


def hog_logistic(
    fitted: Sequence[Example],
    labels: NDArray[np.int64],
    test: Sequence[Example],
    test_labels: NDArray[np.int64],
) -> float:
    """Return the test accuracy of HOG and logistic regression, as a textbook would have it."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=1000))
    model.fit(hog_rows(fitted), labels)
    return float(model.score(hog_rows(test), test_labels))


def hog_rows(examples: Sequence[Example]) -> NDArray[np.float32]:
    """Return one histogram of oriented gradients for each photo, [n, 1764] float32."""
    from skimage.feature import hog

    rows = []
    for example in examples:
        with Image.open(example.path) as image:
            grey = ImageOps.exif_transpose(image).convert("L").resize((HOG_SIDE_PX, HOG_SIDE_PX))
        rows.append(hog(np.asarray(grey), orientations=9, pixels_per_cell=(8, 8), cells_per_block=(2, 2)))
    return np.asarray(rows, dtype=np.float32)


class Silence:
    """Progress that tells nobody."""

    def begin(self, step: str, total: int | None = None) -> None:
        """Say nothing."""

    def advance(self, n: int = 1) -> None:
        """Say nothing."""

    def note(self, news: Sentence, *, seconds_left: float | None = None) -> None:
        """Say nothing."""

    def end(self) -> None:
        """Say nothing."""


if __name__ == "__main__":
    main()
