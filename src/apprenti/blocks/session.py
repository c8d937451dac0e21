"""Opens ONNX graphs for running, in the one way that measured fastest."""

from __future__ import annotations

import os
from types import ModuleType
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

BATCH_SIZE = 1
"""Images per run: the last bits of an answer depend on what else is in the batch, and the same photo must have the
same features whatever it is embedded with. On a CPU larger batches are no faster (7.1 ms an image at 1, 7.3 at 8)."""


def open_session(graph: bytes) -> InferenceSession:
    """Return a session for ``graph`` that runs in the calling thread alone.

    Weights kept as 8-bit integers are turned to float32 once here rather than in every run: the public
    MobileNetV2 goes from 14.5 to 7.1 ms an image, while its file stays small. A network whose activations are
    quantised too keeps its integer arithmetic.

    Args:
        graph: a serialized ONNX model with all its weights inside.

    Raises:
        Exception: what ONNX Runtime raises for a graph it cannot run; callers say it in their own words.
    """
    onnxruntime = import_silent()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    if not quantises_activations(graph):
        options.add_session_config_entry("session.disable_quant_qdq", "1")
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def import_silent() -> ModuleType:
    """Import ONNX Runtime so that it reports to nobody.

    Since 1.31 it looks up its maker's telemetry server and keeps a device number in the user's cache folder, unless
    this variable is there when it is loaded. The call is for a program that had loaded it before.
    """
    os.putenv("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    return cast("ModuleType", onnxruntime)


def quantises_activations(graph: bytes) -> bool:
    """Return whether ``graph`` holds a ``QuantizeLinear`` node, told from its bytes so as to need no parser.

    ``DequantizeLinear`` has a small q and does not match; a false alarm costs speed, nothing else.
    """
    return b"QuantizeLinear" in graph
