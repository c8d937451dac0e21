"""How long every transform and head takes to fit, beside what ``recipes/times.py`` predicts.

    python benchmarks/head_times.py

Writes ``results/head_times.json``. Blobs of noise stand in for features: the time of a fit hardly depends on them.
"""

from __future__ import annotations

import argparse
import itertools
import time
from collections.abc import Iterator

import numpy as np

import results
from apprenti.blocks.catalogue import resolve
from apprenti.blocks.pipeline import fit_head
from apprenti.blocks.threads import one_thread
from apprenti.recipes import SPACE
from apprenti.recipes.times import HEADS, TRANSFORMS

ROWS, FEATURES, LABELS = (300, 1000, 3000), (256, 1280, 2560), (2, 10, 60)
SETTINGS = {template.head: template.parameters for template in SPACE.values()}


def main() -> None:
    """Measure each block at every size, keeping each row as soon as it is there."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--blocks", nargs="*", default=[*TRANSFORMS, *HEADS])
    options = parser.parse_args()
    for block in options.blocks:
        rows = list(measured(block))
        results.keep("head_times", rows, key=("block", "n_rows", "n_features", "n_labels"))
        ratios = [row["predicted_seconds"] / max(row["seconds"], 0.02) for row in rows]
        quartiles = np.round(np.percentile(ratios, [0, 25, 50, 75, 100]), 2)
        print(f"{block:16} predicted / measured: {quartiles}")


def measured(block: str) -> Iterator[results.Row]:
    """Yield one row for each size: CPU seconds of one fit."""
    sizes = itertools.product(ROWS, FEATURES, LABELS if block in HEADS else LABELS[:1])
    slow = block in ("boosting.v1", "forest.v1", "tree.v1", "mlp.v1")  # only ever used after a projection
    for n_rows, n_features, n_labels in sizes:
        if slow and n_features > FEATURES[0]:
            continue
        features, labels = blobs(n_rows, n_features, n_labels)
        seconds = min(fit_seconds(block, features, labels, n_labels) for _ in range(2))
        model = HEADS[block] if block in HEADS else TRANSFORMS[block]
        predicted = model.seconds(n_rows=n_rows, n_features=n_features, n_labels=n_labels)
        yield {
            "block": block,
            "n_rows": n_rows,
            "n_features": n_features,
            "n_labels": n_labels,
            "seconds": round(seconds, 4),
            "predicted_seconds": round(predicted, 4),
        }


def fit_seconds(block: str, features: np.ndarray, labels: np.ndarray, n_labels: int) -> float:
    """Return the CPU seconds of one fit on one thread."""
    begun = time.process_time()
    if block in HEADS:
        fit_head(block, features, labels, n_labels=n_labels, parameters=SETTINGS.get(block, {}), seed=0)
    else:
        with one_thread():
            resolve(block)(features, parameters={"n_components": 256}, seed=0)
    return time.process_time() - begun


def blobs(n_rows: int, n_features: int, n_labels: int) -> tuple[np.ndarray, np.ndarray]:
    """Return standard features [n, d] whose classes overlap somewhat, and labels [n]."""
    random = np.random.default_rng(0)
    labels = np.arange(n_rows) % n_labels
    centres = random.normal(size=(n_labels, n_features)) * 0.25
    features = centres[labels] + random.normal(size=(n_rows, n_features))
    return features.astype(np.float32), labels.astype(np.int64)


if __name__ == "__main__":
    main()
