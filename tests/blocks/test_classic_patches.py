from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.blocks.drawn_photos import drawn_photos, graph_of, run

from apprenti.blocks.classic_patches import (
    N_WORDS,
    NOISE,
    SIDE_PX,
    THRESHOLD,
    Patches,
    learn_patches,
    spherical_k_means,
)

SIZE_PX = 32


def reference(image: NDArray[np.uint8], patches: Patches) -> NDArray[np.float64]:
    """The same code patch by patch: off its mean, over its contrast, times the dictionary, thresholded, pooled."""
    side = len(image) // patches.shrink
    small = image.reshape(side, patches.shrink, side, patches.shrink, 3).mean(axis=(1, 3)) / 255
    n = side - SIDE_PX + 1
    words = patches.filters.reshape(N_WORDS, -1).astype(float)
    codes = np.zeros((2 * N_WORDS, n, n))
    for row, column in np.ndindex(n, n):
        patch = small[row : row + SIDE_PX, column : column + SIDE_PX].transpose(2, 0, 1).ravel()
        patch = (patch - patch.mean()) / np.sqrt(patch.var() + NOISE)
        answers = words @ patch - patches.offsets
        codes[:, row, column] = np.maximum(np.concatenate([answers, -answers]) - THRESHOLD, 0)
    stride = n // patches.n_cells
    width = n - stride * (patches.n_cells - 1)
    pooled = [
        codes[:, i * stride : i * stride + width, j * stride : j * stride + width].mean(axis=(1, 2))
        for i, j in np.ndindex(patches.n_cells, patches.n_cells)
    ]
    return np.sqrt(np.stack(pooled, axis=1)).ravel()


def encode(patches: Patches, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    return run(graph_of(patches.add_to, pixels.shape[1]), pixels)


@pytest.mark.parametrize(("shrink", "n_cells"), [(1, 2), (2, 3)])
def test_the_graph_gives_the_code_of_the_loops(shrink: int, n_cells: int) -> None:
    photos = drawn_photos(3, SIZE_PX)
    patches = learn_patches(drawn_photos(40, SIZE_PX, seed=1), shrink=shrink, n_cells=n_cells, seed=0)
    expected = np.stack([reference(photo, patches) for photo in photos])
    assert expected.shape == (3, 2 * N_WORDS * n_cells**2)
    np.testing.assert_allclose(encode(patches, photos), expected, atol=1e-3)
    assert expected.std() > 0.05


def test_brighter_light_changes_nothing() -> None:
    patches = learn_patches(drawn_photos(40, SIZE_PX), shrink=1, n_cells=2, seed=0)
    photos = drawn_photos(3, SIZE_PX, seed=1)
    np.testing.assert_allclose(encode(patches, photos + np.uint8(40)), encode(patches, photos), atol=5e-3)


def test_every_filter_sums_to_zero() -> None:
    filters = learn_patches(drawn_photos(40, SIZE_PX), shrink=1, n_cells=2, seed=0).filters
    np.testing.assert_allclose(filters.sum(axis=(1, 2, 3)), 0, atol=1e-5)


def test_the_dictionary_follows_the_seed_and_nothing_else() -> None:
    photos = drawn_photos(20, SIZE_PX)
    first, again, other = (
        learn_patches(photos, shrink=1, n_cells=2, seed=seed).filters for seed in (0, 0, 1)
    )
    assert first.tobytes() == again.tobytes()
    assert not np.allclose(first, other)


def test_words_lie_along_the_directions_the_rows_have() -> None:
    rng = np.random.default_rng(0)
    directions = np.eye(4, dtype=np.float32)
    rows = directions[rng.integers(0, 4, 400)] * rng.uniform(0.5, 2, (400, 1)).astype(np.float32)
    words = spherical_k_means(rows, 12, rng=rng)
    np.testing.assert_allclose(np.linalg.norm(words, axis=1), 1, atol=1e-6)
    assert set(words.argmax(axis=1)) == {0, 1, 2, 3}
    np.testing.assert_allclose(words.max(axis=1), 1, atol=1e-6)


def test_fewer_rows_than_words_and_zero_rows_are_fine() -> None:
    words = spherical_k_means(np.zeros((3, 5), np.float32), 8, rng=np.random.default_rng(0))
    assert words.shape == (8, 5)
    assert np.isfinite(words).all()
