from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from tests.blocks.drawn_photos import drawn_photos, graph_of, run

from apprenti.blocks.classic_hog import LARGEST, N_CELLS, N_DIRECTIONS, WEAKEST, add_hog

SIZE_PX = 32


def reference(image: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The same descriptor by loops over pixels, cells and blocks."""
    grey = image.astype(float) / 255 @ (0.299, 0.587, 0.114)
    edge = np.pad(grey, 1, mode="edge")
    across, down = (edge[1:-1, 2:] - edge[1:-1, :-2]) / 2, (edge[2:, 1:-1] - edge[:-2, 1:-1]) / 2
    cell = len(grey) // N_CELLS
    counts = np.zeros((N_DIRECTIONS, N_CELLS, N_CELLS))
    for row, column in np.ndindex(grey.shape):
        x, y = across[row, column], down[row, column]
        step = math.atan2(y, x) % math.pi / (math.pi / N_DIRECTIONS)
        low = math.floor(step)
        for direction, share in ((low, 1 - step + low), (low + 1, step - low)):
            counts[direction % N_DIRECTIONS, row // cell, column // cell] += (
                share * math.hypot(x, y) / cell**2
            )
    energy = np.pad((counts**2).sum(axis=0), 1, mode="edge")
    result = np.zeros_like(counts)
    for row, column in np.ndindex(N_CELLS, N_CELLS):
        for i, j in np.ndindex(2, 2):
            block = energy[row + i : row + i + 2, column + j : column + j + 2].mean()
            view = counts[:, row, column] / math.sqrt(block + WEAKEST)
            result[:, row, column] += np.minimum(view, LARGEST) / 4
    return result.ravel()


def hog(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    return run(graph_of(add_hog, pixels.shape[1]), pixels)


def test_the_graph_gives_the_histograms_of_the_loops() -> None:
    photos = drawn_photos(4, SIZE_PX)
    expected = np.stack([reference(photo) for photo in photos])
    np.testing.assert_allclose(hog(photos), expected, atol=1e-4)
    assert expected.std() > 0.05


def test_brighter_light_changes_nothing() -> None:
    photos = drawn_photos(4, SIZE_PX)
    np.testing.assert_allclose(hog(photos + np.uint8(40)), hog(photos), atol=1e-4)


def test_half_the_contrast_changes_strong_edges_little() -> None:
    ramp = np.tile(np.linspace(0, 248, SIZE_PX).astype(np.uint8)[:, np.newaxis], (1, SIZE_PX, 3)).reshape(
        1, SIZE_PX, SIZE_PX, 3
    )
    np.testing.assert_allclose(hog(ramp // 2), hog(ramp), atol=0.1)


def test_an_upright_edge_votes_for_across_and_a_level_one_for_down() -> None:
    upright = np.zeros((1, SIZE_PX, SIZE_PX, 3), np.uint8)
    upright[:, :, 14:] = 200
    votes = (
        hog(np.concatenate([upright, upright.transpose(0, 2, 1, 3)])).reshape(2, N_DIRECTIONS, -1).sum(axis=2)
    )
    assert votes[0].argmax() == 0
    assert set(np.argsort(votes[1])[-2:]) == {4, 5}  # a quarter turn lies half-way between directions 4 and 5


def test_a_flat_picture_has_no_edges() -> None:
    assert not hog(np.full((1, SIZE_PX, SIZE_PX, 3), 130, np.uint8)).any()
