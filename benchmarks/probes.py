"""What a linear head makes of each backbone's features: the figures by which backbones are compared.

    python benchmarks/probes.py                                   every set, every column
    python benchmarks/probes.py --sets clothing --columns embedded classic
    python benchmarks/probes.py --validation --columns embedded@96 embedded@128     for choices, never the table

For every set: 5, 20 and 100 labelled photos of each class, drawn ten times from what may be learnt from, and all of
it; always the same draws and the same test photos for every column. The head is ridge regression on standardised
features, its penalty chosen by leaving one out. Rows with ``all`` have a Wilson interval of the one answer; the
others the mean over the draws with a bootstrap interval over draws and test photos. ``ms`` is the median CPU time of
one photo through the graph on one core, pixels decoded already. With ``--validation`` a third of the photos that
may be learnt from stands in for the test photos, nothing is kept, and the test photos are not looked at.

Writes ``results/probes.json``, one row for each (set, column, n).
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import results
from apprenti.blocks.backbone import Backbone
from apprenti.blocks.embedded import load_embedded
from apprenti.blocks.embedding import embed
from apprenti.blocks.metrics import wilson_interval
from apprenti.blocks.onnx_backbone import load_backbone
from apprenti.blocks.pipeline import fit_pipeline
from apprenti.blocks.session import open_session
from apprenti.domain.dataset import Dataset, Example, Split
from apprenti.domain.recipe import Canvas, Recipe
from apprenti.flow.materials import classic_canvas_for, decode_some, embedded_size_for
from apprenti.flow.tools import Tools
from apprenti.settings import open_tools, read_settings
from apprenti.stages.ingest import read_dataset
from baselines import Silence
from image_sets import BACKBONES, SETS, add_arguments, lay_out

PER_CLASS = (5, 20, 100)
N_DRAWS = 10
N_BOOTSTRAP = 1000
COLUMNS = ("classic", "embedded", "embedded+classic", "MobileNetV2", "EdgeTPU")
KEY = ("set", "column", "per_class")
VALIDATION_SHARE = 3


@dataclass(frozen=True)
class Rows:
    """Features and labels of what is learnt from and of what is tested on."""

    features: NDArray[np.float32]
    labels: NDArray[np.int64]
    test_features: NDArray[np.float32]
    test_labels: NDArray[np.int64]


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_arguments(parser)
    parser.add_argument(
        "--sets", nargs="+", choices=SETS, default=[name for name in SETS if name != "digits"]
    )
    parser.add_argument("--columns", nargs="+", default=list(COLUMNS), help="NAME, NAME@SIZE or NAME+NAME")
    parser.add_argument("--embedded", type=Path, help="another file of weights than the one in the package")
    parser.add_argument("--validation", action="store_true", help="choose without looking at test photos")
    parser.add_argument("--cache", type=Path, help="folder where features are kept between runs")
    options = parser.parse_args()
    cache = options.cache or options.work / "probe-features"
    for name in options.sets:
        with tempfile.TemporaryDirectory() as folder, _tools(folder) as tools:
            dataset = read_dataset(
                lay_out(name, options), engine=tools.engine, progress=tools.progress, workspace=Path(folder)
            )
            learnt, tested = _parts(dataset, validation=options.validation)
            for column in options.columns:
                features, ms = _column(column, dataset, options, tools, cache / name)
                rows = _rows(features, learnt, tested, dataset.labels)
                for row in probe(rows, n_labels=len(dataset.labels)):
                    full = {"set": name, "column": column, **row, "ms": round(ms, 2)}
                    if not options.validation:
                        results.keep("probes", [full], key=KEY)
                    low, high = full["interval"]
                    print(
                        f"{name:22} {column:18} {row['per_class']:>4} {row['accuracy']:.3f} [{low:.3f}, {high:.3f}]",
                        flush=True,
                    )


def _tools(folder: str) -> AbstractContextManager[Tools]:
    settings = read_settings({"APPRENTI_CACHE": f"{folder}/cache", "APPRENTI_DATA": f"{folder}/data"})
    return open_tools(settings, Silence())


def probe(rows: Rows, *, n_labels: int) -> list[dict[str, object]]:
    """Return the scores of linear heads on few and on all photos."""
    found: list[dict[str, object]] = []
    smallest = int(np.bincount(rows.labels, minlength=n_labels).max())
    for per_class in PER_CLASS:
        if per_class >= smallest:
            continue
        right = np.stack(
            [_right(rows, draw(rows.labels, per_class, seed), n_labels) for seed in range(N_DRAWS)]
        )
        accuracy, interval = float(right.mean()), _bootstrap(right)
        found.append(
            {"per_class": per_class, "n_test": right.shape[1], "accuracy": accuracy, "interval": interval}
        )
    right = _right(rows, np.arange(len(rows.labels)), n_labels)
    wilson = wilson_interval(int(right.sum()), len(right))
    about = {"per_class": "all", "n_test": len(right), "accuracy": float(right.mean())}
    return [*found, {**about, "interval": [wilson.low, wilson.high]}]


def draw(labels: NDArray[np.int64], per_class: int, seed: int) -> NDArray[np.int64]:
    """Return the rows of a draw of so many photos of each class, or all where a class has fewer."""
    rng = np.random.default_rng([seed, per_class])
    return np.sort(
        np.concatenate(
            [rng.permutation(np.flatnonzero(labels == label))[:per_class] for label in np.unique(labels)]
        )
    )


def _right(rows: Rows, chosen: NDArray[np.int64], n_labels: int) -> NDArray[np.bool_]:
    """Return which test photos a head fitted on the chosen rows answers right."""
    recipe = Recipe(
        backbones=("probe",),
        canvas=Canvas(size_px=64),
        transform="standardise.v1",
        head="ridge.v1",
        parameters={"alpha": "auto"},
    )
    pipeline = fit_pipeline(recipe, rows.features[chosen], rows.labels[chosen], n_labels=n_labels, seed=0)
    return np.asarray(pipeline.logits(rows.test_features).argmax(axis=1) == rows.test_labels)


def _bootstrap(right: NDArray[np.bool_]) -> list[float]:
    """Return a 95 % interval of the mean of ``right`` [draws, photos], over both."""
    rng = np.random.default_rng(0)
    n_draws, n_photos = right.shape
    means = [
        right[np.ix_(rng.integers(n_draws, size=n_draws), rng.integers(n_photos, size=n_photos))].mean()
        for _ in range(N_BOOTSTRAP)
    ]
    return [float(value) for value in np.percentile(means, [2.5, 97.5])]


def _parts(dataset: Dataset, *, validation: bool) -> tuple[list[Example], list[Example]]:
    """Return what is learnt from and what is tested on."""
    learnt = [example for example in dataset.examples if example.split is not Split.TEST]
    if not validation:
        return learnt, list(dataset.in_split(Split.TEST))
    held_out = [example for example in learnt if int(example.content_hash[:8], 16) % VALIDATION_SHARE == 0]
    return [example for example in learnt if example not in set(held_out)], held_out


def _rows(
    features: Mapping[str, NDArray[np.float32]],
    learnt: Sequence[Example],
    tested: Sequence[Example],
    names: Sequence[str],
) -> Rows:
    index = {name: i for i, name in enumerate(names)}

    def part(examples: Sequence[Example]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        there = [example for example in examples if example.content_hash in features]
        labels = np.array([index[str(example.target)] for example in there], np.int64)
        return np.stack([features[example.content_hash] for example in there]), labels

    return Rows(*part(learnt), *part(tested))


def _column(
    column: str, dataset: Dataset, options: argparse.Namespace, tools: Tools, cache: Path
) -> tuple[dict[str, NDArray[np.float32]], float]:
    """Return a column's features by content hash, and the milliseconds of one photo."""
    joined: dict[str, NDArray[np.float32]] = {}
    total_ms = 0.0
    for name in column.split("+"):
        backbone, canvas = _backbone(name, dataset, options, tools)
        features, ms = _features(backbone, canvas, dataset, tools, cache)
        total_ms += ms
        for key, row in features.items():
            joined[key] = np.concatenate([joined[key], row]) if key in joined else row
    return joined, total_ms


