"""Networks as people export them for the hub: no output says "features", and still they are found."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from tests.blocks.networks import N_FEATURES, a_network, noise, saved

from apprenti.blocks.onnx_backbone import backbone_with, load_backbone
from apprenti.blocks.scaling import Card
from apprenti.blocks.session import open_session
from apprenti.domain.errors import BackboneError


def features_of(model: onnx.ModelProto) -> tuple[NDArray[np.float32], bool]:
    backbone = backbone_with(model.SerializeToString(), Card(name="net"), item="net.onnx")
    (features,) = open_session(backbone.graph).run(["features"], {"pixels": noise(3)})
    assert features.shape == (3, backbone.n_features)
    return features, backbone.has_feature_map


def only(model: onnx.ModelProto, *outputs: tuple[str, list[int | str]]) -> onnx.ModelProto:
    """Return the model with these outputs and no other."""
    del model.graph.output[:]
    model.graph.output.extend(
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in outputs
    )
    return model


def a_classifier(last: str) -> onnx.ModelProto:
    """Return a network that gives away nothing but its classes."""
    model = a_network(output="pooled_and_flat")
    nodes = model.graph.node
    if last == "Gemm":
        bias = numpy_helper.from_array(np.ones(4, np.float32), "bias4")
        model.graph.initializer.append(bias)
        nodes[-1].CopyFrom(helper.make_node("Gemm", ["pooled_and_flat", "classifier", "bias4"], ["logits"]))
    elif last == "MatMul and Add":
        model.graph.initializer.append(numpy_helper.from_array(np.ones(4, np.float32), "bias4"))
        nodes[-1].output[0] = "weighed"
        nodes.append(helper.make_node("Add", ["bias4", "weighed"], ["logits"]))
    elif last == "Softmax":
        nodes[-1].output[0] = "weighed"
        nodes.append(helper.make_node("Softmax", ["weighed"], ["logits"]))
    elif last == "transposed weights":
        nodes[-1].input[1] = "turned"
        nodes.insert(0, helper.make_node("Transpose", ["stored"], ["turned"], perm=[1, 0]))
        weights = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
        model.graph.initializer.append(numpy_helper.from_array(weights["classifier"].T.copy(), "stored"))
    return only(model, ("logits", ["N", 4]))


@pytest.mark.parametrize("last", ["MatMul", "Gemm", "MatMul and Add", "Softmax", "transposed weights"])
def test_the_features_of_a_classifier_are_what_its_last_layer_weighs(last: str) -> None:
    features, has_map = features_of(a_classifier(last))
    np.testing.assert_allclose(features, features_of(a_network())[0], rtol=1e-5)
    assert has_map


def test_a_pooled_output_goes_before_classes_and_before_its_map() -> None:
    model = a_network(output="pooler_output")
    only(model, ("logits", ["N", 4]), ("last_hidden_state", ["N", 6, 8, 8]), ("pooler_output", ["N", 6]))
    model.graph.node.append(helper.make_node("Identity", ["map"], ["last_hidden_state"]))
    features, has_map = features_of(model)
    np.testing.assert_allclose(features, features_of(a_network())[0], rtol=1e-5)
    assert has_map


def with_tokens(*, class_token: bool) -> onnx.ModelProto:
    """Return a network that gives a vector for each of 8 x 8 patches, behind one for the picture where asked."""
    model = a_network(output="flat")
    model.graph.initializer.extend(
        [
            numpy_helper.from_array(np.array([0, N_FEATURES, -1], np.int64), "rows"),
            numpy_helper.from_array(np.array([2], np.int64), "last_axis"),
        ]
    )
    add = model.graph.node.append
    add(helper.make_node("Reshape", ["map", "rows"], ["patches"]))
    joined = "patches"
    if class_token:
        add(helper.make_node("ReduceMax", ["patches"], ["most"], axes=[2], keepdims=1))
        add(helper.make_node("Concat", ["most", "patches"], ["all"], axis=2))
        joined = "all"
    add(helper.make_node("Transpose", [joined], ["last_hidden_state"], perm=[0, 2, 1]))
    add(helper.make_node("Tanh", ["flat"], ["pooler_output"]))  # often untrained
    return only(model, ("last_hidden_state", ["N", "tokens", 6]), ("pooler_output", ["N", 6]))


def test_of_tokens_the_one_for_the_whole_picture_is_taken() -> None:
    features, _ = features_of(with_tokens(class_token=True))
    expected = features_of(a_network(pooling="ReduceMax"))[0]
    np.testing.assert_allclose(features, expected, rtol=1e-5)


def test_tokens_of_patches_alone_are_averaged() -> None:
    features, _ = features_of(with_tokens(class_token=False))
    np.testing.assert_allclose(features, features_of(a_network())[0], rtol=1e-4, atol=1e-6)


def test_where_nothing_looks_like_features_the_outputs_are_named(tmp_path: Path) -> None:
    model = only(a_network(output="flat"), ("boxes", ["N", 6]), ("scores", ["N", 4]))
    model.graph.node.append(helper.make_node("Tanh", ["flat"], ["boxes"]))
    model.graph.node[-2].output[0] = "scores"
    with pytest.raises(BackboneError) as refusal:
        load_backbone(saved(model, tmp_path))
    assert refusal.value.key == "backbone_no_output"
    assert "boxes, scores" in str(refusal.value)


def test_what_the_exporter_wrote_about_its_own_machine_is_left_out() -> None:
    model = a_network()
    for part in (*model.graph.node, *model.graph.initializer, model.graph):
        part.doc_string = "File '/secret/place/train.py', line 7"
        part.metadata_props.add(key="pkg.torch.onnx.stack_trace", value="/secret/place/train.py")
    backbone = backbone_with(model.SerializeToString(), Card(name="net"), item="net.onnx")
    assert b"secret" in model.SerializeToString()
    assert b"secret" not in backbone.graph
