"""A trained network and its own head as one graph, and the head that makes use of it."""

from __future__ import annotations

import numpy as np
import pytest
from tests.blocks.drawn_photos import drawn_photos

from apprenti.blocks.heads.linear import Linear, linear
from apprenti.blocks.heads.own import own_head
from apprenti.blocks.session import open_session
from apprenti.blocks.trained_graph import trained_graph

N_OUTPUTS = 3


def test_the_own_head_says_the_last_columns_and_no_others() -> None:
    features = np.random.default_rng(0).normal(size=(5, 20)).astype(np.float32)
    assert np.array_equal(own_head(20, N_OUTPUTS).logits(features), features[:, -N_OUTPUTS:])


def test_a_recipe_with_the_own_head_says_what_the_network_said() -> None:
    from apprenti.blocks.pipeline import fit_pipeline
    from apprenti.domain.recipe import Canvas, Recipe

    features = np.random.default_rng(0).normal(size=(12, 20)).astype(np.float32)
    recipe = Recipe(
        backbones=("scratch.v1-32-e2",), canvas=Canvas(size_px=32), transform="none.v1", head="own.v1"
    )
    pipeline = fit_pipeline(recipe, features, np.arange(12) % N_OUTPUTS, n_labels=N_OUTPUTS, seed=0)
    assert np.array_equal(pipeline.logits(features), features[:, -N_OUTPUTS:])


def a_head(n_features: int) -> Linear:
    rng = np.random.default_rng(1)
    return linear(rng.normal(size=(n_features, N_OUTPUTS)), rng.normal(size=N_OUTPUTS))


@pytest.mark.parametrize("side_px", [32, 50, 96])
def test_the_graph_tells_features_and_logits_as_pytorch_does(side_px: int) -> None:
    torch = pytest.importorskip("torch", reason="needs PyTorch: pip install 'apprenti[deep]'")
    from apprenti.blocks.network_start import scratch_start
    from apprenti.blocks.residual_graph import rounded
    from apprenti.blocks.residual_network import folded, unfolded

    network = scratch_start(32, seed=0).train()
    photos = drawn_photos(4, side_px)
    pixels = torch.from_numpy(photos).permute(0, 3, 1, 2).float()
    with torch.no_grad():
        network.features(pixels)  # so that normalisations have seen something
        numbers = folded(network)
        expected = unfolded(rounded(numbers)).features(pixels).numpy()
    head = a_head(numbers.n_features)
    graph = trained_graph(numbers, head)
    told, feature_map = open_session(graph).run(["features", "feature_map"], {"pixels": photos})
    assert told.shape == (4, numbers.n_features + N_OUTPUTS) == (4, 960 + N_OUTPUTS)
    assert np.abs(told[:, :-N_OUTPUTS] - expected).max() <= 1e-3 * np.abs(expected).max()
    logits = expected @ head.weights + head.biases
    assert np.abs(told[:, -N_OUTPUTS:] - logits).max() <= 2e-3 * np.abs(logits).max()
    assert np.allclose(feature_map.mean(axis=(2, 3)), told[:, :512], atol=1e-4)
    assert trained_graph(numbers, head) == graph
