from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from PIL import Image
from tests.blocks.networks import a_backbone, noise

from apprenti.blocks.graph import UINT8, GraphBuilder
from apprenti.blocks.joining import finished
from apprenti.blocks.resizing import add_resize, resize, resize_weights
from apprenti.blocks.session import open_session

SIZES = [(64, 24), (24, 64), (33, 20), (20, 20)]


@pytest.mark.parametrize(("from_px", "to_px"), SIZES)
def test_every_new_pixel_is_a_weighted_mean_of_old_ones(from_px: int, to_px: int) -> None:
    weights = resize_weights(from_px, to_px)
    assert weights.shape == (to_px, from_px)
    assert weights.min() >= 0
    np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=1e-6)


@pytest.mark.parametrize(("from_px", "to_px"), SIZES)
def test_the_resize_is_that_of_pillow_but_for_its_rounding_between_the_axes(from_px: int, to_px: int) -> None:
    pixels = noise(1, from_px)
    pillow = Image.fromarray(pixels[0]).resize((to_px, to_px), Image.Resampling.BILINEAR)
    difference = np.abs(resize(pixels, to_px)[0].astype(int) - np.asarray(pillow).astype(int))
    assert difference.max() <= 1
    assert difference.mean() < 0.2


@pytest.mark.parametrize(("from_px", "to_px"), SIZES)
def test_the_graph_resizes_as_the_reference_does(from_px: int, to_px: int) -> None:
    graph = GraphBuilder()
    pixels = graph.input("pixels", UINT8, ["N", from_px, from_px, 3])
    graph.output(
        add_resize(graph, pixels, from_px=from_px, to_px=to_px), "small", UINT8, ["N", to_px, to_px, 3]
    )
    (small,) = open_session(finished(graph)).run(None, {"pixels": noise(3, from_px)})
    expected = resize(noise(3, from_px), to_px)
    # the order of the sums may differ, so a value on the edge of rounding may fall to the other side
    differs = small != expected
    assert np.abs(small.astype(int) - expected.astype(int)).max() <= 1
    assert differs.mean() < 0.001


def test_a_backbone_for_a_larger_canvas_sees_the_resized_pixels(tmp_path: Path) -> None:
    backbone = a_backbone(tmp_path)
    graph = backbone.graph_for(40)
    onnx.checker.check_model(onnx.load_model_from_string(graph))
    large = noise(2, 40)
    features, feature_map = open_session(graph).run(["features", "feature_map"], {"pixels": large})
    expected, expected_map = open_session(backbone.graph).run(None, {"pixels": resize(large, 16)})
    np.testing.assert_allclose(features, expected, atol=0.02)
    np.testing.assert_allclose(feature_map, expected_map, atol=0.1)


def test_a_backbone_for_its_own_canvas_is_left_alone(tmp_path: Path) -> None:
    backbone = a_backbone(tmp_path)
    assert backbone.graph_for(backbone.size_px) is backbone.graph
