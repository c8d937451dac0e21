"""The arithmetic of a network is counted from its graph."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from tests.blocks.networks import a_network

from apprenti.blocks.graph import FLOAT, UINT8, GraphBuilder
from apprenti.blocks.graph_work import DEPTHWISE_WEIGHT, multiply_adds
from apprenti.blocks.onnx_backbone import load_backbone


def a_convolution(*, n_groups: int) -> bytes:
    graph = GraphBuilder()
    pixels = graph.input("pixels", UINT8, ["N", 8, 8, 3])
    planes = graph.add("Transpose", graph.add("Cast", pixels, to=FLOAT), perm=[0, 3, 1, 2])
    kernel = graph.constant(np.ones((3, 3 // n_groups, 3, 3), np.float32))
    made = graph.add("Conv", planes, kernel, group=n_groups, pads=[1, 1, 1, 1])
    graph.output(made, "features", FLOAT, ["N", 3, 8, 8])
    return bytes(graph.model().SerializeToString())


def test_a_depthwise_convolution_counts_for_the_memory_it_moves() -> None:
    assert multiply_adds(a_convolution(n_groups=1)) == 8 * 8 * 3 * 27
    assert multiply_adds(a_convolution(n_groups=3)) == 8 * 8 * 3 * 9 * DEPTHWISE_WEIGHT


def test_larger_squares_take_as_much_more_as_they_have_pixels(tmp_path: Path) -> None:
    work = []
    for size in (16, 32):
        (tmp_path / "net.onnx").write_bytes(a_network(size=size).SerializeToString())
        work.append(multiply_adds(load_backbone(tmp_path / "net.onnx").graph))
    assert work[1] == 4 * work[0] > 0
