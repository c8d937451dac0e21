"""Convolutions of networks, and only they, are worked out in 8 bits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import helper
from tests.blocks.networks import DistanceFromZero, LinearHead, a_network, noise, saved

from apprenti.blocks.assembly import assemble, prefix_of
from apprenti.blocks.backbone import Backbone
from apprenti.blocks.onnx_backbone import load_backbone
from apprenti.blocks.quantising import has_convolutions, quantised
from apprenti.blocks.session import open_session
from apprenti.domain.recipe import Canvas


def cut_at_six(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return the network with the ReLU6 of mobile networks in the place of its ReLU."""
    (relu,) = (node for node in model.graph.node if node.op_type == "Relu")
    relu.CopyFrom(helper.make_node("Clip", ["conv", "zero", "six"], ["map"]))
    for name, value in (("zero", 0.0), ("six", 6.0)):
        model.graph.initializer.append(onnx.numpy_helper.from_array(np.float32(value), name))
    return model


def assembled(*backbones: Backbone) -> bytes:
    n_features = sum(backbone.n_features for backbone in backbones)
    return assemble(
        backbones,
        Canvas(size_px=16),
        LinearHead(n_features, 3),
        n_labels=3,
        temperature=1.0,
        familiarity=DistanceFromZero(),
    )


@pytest.fixture(params=["Relu", "Clip", "opset 20"])
def graph(request: pytest.FixtureRequest, tmp_path: Path) -> bytes:
    """Two networks of nodes without names, as exporters leave them."""
    network = a_network(opset=20 if request.param == "opset 20" else 13)
    if request.param == "Clip":
        network = cut_at_six(network)
    first = load_backbone(saved(network, tmp_path, "first.onnx"))
    second = load_backbone(saved(a_network(seed=2), tmp_path, "second.onnx"))
    return assembled(first, second)


def test_the_networks_named_are_quantised_and_answer_nearly_the_same(
    graph: bytes, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    pictures = noise(8)
    made = quantised(graph, pictures, networks=[prefix_of(0)], others=[prefix_of(1)], folder=tmp_path)
    model = onnx.load_model_from_string(made)
    onnx.checker.check_model(model, full_check=True)
    made_by = {output: node.op_type for node in model.graph.node for output in node.output}
    fed = {
        node.output[0].split("/")[0]: made_by.get(node.input[1]) == "DequantizeLinear"
        for node in model.graph.node
        if node.op_type == "Conv"
    }
    assert fed == {"backbone0": True, "backbone1": False}
    before, after = (
        open_session(each).run(["embedding"], {"pixels": noise(4, seed=7)})[0] for each in (graph, made)
    )
    assert np.abs(before - after).max() < 0.05 * np.abs(before).max()
    assert np.abs(before - after)[:, :6].max() > 0
    np.testing.assert_allclose(after[:, 6:], before[:, 6:], rtol=1e-5)
    assert capfd.readouterr() == ("", "")  # neither Python nor ONNX Runtime complains


def test_the_same_pictures_give_the_same_bytes(graph: bytes, tmp_path: Path) -> None:
    first, second = (
        quantised(graph, noise(2), networks=[prefix_of(0), prefix_of(1)], folder=tmp_path) for _ in range(2)
    )
    assert first == second


def test_only_what_has_convolutions_can_be_quantised(graph: bytes) -> None:
    assert has_convolutions(graph, [prefix_of(1)])
    assert not has_convolutions(graph, [prefix_of(2)])
    assert not has_convolutions(graph, [])
