"""Rows of features read from disk as they are needed: memory grows with what is fitted on, not with the data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.answering import Answering, Array

BLOCK_ROWS = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureRows:
    """The features of several backbones side by side, one ``.npy`` file [n, dᵢ] float32 each, rows in the same order.

    Args:
        paths: the files.
        widths: dᵢ of each.
        n: number of rows.
        starts: where the rows begin in each file, in bytes.
    """

    paths: tuple[Path, ...]
    widths: tuple[int, ...]
    n: int
    starts: tuple[int, ...]

    @classmethod
    def open(cls, paths: Sequence[Path]) -> FeatureRows:
        """Return the rows in ``paths``; only the headers are read."""
        shapes, starts = zip(*(_header(path) for path in paths), strict=True)
        return cls(
            paths=tuple(paths), widths=tuple(shape[1] for shape in shapes), n=shapes[0][0], starts=starts
        )

    @property
    def n_features(self) -> int:
        """Length of a whole row."""
        return sum(self.widths)

    def rows_in(self, n_bytes: int) -> int:
        """Return how many rows fit into ``n_bytes``, at least one."""
        return max(1, n_bytes // (4 * self.n_features))

    def take(self, rows: NDArray[np.intp]) -> NDArray[np.float32]:
        """Return some rows, [len(rows), d] float32, with no copy of the others."""
        taken = np.empty((len(rows), self.n_features), dtype=np.float32)
        column = 0
        for path, width, start in zip(self.paths, self.widths, self.starts, strict=True):
            row_bytes = 4 * width
            with path.open("rb") as file:
                for place, row in enumerate(rows.tolist()):
                    file.seek(start + row * row_bytes)
                    taken[place, column : column + width] = np.frombuffer(file.read(row_bytes), dtype="<f4")
            column += width
        return taken

    def known(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return those of ``rows`` whose features are there: time may have been up before others had theirs."""
        firsts = [np.load(path, mmap_mode="r", allow_pickle=False)[:, 0] for path in self.paths]
        there = ~np.any([np.isnan(first[rows]) for first in firsts], axis=0)
        return np.asarray(rows[there], np.intp)

    def sample(
        self, rows: NDArray[np.intp], targets: Array, answering: Answering, *, max_bytes: int, seed: int
    ) -> NDArray[np.intp]:
        """Return ``rows``, or where their features would pass ``max_bytes`` a part that stands for all of them.

        Args:
            rows: which rows may be taken.
            targets: of all rows.
            answering: what the targets are.
            max_bytes: what the features of the rows may take in memory.
            seed: which rows are taken.
        """
        n_wanted = self.rows_in(max_bytes)
        return rows if len(rows) <= n_wanted else rows[answering.sample(targets[rows], n_wanted, seed=seed)]

    def blocks(self, rows: NDArray[np.intp]) -> Iterator[tuple[NDArray[np.intp], NDArray[np.float32]]]:
        """Yield ``rows`` a part at a time, each with its features."""
        for start in range(0, len(rows), BLOCK_ROWS):
            part = rows[start : start + BLOCK_ROWS]
            yield part, self.take(part)


def _header(path: Path) -> tuple[tuple[int, int], int]:
    """Return the shape in the header of a ``.npy`` file, and where its rows begin."""
    with path.open("rb") as file:
        np.lib.format.read_magic(file)
        shape, _, _ = np.lib.format.read_array_header_1_0(file)
        return (shape[0], shape[1]), file.tell()
