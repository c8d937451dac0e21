from __future__ import annotations

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from tests.blocks.drawn_photos import drawn_photos, run

from apprenti.blocks.backbone import Backbone
from apprenti.blocks.classic import learn_classic
from apprenti.blocks.graph import MINIMUM_OPSET

SIZE_PX = 32


@pytest.fixture(scope="module")
def classic() -> Backbone:
    return learn_classic(drawn_photos(60, SIZE_PX), seed=0)


def features(backbone: Backbone, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    return run(backbone.graph, pixels)


def test_it_is_a_valid_graph_from_pixels_to_features(classic: Backbone) -> None:
    model = onnx.load_model_from_string(classic.graph)
    onnx.checker.check_model(model, full_check=True)
    assert [(i.domain, i.version) for i in model.opset_import] == [("", MINIMUM_OPSET)]
    assert [tensor.name for tensor in (*model.graph.input, *model.graph.output)] == ["pixels", "features"]
    assert (classic.name, classic.size_px, classic.fit) == ("classic.v1", SIZE_PX, "squash")
    assert features(classic, drawn_photos(5, SIZE_PX)).shape == (5, classic.n_features)


def test_the_same_photos_and_seed_give_the_same_bytes(classic: Backbone) -> None:
    assert learn_classic(drawn_photos(60, SIZE_PX), seed=0).graph == classic.graph
    assert learn_classic(drawn_photos(60, SIZE_PX), seed=1).graph != classic.graph


def test_one_photo_alone_has_the_features_it_has_among_others(classic: Backbone) -> None:
    photos = drawn_photos(9, SIZE_PX, seed=1)
    alone = np.concatenate([features(classic, photo[np.newaxis]) for photo in photos])
    np.testing.assert_allclose(features(classic, photos), alone, atol=1e-3)


def test_features_are_centred_and_of_mean_square_one(classic: Backbone) -> None:
    values = features(classic, drawn_photos(60, SIZE_PX))
    assert np.abs(values.mean(axis=0)).max() < 1e-3
    assert np.mean(np.square(values)) == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("size_px", [48, 64, 96])
def test_it_works_at_every_size_it_is_meant_for(size_px: int) -> None:
    backbone = learn_classic(drawn_photos(6, size_px), seed=0)
    assert backbone.size_px == size_px
    assert np.isfinite(features(backbone, drawn_photos(2, size_px, seed=1))).all()


def test_it_can_be_run_on_another_canvas(classic: Backbone) -> None:
    values = run(classic.graph_for(2 * SIZE_PX), drawn_photos(2, 2 * SIZE_PX))
    assert values.shape == (2, classic.n_features)


@pytest.mark.parametrize("n", [1, 2, 4])
def test_a_handful_of_photos_is_enough_to_learn_from(n: int) -> None:
    backbone = learn_classic(drawn_photos(n, SIZE_PX), seed=0)
    values = features(backbone, drawn_photos(5, SIZE_PX, seed=1))
    assert np.isfinite(values).all()
    assert np.abs(values).max() < 1e4


def test_grey_photos_are_fine_and_colour_after_them_stays_bounded() -> None:
    grey = np.repeat(drawn_photos(30, SIZE_PX)[..., :1], 3, axis=3)
    backbone = learn_classic(grey, seed=0)
    assert np.isfinite(features(backbone, grey)).all()
    assert np.abs(features(backbone, drawn_photos(5, SIZE_PX))).max() < 1e4


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_flat_picture_has_finite_features(classic: Backbone, level: int) -> None:
    flat = np.full((2, SIZE_PX, SIZE_PX, 3), level, np.uint8)
    assert np.isfinite(features(classic, flat)).all()


def test_flat_pictures_alone_can_be_learnt_from() -> None:
    flat = np.full((5, SIZE_PX, SIZE_PX, 3), 128, np.uint8)
    backbone = learn_classic(flat, seed=0)
    assert np.isfinite(features(backbone, drawn_photos(3, SIZE_PX))).all()


def test_discs_and_bars_are_told_apart_by_the_nearest_mean(classic: Backbone) -> None:
    discs, bars = drawn_photos(40, SIZE_PX, seed=2), drawn_photos(40, SIZE_PX, seed=3)
    bars[:, :, ::4] //= 2
    values = features(classic, np.concatenate([discs, bars])).reshape(2, 40, -1)
    means = values[:, :20].mean(axis=1)
    distances = np.linalg.norm(values[:, 20:, np.newaxis] - means, axis=3)  # [kind, photo, mean]
    assert (distances.argmin(axis=2) == np.array([[0], [1]])).all()


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((0, 32, 32, 3), np.uint8),
        np.zeros((2, 40, 40, 3), np.uint8),
        np.zeros((2, 16, 16, 3), np.uint8),
        np.zeros((2, 32, 48, 3), np.uint8),
        np.zeros((2, 32, 32, 1), np.uint8),
        np.zeros((2, 32, 32, 3), np.float32),
        np.zeros((32, 32, 3), np.uint8),
    ],
    ids=lambda pixels: f"{pixels.dtype} {pixels.shape}",
)
def test_pixels_of_another_shape_are_refused(pixels: NDArray[np.uint8]) -> None:
    with pytest.raises(ValueError, match="expected"):
        learn_classic(pixels, seed=0)
