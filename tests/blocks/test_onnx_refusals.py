"""What a backbone file may not be: nothing in it is trusted, and every refusal names the file."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, external_data_helper, helper, numpy_helper
from tests.blocks.networks import N_FEATURES, a_network, saved

from apprenti.blocks.onnx_backbone import load_backbone
from apprenti.domain.errors import BackboneError


def foreign_operator() -> onnx.ModelProto:
    model = a_network()
    relu = next(node for node in model.graph.node if node.op_type == "Relu")
    relu.op_type, relu.domain = "Gelu", "com.microsoft"
    model.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    return model


def external_weights() -> onnx.ModelProto:
    model = a_network()
    for tensor in model.graph.initializer:
        external_data_helper.set_external_data(tensor, "../../etc/passwd")
        tensor.ClearField("raw_data")
    return model


def external_in_a_constant() -> onnx.ModelProto:
    model = a_network()
    tensor = numpy_helper.from_array(np.zeros(4, np.float32), "elsewhere")
    external_data_helper.set_external_data(tensor, "weights.bin")
    tensor.ClearField("raw_data")
    model.graph.node.insert(0, helper.make_node("Constant", [], ["elsewhere"], value=tensor))
    return model


def two_inputs() -> onnx.ModelProto:
    model = a_network(output="own")
    model.graph.input.append(helper.make_tensor_value_info("mask", TensorProto.FLOAT, ["N", N_FEATURES]))
    model.graph.node.append(helper.make_node("Mul", ["own", "mask"], ["features"]))
    model.graph.output[0].name = "features"
    return model


def one_channel() -> onnx.ModelProto:
    model = a_network()
    model.graph.input[0].type.tensor_type.shape.dim[1].dim_value = 1
    return model


def not_square() -> onnx.ModelProto:
    model = a_network()
    model.graph.input[0].type.tensor_type.shape.dim[2].dim_value = 20
    return model


def whole_numbers() -> onnx.ModelProto:
    model = a_network()
    model.graph.input[0].type.tensor_type.elem_type = TensorProto.INT32
    model.graph.node.insert(0, helper.make_node("Cast", ["image"], ["cast"], to=TensorProto.FLOAT))
    model.graph.node[1].input[0] = "cast"
    return model


def mixes_the_batch() -> onnx.ModelProto:
    model = a_network(output="own")
    model.graph.node.extend(
        [
            helper.make_node("ReduceMean", ["own"], ["shared"], axes=[0], keepdims=1),
            helper.make_node("Sub", ["own", "shared"], ["features"]),
        ]
    )
    model.graph.output[0].name = "features"
    return model


def overflows() -> onnx.ModelProto:
    model = a_network(output="own")
    model.graph.node.extend(
        [
            helper.make_node("Sub", ["own", "own"], ["zero"]),
            helper.make_node("Div", ["own", "zero"], ["features"]),
        ]
    )
    model.graph.output[0].name = "features"
    return model


def one_vector_per_patch() -> onnx.ModelProto:
    model = a_network(output="own")
    model.graph.initializer.append(numpy_helper.from_array(np.array([0, N_FEATURES, -1], np.int64), "tokens"))
    model.graph.node.append(helper.make_node("Reshape", ["map", "tokens"], ["features"]))
    model.graph.output[0].CopyFrom(
        helper.make_tensor_value_info("features", TensorProto.FLOAT, ["N", N_FEATURES, 64])
    )
    return model


@pytest.mark.parametrize(
    ("make", "key"),
    [
        (foreign_operator, "backbone_operators"),
        (external_weights, "backbone_external_data"),
        (external_in_a_constant, "backbone_external_data"),
        (two_inputs, "backbone_inputs"),
        (one_channel, "backbone_input_shape"),
        (not_square, "backbone_input_shape"),
        (lambda: a_network(size=4), "backbone_input_shape"),
        (whole_numbers, "backbone_input_type"),
        (mixes_the_batch, "backbone_batch"),
        (overflows, "backbone_not_finite"),
        (one_vector_per_patch, "backbone_features"),
        (lambda: a_network(output="other", flatten="none"), "backbone_no_output"),
        (lambda: a_network(metadata={"mean": "grey"}), "backbone_card"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_network_that_cannot_be_used_is_refused(
    tmp_path: Path, make: Callable[[], onnx.ModelProto], key: str
) -> None:
    with pytest.raises(BackboneError) as refusal:
        load_backbone(saved(make(), tmp_path))
    assert refusal.value.key == key
    assert "tiny.onnx" in str(refusal.value)
    assert "tiny.onnx" in refusal.value.said("fr")


class Bomb:
    def __reduce__(self) -> tuple[object, ...]:
        return (pytest.fail, ("the pickle was opened",))


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"", "backbone_not_onnx"),
        (b"not a network at all, but a line of text\n", "backbone_not_onnx"),
        (bytes(range(256)) * 40, "backbone_not_onnx"),
        (a_network().SerializeToString()[:-40], "backbone_not_onnx"),
        (pickle.dumps(Bomb()), "backbone_pickle"),
        (b"PK\x03\x04" + bytes(60), "backbone_pickle"),
    ],
)
def test_a_file_that_is_not_onnx_is_refused_unopened(tmp_path: Path, data: bytes, key: str) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(data)
    with pytest.raises(BackboneError) as refusal:
        load_backbone(path)
    assert refusal.value.key == key


@pytest.mark.parametrize(
    "card",
    [
        "{",
        "[]",
        '{"size_px": "large"}',
        '{"size_px": 100000}',
        '{"scale": 0}',
        '{"mean": NaN}',
        '{"fit": "zoom"}',
    ],
)
def test_a_wrong_card_is_refused(tmp_path: Path, card: str) -> None:
    path = saved(a_network(), tmp_path)
    (tmp_path / "tiny.onnx.json").write_text(card)
    with pytest.raises(BackboneError) as refusal:
        load_backbone(path)
    assert refusal.value.key == "backbone_card"


def test_what_is_not_a_file_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "absent.onnx", tmp_path):
        with pytest.raises(BackboneError) as refusal:
            load_backbone(path)
        assert refusal.value.key == "backbone_missing"


def test_a_file_too_large_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.onnx"
    with path.open("wb") as file:
        file.truncate(500_000_000)  # takes no room on the disk
    with pytest.raises(BackboneError, match="400 MB"):
        load_backbone(path)
