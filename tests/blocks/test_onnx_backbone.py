from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from tests.blocks.networks import N_FEATURES, a_network, noise, saved

from apprenti.blocks.backbone import Backbone
from apprenti.blocks.onnx_backbone import candidate_scalings, load_backbone
from apprenti.blocks.scaling import SIGNED, STANDARD_SCALINGS, Scaling
from apprenti.blocks.session import open_session, quantises_activations
from apprenti.domain.errors import BackboneError

SHARED_WEIGHTS = Path(__file__).parents[3] / "shared" / "weights"


def run(backbone: Backbone, pixels: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
    outputs: list[NDArray[np.float32]] = open_session(backbone.graph).run(None, {"pixels": pixels})
    return outputs


def reference(model: onnx.ModelProto, image: NDArray[np.generic]) -> NDArray[np.float32]:
    (features,) = open_session(model.SerializeToString()).run(["features"], {"image": image})
    return np.asarray(features, dtype=np.float32)


def planes(pixels: NDArray[np.uint8], mean: float = 127.5, scale: float = 127.5) -> NDArray[np.float32]:
    return ((pixels.transpose(0, 3, 1, 2).astype(np.float32) - np.float32(mean)) / np.float32(scale)).copy()


def test_features_are_those_of_the_network_on_scaled_pixels(tmp_path: Path) -> None:
    model = a_network()
    backbone = load_backbone(saved(model, tmp_path))
    features, feature_map = run(backbone, noise(3))
    np.testing.assert_allclose(features, reference(model, planes(noise(3))), rtol=1e-4, atol=1e-5)
    assert (backbone.size_px, backbone.n_features, backbone.fit) == (16, N_FEATURES, "squash")
    assert backbone.has_feature_map
    assert feature_map.shape == (3, N_FEATURES, 8, 8)
    np.testing.assert_allclose(feature_map.mean(axis=(2, 3)), features, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "changes",
    [
        {"layout": "NHWC"},
        {"batch": 1, "flatten": "Reshape"},
        {"batch": 4, "flatten": "Squeeze"},
        {"flatten": "Squeeze", "pooling": "ReduceMean"},
        {"opset": 11},
        {"opset": 17},
        {"opset": 22},
        {"size": "S"},
        {"layout": "NHWC", "size": "S"},
        {"elem_type": TensorProto.FLOAT16},
        {"flatten": "none", "pooling": "none"},
    ],
    ids=str,
)
def test_networks_exported_in_other_ways_give_the_same_features(
    tmp_path: Path, changes: dict[str, object]
) -> None:
    if changes.get("size") == "S":
        (tmp_path / "tiny.onnx.json").write_text('{"size_px": 16}')
    backbone = load_backbone(saved(a_network(**changes), tmp_path))  # type: ignore[arg-type]
    features = run(backbone, noise(3))[0]
    expected = reference(a_network(), planes(noise(3)))
    tolerance = 0.02 if changes.get("elem_type") == TensorProto.FLOAT16 else 1e-4
    np.testing.assert_allclose(features, expected, rtol=tolerance, atol=tolerance)
    assert backbone.has_feature_map
    onnx.checker.check_model(onnx.load_model_from_string(backbone.graph))


def test_an_open_size_is_taken_to_be_224(tmp_path: Path) -> None:
    assert load_backbone(saved(a_network(size="S"), tmp_path)).size_px == 224


def test_a_network_that_takes_bytes_is_fed_bytes(tmp_path: Path) -> None:
    model = a_network(elem_type=TensorProto.UINT8)
    path = saved(model, tmp_path)
    features = run(load_backbone(path), noise(2))[0]
    np.testing.assert_allclose(features, reference(model, noise(2).transpose(0, 3, 1, 2).copy()), rtol=1e-4)
    assert [scaling.name for scaling in candidate_scalings(path)] == ["raw"]


def test_what_only_the_classifier_needs_is_left_out(tmp_path: Path) -> None:
    backbone = load_backbone(saved(a_network(), tmp_path))
    graph = onnx.load_model_from_string(backbone.graph).graph
    assert not any("classifier" in tensor.name for tensor in graph.initializer)
    assert [output.name for output in graph.output] == ["features", "feature_map"]


def test_features_that_are_not_a_mean_have_no_map(tmp_path: Path) -> None:
    backbone = load_backbone(saved(a_network(pooling="ReduceMax"), tmp_path))
    assert not backbone.has_feature_map
    assert len(run(backbone, noise(1))) == 1


def test_the_name_is_plain_stable_and_changes_with_file_and_scaling(tmp_path: Path) -> None:
    path = saved(a_network(), tmp_path, "réseau (v2) @ home.onnx")
    name = load_backbone(path).name
    assert name.startswith("reseau_v2_home-")
    assert load_backbone(path).name == name
    assert load_backbone(path).graph == load_backbone(path).graph
    assert load_backbone(path, scaling=STANDARD_SCALINGS[1]).name != name
    assert load_backbone(saved(a_network(seed=1), tmp_path, path.name)).name != name


def test_a_card_beside_the_file_tells_scaling_licence_and_name(tmp_path: Path) -> None:
    path = saved(a_network(), tmp_path)
    card = {
        "mean": 128,
        "scale": [127, 127, 127],
        "licence": "MIT",
        "source": "a lab",
        "name": "small",
        "fit": "crop",
    }
    (tmp_path / "tiny.onnx.json").write_text(json.dumps(card))
    backbone = load_backbone(path)
    assert (backbone.licence, backbone.source, backbone.fit) == ("MIT", "a lab", "crop")
    assert backbone.name.startswith("small-")
    expected = reference(a_network(), planes(noise(2), 128, 127))
    np.testing.assert_allclose(run(backbone, noise(2))[0], expected, rtol=1e-4, atol=1e-5)
    assert [scaling.mean for scaling in candidate_scalings(path)] == [(128.0, 128.0, 128.0)]


def test_metadata_in_the_file_tells_the_same_and_the_card_goes_first(tmp_path: Path) -> None:
    path = saved(a_network(metadata={"licence": "MIT", "scale": "255", "mean": "[0, 0, 0]"}), tmp_path)
    assert load_backbone(path).licence == "MIT"
    assert candidate_scalings(path)[0].scale == (255.0, 255.0, 255.0)
    (tmp_path / "tiny.onnx.json").write_text('{"licence": "Apache-2.0"}')
    assert load_backbone(path).licence == "Apache-2.0"


def test_an_untold_scaling_leaves_the_usual_ones_to_be_measured(tmp_path: Path) -> None:
    path = saved(a_network(), tmp_path)
    assert candidate_scalings(path) == STANDARD_SCALINGS
    assert load_backbone(path) == load_backbone(path, scaling=SIGNED)
    unit = Scaling(name="unit", mean=(0.0, 0.0, 0.0), scale=(255.0, 255.0, 255.0))
    expected = reference(a_network(), planes(noise(2), 0, 255))
    np.testing.assert_allclose(
        run(load_backbone(path, scaling=unit), noise(2))[0], expected, rtol=1e-4, atol=1e-5
    )


def test_features_under_another_name_are_named_in_the_card(tmp_path: Path) -> None:
    path = saved(a_network(output="embedding"), tmp_path)
    (tmp_path / "tiny.onnx.json").write_text('{"output": "logits"}')
    assert load_backbone(path).n_features == 4
    (tmp_path / "tiny.onnx.json").write_text('{"output": "features"}')
    with pytest.raises(BackboneError, match=r'embedding, logits.*\{"output": "NAME"\}'):
        load_backbone(path)


def with_branch() -> onnx.ModelProto:
    """Return a network that ends in an ``If`` whose branches use constants and tensors from outside."""
    model = a_network(output="plain")
    branches = {
        name: helper.make_graph(
            [helper.make_node("Mul", ["plain", factor], [f"{name}_result"])],
            name,
            [],
            [helper.make_tensor_value_info(f"{name}_result", TensorProto.FLOAT, None)],
        )
        for name, factor in (("then", "one"), ("else", "two"))
    }
    model.graph.initializer.extend(
        numpy_helper.from_array(value, name)
        for name, value in (("one", np.float32(1)), ("two", np.float32(2)), ("yes", np.array(True)))
    )
    model.graph.node.append(
        helper.make_node(
            "If", ["yes"], ["features"], then_branch=branches["then"], else_branch=branches["else"]
        )
    )
    model.graph.output.append(helper.make_tensor_value_info("features", TensorProto.FLOAT, ["N", N_FEATURES]))
    return model


def test_a_branch_that_uses_outside_names_survives_pruning_and_joining(tmp_path: Path) -> None:
    features = run(load_backbone(saved(with_branch(), tmp_path)), noise(2))[0]
    np.testing.assert_allclose(features, reference(a_network(), planes(noise(2))), rtol=1e-4, atol=1e-5)


def test_operators_written_as_functions_are_written_out(tmp_path: Path) -> None:
    model = a_network()
    model.functions.append(
        helper.make_function(
            "exporter",
            "MyRelu",
            ["x"],
            ["y"],
            [helper.make_node("Relu", ["x"], ["y"])],
            [helper.make_opsetid("", 13)],
        )
    )
    relu = next(node for node in model.graph.node if node.op_type == "Relu")
    relu.op_type, relu.domain = "MyRelu", "exporter"
    model.opset_import.append(helper.make_opsetid("exporter", 1))
    features = run(load_backbone(saved(model, tmp_path)), noise(2))[0]
    np.testing.assert_allclose(features, reference(a_network(), planes(noise(2))), rtol=1e-4, atol=1e-5)


# --- 8-bit weights ------------------------------------------------------------------------------------------


def test_only_networks_that_quantise_activations_keep_their_integer_arithmetic() -> None:
    weights_only = helper.make_node("DequantizeLinear", ["q", "s"], ["w"]).SerializeToString()
    activations = helper.make_node("QuantizeLinear", ["x", "s"], ["q"]).SerializeToString()
    assert not quantises_activations(weights_only)
    assert quantises_activations(activations)


@pytest.mark.shared
@pytest.mark.parametrize("folder", ["coral_mobilenet_v2_1.0_224", "mobilenet_edgetpu_1.0_224_uint8"])
def test_the_public_networks_give_the_features_of_their_own_files(folder: str) -> None:
    (path,) = (SHARED_WEIGHTS / folder).glob("*.onnx")
    backbone = load_backbone(path)
    assert (backbone.size_px, backbone.n_features, backbone.has_feature_map) == (224, 1280, True)
    assert len(backbone.graph) < path.stat().st_size  # the classifier is gone, the weights still have 8 bits
    pixels = noise(1, 224)
    features, feature_map = run(backbone, pixels)
    (expected,) = open_session(path.read_bytes()).run(["features"], {"input": planes(pixels)})
    np.testing.assert_allclose(features, expected, atol=1e-3 * np.abs(expected).max())
    np.testing.assert_allclose(feature_map.mean(axis=(2, 3)), features, atol=1e-4 * np.abs(expected).max())
