from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from tests.blocks.drawn_photos import drawn_photos, graph_of, run

from apprenti.blocks.classic_histograms import (
    LEAST_STEP,
    RING,
    add_colour_histogram,
    add_pattern_histogram,
    uniform_patterns,
)

SIZE_PX = 32


def colours(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    return run(graph_of(add_colour_histogram, pixels.shape[1]), pixels)


def patterns(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    return run(graph_of(add_pattern_histogram, pixels.shape[1]), pixels)


def pattern_reference(image: NDArray[np.uint8]) -> NDArray[np.float64]:
    grey = image.astype(np.float32) / 255 @ np.asarray((0.299, 0.587, 0.114), np.float32)
    table, total = uniform_patterns(), np.zeros(59)
    for row, column in np.ndindex(len(grey) - 2, len(grey) - 2):
        threshold = grey[row + 1, column + 1] + np.float32(LEAST_STEP)
        lighter = [grey[row + i, column + j] > threshold for i, j in RING]
        total += table[sum(bit << place for place, bit in enumerate(lighter))]
    return np.sqrt(total / total.sum())


def test_the_shares_of_colours_add_up_to_one() -> None:
    np.testing.assert_allclose(np.square(colours(drawn_photos(3, SIZE_PX))).sum(axis=1), 1, atol=1e-5)


def test_a_pure_colour_fills_one_bin() -> None:
    red = np.zeros((1, SIZE_PX, SIZE_PX, 3), np.uint8)
    red[..., 0] = 255
    bins = colours(red).reshape(4, 4, 4)
    assert bins[3, 0, 0] == 1
    assert bins.sum() == 1


def test_a_colour_between_levels_is_shared_in_proportion() -> None:
    level = np.full((1, SIZE_PX, SIZE_PX, 3), 0, np.uint8)
    level[..., 2] = 17  # a fifth of the way from level 0 to level 85
    np.testing.assert_allclose(np.square(colours(level)).reshape(4, 4, 4)[0, 0], [0.8, 0.2, 0, 0], atol=1e-5)


def test_the_graph_counts_the_patterns_of_the_loops() -> None:
    photos = drawn_photos(3, SIZE_PX)
    expected = np.stack([pattern_reference(photo) for photo in photos])
    np.testing.assert_allclose(patterns(photos), expected, atol=0.02)  # a pixel at the threshold may tip over


def test_brighter_light_changes_few_patterns() -> None:
    photos = drawn_photos(3, SIZE_PX)
    np.testing.assert_allclose(patterns(photos + np.uint8(40)), patterns(photos), atol=0.03)


def test_there_are_58_uniform_patterns() -> None:
    table = uniform_patterns()
    assert (table.sum(axis=1) == 1).all()
    assert (table[:, :58].sum(axis=0) == 1).all()
    assert table[:, 58].sum() == 256 - 58
