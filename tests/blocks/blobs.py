"""An easy problem with a known answer, and a way to run what a block adds to a graph."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.graph import FLOAT, GraphBuilder
from apprenti.blocks.joining import finished

N_FEATURES = 12


class Part(Protocol):
    def add_to(self, graph: GraphBuilder, features: str) -> str: ...


def blobs(
    n: int = 160, *, n_labels: int = 4, spread: float = 1.0, seed: int = 0
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return rows [n, 12] around one centre per class, of uneven scales, and their labels [n]."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n, dtype=np.int64) % n_labels
    centres = np.random.default_rng(1).normal(0, 2, (n_labels, N_FEATURES))
    rows = centres[labels] + rng.normal(0, spread, (n, N_FEATURES))
    return (rows * np.linspace(0.5, 3, N_FEATURES) + 1).astype(np.float32), labels


def run_graph(part: Part, features: NDArray[np.float32], *, rank: int = 2) -> NDArray[np.float32]:
    """Return what ONNX Runtime makes of the nodes ``part`` adds, a tensor of ``rank`` axes."""
    return run_bytes(graph_bytes(part, features.shape[1], rank=rank), features)


def graph_bytes(part: Part, n_features: int, *, rank: int = 2) -> bytes:
    graph = GraphBuilder()
    result = part.add_to(graph, graph.input("features", FLOAT, ["N", n_features]))
    graph.output(result, "result", FLOAT, ["N", "K"][:rank])
    return finished(graph)


def run_bytes(model: bytes, features: NDArray[np.float32]) -> NDArray[np.float32]:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    (result,) = session.run(["result"], {"features": features})
    return np.asarray(result)


def assert_close(found: NDArray[np.float32], expected: NDArray[np.float32], tolerance: float = 1e-4) -> None:
    """Hold each value to ``tolerance`` of the size of the values around it."""
    assert found.shape == expected.shape
    assert found.dtype == expected.dtype == np.float32
    np.testing.assert_allclose(
        found, expected, rtol=tolerance, atol=tolerance * float(np.abs(expected).max(initial=1))
    )
