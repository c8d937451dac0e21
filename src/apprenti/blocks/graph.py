"""A small builder of ONNX graphs: every block adds its nodes to one, so that a model leaves as a single graph.

Only operators whose meaning is the same in opsets 13 to 22 are used (``ReduceSum`` yes, ``ReduceMean`` no),
so that a block can be joined to a backbone of any opset from 13 on without converting it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

MINIMUM_OPSET = 13
IR_VERSION = 8


class GraphBuilder:
    """Collects nodes and constants under deterministic names.

    Args:
        opset: version of the default operator set, 13 or later.
        prefix: put before every name, so that two builders never collide.

    Example:
        >>> graph = GraphBuilder()
        >>> pixels = graph.input("pixels", TensorProto.FLOAT, ["N", 4])
        >>> doubled = graph.add("Mul", pixels, graph.constant(np.float32(2)))
        >>> graph.output(doubled, "doubled", TensorProto.FLOAT, ["N", 4])
        >>> onnx.checker.check_model(graph.model())
    """

    def __init__(self, *, opset: int = MINIMUM_OPSET, prefix: str = "") -> None:
        self.opset = opset
        self.prefix = prefix
        self.uses_ml_operators = False
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self.inputs: list[onnx.ValueInfoProto] = []
        self.outputs: list[onnx.ValueInfoProto] = []
        self._n_names = 0

    def input(self, name: str, elem_type: int, shape: Sequence[int | str]) -> str:
        """Declare a graph input and return its name."""
        self.inputs.append(helper.make_tensor_value_info(name, elem_type, list(shape)))
        return name

    def constant(self, value: NDArray[Any] | np.generic) -> str:
        """Add a constant tensor and return its name."""
        name = self.fresh("constant")
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def scalar(self, value: float) -> str:
        """Add a float32 constant without dimensions and return its name."""
        return self.constant(np.asarray(value, dtype=np.float32))

    def shape(self, *sizes: int) -> str:
        """Add an int64 vector (a shape, axes, starts, ends) and return its name."""
        return self.constant(np.asarray(sizes, dtype=np.int64))

    def add(
        self, operator: str, *inputs: str, domain: str = "", n_outputs: int = 1, **attributes: Any
    ) -> str:
        """Add one node and return the name of its (first) output; the others are ``name + "_1"`` and so on."""
        self.uses_ml_operators = self.uses_ml_operators or domain == "ai.onnx.ml"
        name = self.fresh(operator)
        outputs = [name, *(f"{name}_{i}" for i in range(1, n_outputs))]
        self.nodes.append(
            helper.make_node(operator, list(inputs), outputs, name=name, domain=domain, **attributes)
        )
        return name

    def output(self, tensor: str, name: str, elem_type: int, shape: Sequence[int | str]) -> None:
        """Publish ``tensor`` as the graph output ``name``."""
        self.nodes.append(helper.make_node("Identity", [tensor], [name], name=self.fresh("output")))
        self.outputs.append(helper.make_tensor_value_info(name, elem_type, list(shape)))

    def fresh(self, stem: str) -> str:
        """Return a name not used before."""
        self._n_names += 1
        return f"{self.prefix}{stem}_{self._n_names}"

    def model(self) -> onnx.ModelProto:
        """Return the finished model; the same calls give the same bytes."""
        graph = helper.make_graph(
            self.nodes, "apprenti", self.inputs, self.outputs, initializer=self.constants
        )
        opsets = [helper.make_opsetid("", self.opset)]
        if self.uses_ml_operators:
            opsets.append(helper.make_opsetid("ai.onnx.ml", 3))
        return helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name="apprenti")


FLOAT = TensorProto.FLOAT
UINT8 = TensorProto.UINT8