def _backbone(
    column: str, dataset: Dataset, options: argparse.Namespace, tools: Tools
) -> tuple[Backbone, Canvas]:
    """Return a backbone and the canvas it is given: its own size, the data's, or the one after the ``@``."""
    name, _, size = column.partition("@")
    if name == "classic":
        from apprenti.blocks.classic import learn_classic

        canvas = classic_canvas_for(dataset)
        return learn_classic(decode_some(dataset, canvas, deadline=float("inf"), tools=tools), seed=0), canvas
    if name == "embedded":
        size_px = int(size) if size else embedded_size_for(dataset)
        return load_embedded(size_px, file=options.embedded), Canvas(size_px=size_px)
    files = {"MobileNetV2": BACKBONES["MobileNetV2"][0], "EdgeTPU": BACKBONES["MobileNetV2+EdgeTPU"][1]}
    backbone = load_backbone(options.weights_root / files[name])
    return backbone, Canvas(size_px=backbone.size_px, fit=backbone.fit)


def _features(
    backbone: Backbone, canvas: Canvas, dataset: Dataset, tools: Tools, cache: Path
) -> tuple[dict[str, NDArray[np.float32]], float]:
    """Return features by content hash, from the cache where they are there, and the milliseconds of one photo."""
    path = cache / f"{backbone.sha256[:16]}-{canvas.name}.npz"
    if not path.exists():
        embedded = embed(
            dataset.examples,
            backbone,
            canvas,
            engine=tools.engine,
            shelf=tools.shelf,
            progress=tools.progress,
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        ms = _milliseconds(backbone, canvas)
        np.savez(path, features=embedded.features, hashes=np.array(embedded.hashes), ms=ms)
    kept = np.load(path)
    return dict(zip(kept["hashes"].tolist(), kept["features"], strict=True)), float(kept["ms"])


def _milliseconds(backbone: Backbone, canvas: Canvas) -> float:
    """Return the median CPU milliseconds of one photo on one core."""
    session = open_session(backbone.graph_for(canvas.size_px))
    pixels = np.random.default_rng(0).integers(0, 256, (1, canvas.size_px, canvas.size_px, 3), np.uint8)
    taken = []
    for _ in range(30):
        begun = time.process_time()
        session.run(["features"], {"pixels": pixels})
        taken.append(time.process_time() - begun)
    return 1e3 * float(np.median(taken))


if __name__ == "__main__":
    main()
