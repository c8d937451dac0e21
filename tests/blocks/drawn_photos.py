"""Drawn photos for the tests of the hand-made features: smooth parts, edges, colour and a little noise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def drawn_photos(n: int, size_px: int = 32, *, seed: int = 0) -> NDArray[np.uint8]:
    """Coloured discs on coloured grounds, uint8 [n, S, S, 3]; grey levels stay within 40..200."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[:size_px, :size_px]
    photos = np.empty((n, size_px, size_px, 3))
    for photo in photos:
        photo[:] = rng.uniform(60, 180, 3)
        row, column, radius = rng.uniform(0.2, 0.8, 3) * size_px
        photo[(rows - row) ** 2 + (columns - column) ** 2 < (radius / 2) ** 2] = rng.uniform(60, 180, 3)
    photos += rng.normal(0, 5, photos.shape)
    return np.clip(photos, 40, 200).astype(np.uint8)


def run(graph: bytes, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the one output of ``graph`` for ``pixels``."""
    from apprenti.blocks.session import open_session

    (output,) = open_session(graph).run(None, {"pixels": pixels})
    return np.asarray(output, np.float32)


def graph_of(add_part: object, size_px: int) -> bytes:
    """Return a graph whose one output is what ``add_part(graph, planes, size_px)`` adds."""
    from apprenti.blocks.classic_planes import add_planes
    from apprenti.blocks.graph import FLOAT, UINT8, GraphBuilder

    graph = GraphBuilder()
    planes = add_planes(graph, graph.input("pixels", UINT8, ["N", size_px, size_px, 3]))
    assert callable(add_part)
    graph.output(add_part(graph, planes, size_px), "part", FLOAT, ["N", "d"])
    return graph.model().SerializeToString()
