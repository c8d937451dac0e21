"""Symmetries found in a process of their own, from decoded photos in a file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.pixel_rows import PixelRows
from apprenti.blocks.sampling import sample_by_label
from apprenti.domain.symmetry import SymmetryFinding
from apprenti.stages.train.symmetries import MAX_PHOTOS, find_symmetries

SIDE_PX = 64
"""What the network that looks at the photos is asked at; the limits were set there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SymmetryJob:
    """What is needed to find them.

    Args:
        pixels: file of decoded photos, uint8 [n, S, S, 3], S a multiple of 8.
        labels: [m] int64 of the first m ≤ n of them: those to learn from.
        groups: [m] int64; near duplicates share a number.
        n_labels: number of classes.
        seed: which photos are used.
    """

    pixels: Path
    labels: NDArray[np.int64]
    groups: NDArray[np.int64]
    n_labels: int
    seed: int


def find_symmetries_of(job: SymmetryJob) -> SymmetryFinding:
    """Return which changes leave labels what they are; only the photos that are used are read."""
    from apprenti.blocks.embedded import load_embedded
    from apprenti.blocks.session import open_session

    pixels = PixelRows.open(job.pixels)
    session = open_session(load_embedded(SIDE_PX).graph_for(pixels.size_px))

    def embed(photos: NDArray[np.uint8]) -> NDArray[np.float32]:
        return np.concatenate(
            [session.run(["features"], {"pixels": photo[np.newaxis]})[0] for photo in photos]
        )

    rows = sample_by_label(job.labels, MAX_PHOTOS, seed=job.seed)
    return find_symmetries(
        pixels.take(rows),
        job.labels[rows],
        embed=embed,
        n_labels=job.n_labels,
        seed=job.seed,
        groups=job.groups[rows],
    )
