from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.blocks.drawn_photos import drawn_photos, graph_of, run

from apprenti.blocks.classic_texture import (
    FILTERS,
    LEAST_STRENGTH,
    N_FEATURES,
    N_VALUES,
    OPPONENT,
    RIDGE,
    Texture,
    learn_texture,
)

SIZE_PX = 32


def local_values(image: NDArray[np.uint8], shrink: int) -> NDArray[np.float64]:
    """Fifteen values of every pixel, [15, n]."""
    side = len(image) // shrink
    small = image.reshape(side, shrink, side, shrink, 3).mean(axis=(1, 3)) / 255
    axes = np.asarray(OPPONENT) / np.linalg.norm(OPPONENT, axis=1, keepdims=True)
    edge = np.pad(small @ axes.T, ((1, 1), (1, 1), (0, 0)), mode="edge")
    values = [edge[1:-1, 1:-1]]
    for kernel in FILTERS:
        answer = sum(
            kernel[i][j] * edge[i : i + side, j : j + side] for i, j in np.ndindex(3, 3) if kernel[i][j]
        )
        values.append(np.sqrt(np.abs(answer) + LEAST_STRENGTH))
    return np.concatenate(values, axis=2).reshape(-1, N_VALUES).T


def reference(image: NDArray[np.uint8], texture: Texture) -> NDArray[np.float64]:
    """The same descriptor with a square root by eigenvectors."""
    values = texture.whitening @ local_values(image, texture.shrink) + texture.offset[:, np.newaxis]
    covariance = np.cov(values, bias=True) + RIDGE * np.eye(N_VALUES)
    variances, axes = np.linalg.eigh(covariance)
    root = (axes * np.sqrt(variances)) @ axes.T
    rows, columns = np.triu_indices(N_VALUES)
    triangle = root[rows, columns] * np.where(rows == columns, 1, np.sqrt(2))
    return np.concatenate([triangle, values.mean(axis=1)])


def describe(texture: Texture, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    return run(graph_of(texture.add_to, pixels.shape[1]), pixels)


@pytest.mark.parametrize("shrink", [1, 2])
def test_the_graph_gives_the_root_of_the_covariance(shrink: int) -> None:
    photos = drawn_photos(4, SIZE_PX)
    texture = learn_texture(drawn_photos(40, SIZE_PX, seed=1), shrink=shrink)
    expected = np.stack([reference(photo, texture) for photo in photos])
    assert expected.shape == (4, N_FEATURES)
    np.testing.assert_allclose(describe(texture, photos), expected, atol=0.01)


def test_the_values_are_white_over_the_photos_they_were_learnt_from() -> None:
    photos = drawn_photos(60, SIZE_PX)
    texture = learn_texture(photos, shrink=1)
    values = np.concatenate([local_values(photo, 1) for photo in photos], axis=1)
    white = texture.whitening @ values + texture.offset[:, np.newaxis]
    np.testing.assert_allclose(white.mean(axis=1), 0, atol=1e-3)
    variances = np.linalg.eigvalsh(np.cov(white))
    assert 0.9 < variances.max() < 1.01


def test_where_in_the_picture_it_is_does_not_matter() -> None:
    texture = learn_texture(drawn_photos(40, SIZE_PX), shrink=1)
    photos = drawn_photos(3, SIZE_PX, seed=1)
    rolled = describe(texture, np.ascontiguousarray(photos[:, ::-1, ::-1]))
    changed = np.abs(rolled - describe(texture, photos)).max()
    between = np.abs(describe(texture, photos[:1]) - describe(texture, photos[1:])).max()
    assert changed < 0.02 * between


def test_a_flat_picture_has_a_finite_texture() -> None:
    texture = learn_texture(drawn_photos(10, SIZE_PX), shrink=2)
    assert np.isfinite(describe(texture, np.zeros((1, SIZE_PX, SIZE_PX, 3), np.uint8))).all()
