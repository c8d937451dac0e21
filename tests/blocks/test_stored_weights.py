"""Weights are kept in another way and mean the same numbers."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from apprenti.blocks.session import open_session
from apprenti.blocks.stored_weights import halve_constants, make_weights_foldable, unfold_weights

RANDOM = np.random.default_rng(0)


def a_model(*, zero: int = 0, axis: int = 1, more: tuple[onnx.TensorProto, ...] = ()) -> onnx.ModelProto:
    """Return x · w, where w [4, 3] is kept as 8-bit integers with a scale for each row or column."""
    n_scales = (4, 3)[axis]
    constants = [
        numpy_helper.from_array(RANDOM.integers(-127, 128, (4, 3)).astype(np.int8), "w"),
        numpy_helper.from_array(RANDOM.uniform(0.01, 0.1, n_scales).astype(np.float32), "scale"),
        numpy_helper.from_array(np.full(n_scales, zero, np.int8), "zero"),
        *more,
    ]
    nodes = [
        helper.make_node("DequantizeLinear", ["w", "scale", "zero"], ["weight"], axis=axis),
        helper.make_node("MatMul", ["x", "weight"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 4])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", 3])],
        constants,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


def answer(model: onnx.ModelProto) -> NDArray[np.float32]:
    onnx.checker.check_model(model, full_check=True)
    x = np.random.default_rng(1).normal(size=(5, 4)).astype(np.float32)
    (y,) = open_session(model.SerializeToString()).run(None, {"x": x})
    return np.asarray(y)


@pytest.mark.parametrize("zero", [0, 7])
@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("change", [unfold_weights, make_weights_foldable])
def test_integer_weights_mean_the_same_to_the_last_bit(change: object, axis: int, zero: int) -> None:
    model = a_model(zero=zero, axis=axis)
    before = answer(model)
    assert callable(change)
    change(model)
    np.testing.assert_array_equal(answer(model), before)
    assert "DequantizeLinear" not in {node.op_type for node in model.graph.node}


def test_weights_that_can_be_folded_stay_small_and_nothing_unread_is_left() -> None:
    model = a_model()
    make_weights_foldable(model)
    kept = {tensor.name: tensor.data_type for tensor in model.graph.initializer}
    assert kept["w"] == TensorProto.INT8
    read = {name for node in model.graph.node for name in node.input}
    assert kept.keys() <= read


def test_what_is_dequantised_in_every_run_is_left_alone() -> None:
    """Activations are no constants."""
    model = a_model()
    model.graph.node.insert(0, helper.make_node("QuantizeLinear", ["x", "s", "z"], ["q"]))
    model.graph.node.insert(1, helper.make_node("DequantizeLinear", ["q", "s", "z"], ["x8"]))
    model.graph.node[3].input[0] = "x8"
    model.graph.initializer.append(numpy_helper.from_array(np.float32(0.02), "s"))
    model.graph.initializer.append(numpy_helper.from_array(np.uint8(128), "z"))
    before = answer(model)
    unfold_weights(model)
    assert [node.op_type for node in model.graph.node] == ["QuantizeLinear", "DequantizeLinear", "MatMul"]
    np.testing.assert_allclose(answer(model), before, atol=1e-6)


def test_large_constants_are_halved_where_float16_has_room_for_them() -> None:
    shape = (100, 100)
    values = {
        "usual": RANDOM.normal(size=shape),
        "large": RANDOM.normal(size=shape) * 1e6,
        "tiny": RANDOM.normal(size=shape) * 1e-7,
        "few": RANDOM.normal(size=(2, 2)),
        "spared": RANDOM.normal(size=shape),
    }
    nodes = [helper.make_node("Identity", [name], [f"{name}_out"]) for name in values]
    outputs = [
        helper.make_tensor_value_info(f"{name}_out", TensorProto.FLOAT, value.shape)
        for name, value in values.items()
    ]
    constants = [numpy_helper.from_array(value.astype(np.float32), name) for name, value in values.items()]
    model = helper.make_model(
        helper.make_graph(nodes, "constants", [], outputs, constants),
        opset_imports=[helper.make_opsetid("", 13)],
        ir_version=8,
    )
    halve_constants(model, spared=["spared"])
    onnx.checker.check_model(model, full_check=True)
    halved = {tensor.name for tensor in model.graph.initializer if tensor.data_type == TensorProto.FLOAT16}
    assert halved == {"usual_half"}
    for name, got in zip(values, open_session(model.SerializeToString()).run(None, {}), strict=True):
        np.testing.assert_allclose(got, values[name].astype(np.float32), rtol=0 if name != "usual" else 1e-3)
