"""The least a training must do: decode, resize and embed every photo once, and nothing else.

    python benchmarks/bare_loop.py BACKBONE.onnx FOLDER [folded]

This is the yardstick of ``cpu_ratio.py``, so it is written as well as a plain loop can be: JPEGs are decoded
at a reduced size, and ONNX Runtime gets one thread and batches of 32. With ``folded`` the 8-bit weights are
turned into floats once instead of at every call, as Apprenti does it: an option few know of.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from PIL import Image

SIZE_PX = 224
BATCH = 32


def main() -> None:
    """Embed every photo under the folder and print how many there were."""
    backbone, folder = Path(sys.argv[1]), Path(sys.argv[2])
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    if sys.argv[3:] == ["folded"]:
        options.add_session_config_entry("session.disable_quant_qdq", "1")
    session = onnxruntime.InferenceSession(backbone.read_bytes(), options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    photos = sorted(path for path in folder.rglob("*") if path.suffix.lower() in {".jpg", ".jpeg", ".png"})
    n_done = 0
    for begin in range(0, len(photos), BATCH):
        pixels = np.stack([decoded(path) for path in photos[begin : begin + BATCH]])  # [B, 224, 224, 3] uint8
        scaled = (pixels.transpose(0, 3, 1, 2).astype(np.float32) - 127.5) / 127.5
        n_done += len(session.run(["features"], {name: scaled})[0])
    print(n_done)


def decoded(path: Path) -> NDArray[np.uint8]:
    """Return the photo as [224, 224, 3] uint8."""
    with Image.open(path) as image:
        image.draft("RGB", (SIZE_PX, SIZE_PX))
        return np.asarray(image.convert("RGB").resize((SIZE_PX, SIZE_PX), Image.Resampling.BILINEAR))


if __name__ == "__main__":
    main()
