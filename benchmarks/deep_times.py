"""How quickly networks learn from photos and look at them: what ``recipes/trainings.py`` predicts with.

    python benchmarks/deep_times.py
    python benchmarks/deep_times.py --sizes 64 --n-photos 64

Each training of the package runs as a deep recipe runs it, with loader and augmentation, on noise: one process, one
thread, times of the processor. Features are worked out one photo at a time, as when the model is used. Writes
``results/deep_times.json``, one row for each (training, size).
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
import time
from pathlib import Path

import numpy as np

import results
from apprenti.blocks.embedded import load_embedded
from apprenti.blocks.pixel_rows import PixelRows
from apprenti.domain.dataset import TaskType
from apprenti.domain.network_training import TrainedName
from apprenti.recipes import POLICIES, TRAININGS, learning_seconds
from apprenti.recipes.trainings import PHOTO_SECONDS, PHOTOS_PER_SECOND
from apprenti.stages.train import NetworkJob, train_network
from apprenti.stages.train.shown_features import features_of
from training_speed import noise

N_LABELS = 10
EPOCHS = 2
N_SHOWN = 40


def main() -> None:
    """Measure every training and size that the time model knows, or those the command line names."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--work", type=Path, default=results.ROOT / "build" / "benchmarks")
    parser.add_argument("--sizes", type=int, nargs="+", help="side in pixels; all without it")
    parser.add_argument("--n-photos", type=int, default=320)
    options = parser.parse_args()
    for kind, size_px in PHOTOS_PER_SECOND:
        if options.sizes is None or size_px in options.sizes:
            row = pace_of(TrainedName(kind=kind, size_px=size_px, epochs=EPOCHS), options)
            results.keep("deep_times", [row], key=("training", "size_px"))
            print(json.dumps(row), flush=True)


def pace_of(trained: TrainedName, options: argparse.Namespace) -> results.Row:
    """Return the pace of one training beside what is predicted."""
    pixels = noise(options.work, n=options.n_photos, size_px=trained.size_px)
    rows = np.arange(options.n_photos)
    settings = TRAININGS[trained.kind]
    with tempfile.TemporaryDirectory() as folder:
        network = train_network(
            NetworkJob(
                trained=trained,
                settings=settings,
                policy=POLICIES["photo"],
                symmetries=("mirror",),
                start=load_embedded(trained.size_px).graph if settings.start == "packaged" else b"",
                pixels=pixels,
                targets=rows % N_LABELS,
                n_outputs=N_LABELS,
                task_type=TaskType.MULTI_CLASS,
                fitted=rows,
                held_out=rows[:0],
                shown=rows[:1],
                folder=Path(folder),
                stem="network",
                seed=0,
                deadline=math.inf,
                clock=time.process_time,
                checkpoints=None,
                data_key="noise",
            )
        )
        shown = features_of(network.graph.read_bytes(), PixelRows.open(pixels), rows[: N_SHOWN + 1])
        next(shown)  # which opens the session
        begun = time.process_time()
        n_shown = sum(1 for _ in shown)
        shown_ms = 1000 * (time.process_time() - begun) / n_shown
    return {
        "training": trained.kind,
        "size_px": trained.size_px,
        "photos_per_cpu_second": round(network.photos_per_second, 1),
        "predicted_photos_per_second": round(1 / learning_seconds(trained), 1),
        "ms_of_features": round(shown_ms, 2),
        "predicted_ms_of_features": round(1000 * PHOTO_SECONDS, 2),
    }


if __name__ == "__main__":
    main()
