"""What the teachers see in fixed crops of the corpus photos, computed once.

    python pretrain/views.py --work DIR --teacher v2=FILE.onnx --views tiny=4 fruits=1 sample=40

A teacher that answers for the very crop the student is shown teaches more than one that saw the whole photo, but to
ask it anew at every step costs more than the student's own step. So every photo gets a few crops, drawn once from a
fixed seed; the teacher's features of each are kept, and the student sees these crops, at sizes of its own.

Writes ``DIR/views/TEACHER/SOURCE-VIEW.npy``: float16 [n, d]. A file that is there already is kept, so the command
can be stopped and given again, and two of them with different ``--views`` can run side by side.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import zlib
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import affine_grid, grid_sample

TEACHER_PX = 160
"""A ridge probe on Tiny-ImageNet's validation photos (64 px) says .406, .430, .478, .465 for MobileNetV2 at 96, 128,
160 and 224 px."""
BATCH = 16
MIN_AREA = {"tiny": 0.35, "tiny-val": 0.35, "fruits": 0.35, "sample": 0.06}
"""Smallest crop of each source, as a share of the photo."""
SCALINGS = {"v2": (127.5, 127.5), "edge": (128.0, 127.0)}
"""What each teacher subtracts from a pixel and divides by, from ``weights/README.md``."""


def main() -> None:
    """Ask the teacher the command line names about the views it names."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--work", type=Path, required=True, help="folder of the corpus arrays")
    parser.add_argument("--teacher", required=True, metavar="NAME=FILE", help="v2=… or edge=…")
    parser.add_argument("--views", nargs="+", required=True, metavar="SOURCE=FIRST:STOP")
    options = parser.parse_args()
    torch.set_num_threads(1)
    name, _, file = options.teacher.partition("=")
    session = open_teacher(Path(file))
    keep_classifier(Path(file), options.work / "views" / f"{name}-classifier.npz")
    for named in options.views:
        source, _, span = named.partition("=")
        first, _, stop = span.rpartition(":")
        for view in range(int(first or 0), int(stop)):
            ask(session, name, source, view, options.work)


def ask(session: onnxruntime.InferenceSession, teacher: str, source: str, view: int, work: Path) -> None:
    """Write the teacher's features of one view of every photo of ``source``."""
    path = work / "views" / teacher / f"{source}-{view}.npy"
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    photos = np.load(work / f"{source}.npy", mmap_mode="r")
    boxes = crops(source, view, len(photos))
    subtract, divide = SCALINGS[teacher]
    rows: list[NDArray[np.float16]] = []
    started = time.monotonic()
    for start in range(0, len(photos), BATCH):
        block = torch.from_numpy(photos[start : start + BATCH].copy())
        pixels = render(block, torch.from_numpy(boxes[start : start + BATCH]), TEACHER_PX)
        (features,) = session.run(["features"], {"input": ((pixels - subtract) / divide).numpy()})
        rows.append(features.astype(np.float16))
        if start and start % (BATCH * 200) == 0:
            left = (time.monotonic() - started) / start * (len(photos) - start)
            print(f"{teacher} {source} {view}: {start}/{len(photos)}, {left:.0f} s left", file=sys.stderr)
    half_written = path.with_suffix(".part")
    with half_written.open("wb") as stream:
        np.save(stream, np.concatenate(rows))
    half_written.rename(path)


def crops(source: str, view: int, count: int) -> NDArray[np.float32]:
    """Return the crop of each photo that is its view number ``view``, the same in every run.

    Returns:
        float32 [count, 5]: centre x and y (-1..1), half width and height (0..1), and 1 or -1 for a mirror image.
    """
    draw = np.random.default_rng([zlib.crc32(source.encode()), view])
    area = draw.uniform(MIN_AREA[source], 1, count)
    ratio = np.exp(draw.uniform(np.log(3 / 4), np.log(4 / 3), count))
    width, height = np.minimum(np.sqrt(area * ratio), 1), np.minimum(np.sqrt(area / ratio), 1)
    x, y = draw.uniform(-1, 1, count) * (1 - width), draw.uniform(-1, 1, count) * (1 - height)
    mirror = draw.choice([-1.0, 1.0], count)
    return np.stack([x, y, width, height, mirror], axis=1).astype(np.float32)


def render(photos: Tensor, boxes: Tensor, side_px: int) -> Tensor:
    """Return the crops of photos as squares.

    Args:
        photos: uint8 [n, h, w, 3].
        boxes: float32 [n, 5], from ``crops``.
        side_px: side of the squares.

    Returns:
        float32 [n, 3, side_px, side_px], 0..255.
    """
    x, y, width, height, mirror = boxes.unbind(1)
    zero = torch.zeros_like(x)
    where = torch.stack(
        [torch.stack([width * mirror, zero, x], 1), torch.stack([zero, height, y], 1)], 1
    )  # [n, 2, 3]
    grid = affine_grid(where, [len(photos), 3, side_px, side_px], align_corners=False)
    planes = photos.permute(0, 3, 1, 2).float()
    return grid_sample(planes, grid, mode="bilinear", padding_mode="reflection", align_corners=False)


def open_teacher(file: Path) -> onnxruntime.InferenceSession:
    """Return a session that takes squares of any size, in one thread, 8-bit weights folded once."""
    model = onnx.load(str(file))
    shape = model.graph.input[0].type.tensor_type.shape.dim
    shape[2].dim_param, shape[3].dim_param = "height", "width"
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    options.add_session_config_entry("session.disable_quant_qdq", "1")
    return onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )


def keep_classifier(file: Path, path: Path) -> None:
    """Write the teacher's last layer beside the views: its logits are its features times these weights."""
    held = {
        tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in onnx.load(str(file)).graph.initializer
    }
    scale = held["classifier.weight_scale"].reshape(-1, 1).astype(np.float32)
    zero = held["classifier.weight_zero"].reshape(-1, 1).astype(np.float32)
    path.parent.mkdir(parents=True, exist_ok=True)
    weight = (held["classifier.weight_q"].astype(np.float32) - zero) * scale
    np.savez(path, weight=weight, bias=held["classifier.bias"])


def labels_of(work: Path, source: str) -> tuple[NDArray[np.int64], int]:
    """Return a source's labels, int64 [n], and the number of its classes."""
    about = json.loads((work / f"{source}.json").read_text())
    return np.array(about["labels"], np.int64), len(about["classes"])


if __name__ == "__main__":
    main()
