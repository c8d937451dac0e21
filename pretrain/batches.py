"""Batches: crops of the corpus photos, what the teachers saw in them, and their labels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from views import crops, labels_of, render

SHARES = {"tiny": 48, "fruits": 4, "sample": 12}
"""Photos of each source in a batch of 64."""
BATCH = sum(SHARES.values())
JITTER = 0.15
"""Largest change of brightness, contrast and saturation, as a share; more would teach it to overlook colour."""


class Corpus:
    """The photos, their crops and what the teachers saw in them, read from disk as they are needed."""

    def __init__(self, work: Path, seed: int) -> None:
        self.seed = seed
        self.photos = {name: np.load(work / f"{name}.npy", mmap_mode="r") for name in SHARES}
        self.labels = {name: labels_of(work, name)[0] for name in SHARES}
        self.views: dict[tuple[str, str], list[NDArray[np.float16]]] = {}
        names = sorted(
            path.name.removesuffix("-classifier.npz") for path in (work / "views").glob("*-classifier.npz")
        )
        self.teachers = names
        for name in SHARES:
            for teacher in names:
                files = [work / "views" / teacher / f"{name}-{view}.npy" for view in range(100)]
                self.views[teacher, name] = [np.load(file, mmap_mode="r") for file in files if file.exists()]
        self.boxes = {
            name: [crops(name, view, len(self.photos[name])) for view in range(self.n_views(name))]
            for name in SHARES
        }
        self._orders: dict[tuple[str, int], NDArray[np.int64]] = {}

    def n_views(self, name: str) -> int:
        """Return how many crops of each photo the teachers have answered for."""
        return min(len(self.views[teacher, name]) for teacher in self.teachers)

    def rows(self, name: str, start: int, count: int) -> NDArray[np.int64]:
        """Return the photos at places ``start`` to ``start + count`` of an endless shuffled reading of a source."""
        n = len(self.photos[name])
        found = []
        for place in range(start, start + count):
            epoch, at = divmod(place, n)
            if (name, epoch) not in self._orders:
                self._orders = {
                    key: order for key, order in self._orders.items() if key[0] != name or key[1] == epoch - 1
                }
                self._orders[name, epoch] = np.random.default_rng([self.seed, epoch, len(name)]).permutation(
                    n
                )
            found.append(int(self._orders[name, epoch][at]))
        return np.array(found)

    def batch(
        self, step: int, worker: int, workers: int, side_px: int
    ) -> tuple[Tensor, dict[str, Tensor], dict[str, Tensor]]:
        """Return pixels [64, 3, side, side], each teacher's features [64, d], and each source's labels."""
        draw = np.random.default_rng([self.seed, step, worker])
        pixels, labels = [], {}
        told: dict[str, list[NDArray[np.float16]]] = {teacher: [] for teacher in self.teachers}
        for name, share in SHARES.items():
            rows = self.rows(name, (step * workers + worker) * share, share)
            view = draw.integers(self.n_views(name), size=share)
            boxes = np.stack([self.boxes[name][v][row] for v, row in zip(view, rows, strict=True)])
            boxes[:, 4] *= draw.choice([-1, 1], share)
            photos = torch.from_numpy(self.photos[name][rows])
            pixels.append(render(photos, torch.from_numpy(boxes), side_px))
            labels[name] = torch.from_numpy(self.labels[name][rows])
            for teacher in self.teachers:
                told[teacher].extend(
                    self.views[teacher, name][v][row] for v, row in zip(view, rows, strict=True)
                )
        features = {
            teacher: torch.from_numpy(np.stack(rows).astype(np.float32)) for teacher, rows in told.items()
        }
        return jittered(torch.cat(pixels), draw), features, labels


def jittered(pixels: Tensor, draw: np.random.Generator) -> Tensor:
    """Return photos a little brighter or darker, flatter or steeper, greyer or gaudier."""
    n = len(pixels)
    light, contrast, colour = torch.from_numpy(
        draw.uniform(1 - JITTER, 1 + JITTER, (3, n, 1, 1, 1)).astype(np.float32)
    )
    grey = pixels.mean(dim=1, keepdim=True)
    middle = grey.mean(dim=(2, 3), keepdim=True)
    pixels = grey + (pixels - grey) * colour
    return ((pixels - middle) * contrast + middle * light).clamp(0, 255)
