"""Whole trainings of a very small network, and one that waits to be killed in the middle."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from tests.stages.train.small_networks import GENTLE, N_FITTED, N_PHOTOS, SIDE_PX, pictures

from apprenti.blocks.pixel_rows import write_pixels
from apprenti.domain.dataset import TaskType
from apprenti.domain.network_training import NetworkTraining, TrainedName
from apprenti.stages.train.network_job import NetworkJob, train_network

SMALL = {"SCRATCH_WIDTHS": (4, 6, 8), "SCRATCH_DEPTHS": (1, 1, 1), "SCRATCH_HEAD_WIDTH": 12}
N_FEATURES = 12 + 8 + 6
SETTINGS = NetworkTraining(start="scratch", rate=0.05, batch=8, ema=0.5)
LOOKS = 30
"""At the clock, before the killed training waits: some steps after it began, many before its end."""


def a_job(folder: Path, **changes: Any) -> NetworkJob:
    """Return a training on dark and light pictures, the last 4 of them without a target."""
    folder.mkdir(parents=True, exist_ok=True)
    photos, labels = pictures()
    write_pixels(folder / "pixels.npy", [photos], n=N_PHOTOS, size_px=SIDE_PX)
    values: dict[str, Any] = {
        "trained": TrainedName(kind="scratch.v1", size_px=SIDE_PX, epochs=10),
        "settings": SETTINGS,
        "policy": GENTLE,
        "symmetries": ("mirror",),
        "start": b"",
        "pixels": folder / "pixels.npy",
        "targets": labels[:-4],
        "n_outputs": 2,
        "task_type": TaskType.MULTI_CLASS,
        "fitted": np.arange(N_FITTED),
        "held_out": np.arange(N_FITTED, N_PHOTOS - 4),
        "shown": np.arange(N_PHOTOS),
        "folder": folder,
        "stem": "network",
        "seed": 0,
        "deadline": float("inf"),
        "clock": time.monotonic,
        "checkpoints": folder.parent / "unfinished",
        "data_key": "dark and light",
        "checkpoint_seconds": 0.0,
    }
    return NetworkJob(**(values | changes))


class Waits:
    """A clock that stops the work for good after so many looks, and leaves a file to say so."""

    def __init__(self, n_looks: int, *, says: Path) -> None:
        self.n_left, self.says = n_looks, says

    def __call__(self) -> float:
        self.n_left -= 1
        if not self.n_left:
            self.says.touch()
            time.sleep(600)
        return time.monotonic()


def without_half_precision(*arguments: object, **more: object) -> bool:
    """Return what a measurement might say, the same every time."""
    return False


if __name__ == "__main__":
    from apprenti.blocks import network_start
    from apprenti.stages.train import precision

    for name, value in SMALL.items():
        setattr(network_start, name, value)
    precision.half_precision_pays = without_half_precision
    folder = Path(sys.argv[1])
    train_network(a_job(folder, clock=Waits(LOOKS, says=folder / "waits")))
