"""Features of all photos, once, laid out in files that every candidate can read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.embedding import embed_all
from apprenti.domain.dataset import Dataset, Example, SetAside, Split
from apprenti.flow.materials import Materials
from apprenti.flow.tools import Tools

ROWS_AT_ONCE = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureTable:
    """Where the features of a data set lie.

    Args:
        fitted: train and validation examples that have features, in the order of the rows.
        test: test examples that have features, in the order of the rows.
        fitted_files: one ``.npy`` [n, d] float32 for each backbone, by name.
        test_files: the same for test rows.
        n_features: length of a row, by backbone name.
        set_aside: photos that could not be decoded after all.
        n_left_out: photos not reached in the time given.
    """

    fitted: tuple[Example, ...]
    test: tuple[Example, ...]
    fitted_files: Mapping[str, Path]
    test_files: Mapping[str, Path]
    n_features: Mapping[str, int]
    set_aside: tuple[SetAside, ...]
    n_left_out: int

    def labels(self, examples: Sequence[Example], names: Sequence[str]) -> NDArray[np.int64]:
        """Return the class index of each example, [n] int64."""
        index = {name: i for i, name in enumerate(names)}
        return np.asarray([index[str(example.target)] for example in examples], dtype=np.int64)

    def smallest_rows(
        self, n_rows: int, names: Sequence[str]
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Return some fitted rows [m, d] of the backbone with the fewest features, and their classes [m]."""
        smallest = min(self.n_features, key=lambda name: self.n_features[name])
        rows = np.load(self.fitted_files[smallest], mmap_mode="r", allow_pickle=False)[:n_rows]
        return np.array(rows), self.labels(self.fitted[:n_rows], names)


def lay_out_features(
    dataset: Dataset, materials: Materials, *, folder: Path, deadline: float, tools: Tools
) -> FeatureTable:
    """Embed every photo with every backbone, decoding it once, and write the rows where candidates read them.

    Examples stand in the order of their content hashes, so what is not reached before ``deadline`` is a random part.

    Args:
        dataset: with splits.
        materials: backbones and canvas.
        folder: private folder for the files.
        deadline: on ``tools.clock``.
        tools: what to work with.
    """
    backbones = tuple(materials.by_name.values())
    tools.progress.begin("embedding", len(dataset.examples))
    embedded = embed_all(
        dataset.examples,
        backbones,
        materials.canvas,
        engine=tools.engine,
        shelf=tools.shelf,
        progress=tools.progress,
        deadline=deadline,
    )
    tools.progress.end()
    done = set.intersection(*(set(part.hashes) for part in embedded.values()))
    problems = {p.name: p for part in embedded.values() for p in part.problems}
    fitted = tuple(e for e in dataset.examples if e.split is not Split.TEST and e.content_hash in done)
    test = tuple(e for e in dataset.in_split(Split.TEST) if e.content_hash in done)
    fitted_files, test_files = {}, {}
    for number, (name, part) in enumerate(embedded.items()):
        row_of = {content_hash: row for row, content_hash in enumerate(part.hashes)}
        fitted_files[name] = _write(folder / f"fitted-{number}.npy", part.features, fitted, row_of)
        test_files[name] = _write(folder / f"test-{number}.npy", part.features, test, row_of)
    return FeatureTable(
        fitted=fitted,
        test=test,
        fitted_files=fitted_files,
        test_files=test_files,
        n_features={name: part.features.shape[1] for name, part in embedded.items()},
        set_aside=tuple(problems.values()),
        n_left_out=len(dataset.examples) - len(fitted) - len(test) - len(problems),
    )


def _write(
    path: Path, features: NDArray[np.float32], examples: Sequence[Example], row_of: Mapping[str, int]
) -> Path:
    """Write the rows of ``examples`` as one ``.npy``, a part at a time so that they are never in memory twice."""
    rows = np.asarray([row_of[example.content_hash] for example in examples], dtype=np.intp)
    header = {"descr": "<f4", "fortran_order": False, "shape": (len(rows), features.shape[1])}
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, header)
        for start in range(0, len(rows), ROWS_AT_ONCE):
            file.write(features[rows[start : start + ROWS_AT_ONCE]].astype("<f4").tobytes())
    return path
