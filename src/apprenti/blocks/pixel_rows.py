"""Decoded photos in a file, read a batch at a time: memory does not grow with their number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class PixelRows:
    """Photos of one size in a ``.npy`` file.

    Read, not mapped: pages of a mapped file count as memory of whoever touched them.

    Args:
        path: the file, uint8 [n, S, S, 3].
        n: how many photos.
        size_px: S.
        start: where the first one begins, in bytes.
    """

    path: Path
    n: int
    size_px: int
    start: int

    @classmethod
    def open(cls, path: Path) -> PixelRows:
        """Return the photos in ``path``; only the header is read."""
        with path.open("rb") as file:
            np.lib.format.read_magic(file)
            shape, _, _ = np.lib.format.read_array_header_1_0(file)
            return cls(path=path, n=shape[0], size_px=shape[1], start=file.tell())

    def take(self, rows: Sequence[int] | NDArray[np.intp]) -> NDArray[np.uint8]:
        """Return some photos, uint8 [len(rows), S, S, 3]."""
        n_bytes = self.size_px * self.size_px * 3
        taken = np.empty((len(rows), self.size_px, self.size_px, 3), dtype=np.uint8)
        with self.path.open("rb", buffering=0) as file:
            for place, row in enumerate(rows):
                file.seek(self.start + int(row) * n_bytes)
                file.readinto(taken[place].data)
        return taken


def write_pixels(path: Path, parts: Iterable[NDArray[np.uint8]], *, n: int, size_px: int) -> PixelRows:
    """Write photos as they come, and return them.

    Args:
        path: the file; it has its name only once it is whole.
        parts: uint8 [m, S, S, 3] each, n photos in all.
        n: how many.
        size_px: S.

    Raises:
        ValueError: there were more or fewer.
    """
    unfinished = path.with_suffix(".part")
    written = 0
    with unfinished.open("wb") as file:
        header = {"descr": "|u1", "fortran_order": False, "shape": (n, size_px, size_px, 3)}
        np.lib.format.write_array_header_1_0(file, header)
        for part in parts:
            file.write(np.ascontiguousarray(part).data)
            written += len(part)
    if written != n:
        raise ValueError(f"expected {n} photos, got {written}")
    unfinished.replace(path)
    return PixelRows.open(path)
