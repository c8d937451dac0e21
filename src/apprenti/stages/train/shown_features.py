"""Features of photos by the graph of a network that was just trained, as far as there is time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.pixel_rows import PixelRows
from apprenti.domain.seams import Clock
from apprenti.stages.train.history import History

ROWS_AT_ONCE = 64


def features_of(graph: bytes, pixels: PixelRows, rows: NDArray[np.intp]) -> Iterator[NDArray[np.float32]]:
    """Yield the features of some photos, float32 [1, d] each: one at a time, as they are when the model is used."""
    from apprenti.blocks.session import open_session

    session = open_session(graph)
    for part in parts_of(rows):
        for photo in pixels.take(part):  # [S, S, 3]
            (features,) = session.run(["features"], {"pixels": photo[np.newaxis]})
            yield features


def write_features(
    graph: bytes,
    pixels: PixelRows,
    rows: NDArray[np.intp],
    *,
    out: Path,
    n_needed: int,
    ends: float,
    clock: Clock,
    history: History,
) -> tuple[Path, int]:
    """Write features of photos, and return the file and their length.

    Args:
        graph: pixels → features.
        pixels: the photos.
        rows: [n] those wanted, in the order they are worked out: each of 0..n-1 once.
        out: the file, float32 [n, d]; the features of a row stand in its place, NaN where time was up before.
        n_needed: of ``rows``, the first ones, that are worked out however late it is.
        ends: on ``clock``.
        clock: seconds.
        history: told how far it is.
    """
    begun, n = clock(), len(rows)
    each = features_of(graph, pixels, rows)
    first = next(each)  # [1, d]
    shape = (n, first.shape[1])
    written = np.lib.format.open_memmap(out, mode="w+", dtype="<f4", shape=shape, version=(1, 0))
    written[rows[0]] = first[0]
    for n_done, features in enumerate(each, start=1):
        if n_done % ROWS_AT_ONCE == 0:
            history.features(n_done / n, seconds=clock() - begun)
        if n_done >= n_needed and clock() > ends:
            written[rows[n_done:]] = np.nan
            break
        written[rows[n_done]] = features[0]
    written.flush()
    return out, shape[1]


def parts_of(rows: NDArray[np.intp]) -> Iterator[NDArray[np.intp]]:
    """Yield rows a few at a time."""
    for start in range(0, len(rows), ROWS_AT_ONCE):
        yield rows[start : start + ROWS_AT_ONCE]
