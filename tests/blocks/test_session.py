import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from onnx import TensorProto

from apprenti.blocks.graph import GraphBuilder
from apprenti.blocks.session import open_session

RUN_A_GRAPH = """
import sys
from pathlib import Path
from apprenti.blocks.session import open_session
open_session(Path(sys.argv[1]).read_bytes())
"""


def doubling_graph() -> bytes:
    graph = GraphBuilder()
    x = graph.input("x", TensorProto.FLOAT, ["N", 2])
    graph.output(graph.add("Add", x, x), "y", TensorProto.FLOAT, ["N", 2])
    return graph.model().SerializeToString()


def test_a_graph_runs() -> None:
    (doubled,) = open_session(doubling_graph()).run(None, {"x": np.ones((3, 2), np.float32)})
    assert (doubled == 2).all()


def test_onnx_runtime_keeps_nothing_about_the_person_and_reports_to_nobody(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "graph.onnx").write_bytes(doubling_graph())
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("XDG_", "ORT_"))}
    subprocess.run(
        [sys.executable, "-B", "-c", RUN_A_GRAPH, str(tmp_path / "graph.onnx")],
        env=environment | {"HOME": str(home)},
        check=True,
    )
    assert list(home.rglob("*")) == []
