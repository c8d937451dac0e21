"""Networks of every family learn, and what they learnt leaves torch as it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.blocks.drawn_photos import drawn_photos
from tests.blocks.random_networks import needs_transformers, tunable

from apprenti.blocks.heads.linear import linear
from apprenti.blocks.hub_network import FAMILIES
from apprenti.blocks.session import open_session
from apprenti.blocks.trained_graph import with_logits

HAVE_MAPS = {"efficientnet", "resnet"}


def a_step(network: Any, pixels: Any) -> None:
    """Let every weight move."""
    import torch

    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-3)
    network.wake()
    network.features(pixels).square().mean().backward()
    optimiser.step()
    network.eval()


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", sorted(FAMILIES))
def test_a_network_that_learnt_something_gives_the_same_features_without_torch(
    tmp_path: Path, kind: str
) -> None:
    needs_transformers()
    import torch

    from apprenti.blocks.hub_tuning import load_for_tuning, tuned_backbone

    weights = tunable(kind, tmp_path)
    network = load_for_tuning(weights)
    photos = drawn_photos(4, weights.size_px)
    pixels = torch.from_numpy(photos).permute(0, 3, 1, 2).float()
    with torch.no_grad():
        before = network.features(pixels).numpy()
    a_step(network, pixels)
    with torch.no_grad():
        expected = network.features(pixels).numpy()
    assert np.abs(expected - before).max() > 1e-3 * np.abs(before).max()

    backbone = tuned_backbone(network, weights, out=tmp_path / "part.onnx")
    head = linear(np.eye(network.n_features, 3), np.array([1.0, 2.0, 3.0]))
    graph = with_logits(backbone, head)
    session = open_session(graph)
    names = [output.name for output in session.get_outputs()]
    assert names == (["features", "feature_map"] if kind in HAVE_MAPS else ["features"])
    (got,) = session.run(["features"], {"pixels": photos})
    largest = np.abs(expected).max()
    np.testing.assert_allclose(got[:, :-3], expected, rtol=0, atol=1e-3 * largest)
    np.testing.assert_allclose(got[:, -3:], head.logits(got[:, :-3]), rtol=1e-4, atol=1e-4 * largest)
    assert not (tmp_path / "part.onnx").exists()
    assert b"site-packages" not in graph


@pytest.mark.parametrize("kind", sorted(FAMILIES))
def test_every_weight_is_in_one_part_and_the_first_part_sees_the_photo(tmp_path: Path, kind: str) -> None:
    needs_transformers()
    from apprenti.blocks.hub_tuning import load_for_tuning

    network = load_for_tuning(tunable(kind, tmp_path))
    inside = [id(parameter) for part in network.parts() for parameter in part.parameters()]
    assert sorted(inside) == sorted(id(parameter) for parameter in network.parameters())
    first = next(iter(network.model.children()))
    assert network.parts()[0] is first
    assert len(network.parts()) >= 3


@pytest.mark.parametrize("kind", ["efficientnet", "resnet"])
def test_batch_normalisations_keep_what_they_were_taught_and_learn_how_to_scale(
    tmp_path: Path, kind: str
) -> None:
    needs_transformers()
    import torch
    from torch import nn

    from apprenti.blocks.hub_tuning import load_for_tuning

    weights = tunable(kind, tmp_path)
    network = load_for_tuning(weights)
    norms = [layer for layer in network.modules() if isinstance(layer, nn.BatchNorm2d)]
    means = [norm.running_mean.clone() for norm in norms]
    scales = [norm.weight.detach().clone() for norm in norms]
    a_step(network, torch.rand(4, 3, weights.size_px, weights.size_px) * 255)
    assert all(torch.equal(norm.running_mean, mean) for norm, mean in zip(norms, means, strict=True))
    assert not any(torch.equal(norm.weight, scale) for norm, scale in zip(norms, scales, strict=True))
