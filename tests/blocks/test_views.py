"""Mirrored backbones are backbones, and say the same of a photo and of its mirror image."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from tests.blocks.networks import LinearHead, a_backbone, noise

from apprenti.blocks.assembly import assemble
from apprenti.blocks.backbone import Backbone
from apprenti.blocks.embedded import load_embedded
from apprenti.blocks.familiarity import fit_familiarity
from apprenti.blocks.session import open_session
from apprenti.blocks.views import mirrored
from apprenti.domain.recipe import Canvas


def features_of(backbone: Backbone, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    (features,) = open_session(backbone.graph).run(["features"], {"pixels": pixels})
    return np.asarray(features)


@pytest.fixture(params=["brought, opset 13", "brought, opset 20", "packaged"])
def backbone(request: pytest.FixtureRequest, tmp_path: Path) -> Backbone:
    if request.param == "packaged":
        return load_embedded(64)
    return a_backbone(tmp_path, opset=int(request.param[-2:]))


def test_features_are_the_mean_of_a_photo_and_its_mirror_image(backbone: Backbone) -> None:
    pixels = noise(3, backbone.size_px)
    expected = (features_of(backbone, pixels) + features_of(backbone, pixels[:, :, ::-1])) / 2
    np.testing.assert_allclose(features_of(mirrored(backbone), pixels), expected, atol=1e-4)


def test_a_photo_and_its_mirror_image_have_the_same_features_and_another_photo_has_not(
    backbone: Backbone,
) -> None:
    pixels = noise(2, backbone.size_px)
    one, other = features_of(mirrored(backbone), pixels)
    (turned,) = features_of(mirrored(backbone), pixels[:1, :, ::-1])
    np.testing.assert_allclose(turned, one, atol=1e-4)
    assert np.abs(one - other).max() > 1e-3


def test_it_is_a_backbone_of_another_name_and_hash_with_as_many_features(backbone: Backbone) -> None:
    both = mirrored(backbone)
    onnx.checker.check_model(onnx.load_model_from_string(both.graph), full_check=True)
    assert both.name == f"{backbone.name}-mirrored"
    assert both.sha256 != backbone.sha256
    assert both.sha256 == mirrored(backbone).sha256
    assert features_of(both, noise(1, backbone.size_px)).shape == (1, backbone.n_features)


def test_the_feature_map_is_that_of_the_photo() -> None:
    backbone, pixels = load_embedded(64), noise(2, 64)
    (expected,) = open_session(backbone.graph).run(["feature_map"], {"pixels": pixels})
    (shown,) = open_session(mirrored(backbone).graph).run(["feature_map"], {"pixels": pixels})
    np.testing.assert_allclose(shown, expected, atol=1e-4)


def test_it_can_be_put_beside_others_in_a_model_on_another_canvas(tmp_path: Path) -> None:
    plain = a_backbone(tmp_path)
    parts = (mirrored(plain), plain)
    pixels = noise(2, 24)
    rows = np.random.default_rng(0).normal(size=(20, 12)).astype(np.float32)
    model = assemble(
        parts,
        Canvas(size_px=24),
        LinearHead(12, 3),
        n_labels=3,
        temperature=1.0,
        familiarity=fit_familiarity(rows, seed=0),
    )
    (embedding,) = open_session(model).run(["embedding"], {"pixels": pixels})
    alone = [open_session(part.graph_for(24)).run(["features"], {"pixels": pixels})[0] for part in parts]
    np.testing.assert_allclose(embedding, np.concatenate(alone, axis=1), atol=1e-4)
