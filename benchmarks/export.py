"""What ``apprenti export`` makes of trained models: size, processor time a photo, accuracy before and after 8 bits.

    python benchmarks/export.py                                   three small sets, two choices of backbones
    python benchmarks/export.py --sets ants-bees --backbones embedded --budget 30s

Each model is trained as a user does it and exported with ``--force``, so that a loss shows. Nothing is chosen by the
test photos: they are scored once by the model in floats and once by the model in 8 bits. Writes
``results/export.json``, one row for each (set, backbones, seed).
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import results
from apprenti.blocks.artifact import unpack
from image_sets import BACKBONES, SETS, add_arguments, backbone_files, lay_out
from measured import APPRENTI, cold_environment, run, training

SMALL_SETS = ("ants-bees", "magnetic-tile", "trashnet")
N_TIMED = 40


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_arguments(parser)
    parser.add_argument("--sets", nargs="+", choices=SETS, default=SMALL_SETS)
    parser.add_argument(
        "--backbones", nargs="+", choices=tuple(BACKBONES), default=["embedded", "MobileNetV2"]
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--budget", default="1m")
    options = parser.parse_args()
    for name in options.sets:
        data = lay_out(name, options)
        for backbones in options.backbones:
            files = backbone_files(backbones, options)
            figures = exported(data, files, seed=options.seed, budget=options.budget)
            row = {"set": name, "backbones": backbones, "seed": options.seed, **figures}
            results.keep("export", [row], key=("set", "backbones", "seed"))
            print(json.dumps(row))


def exported(data: Path, backbones: Sequence[Path], *, seed: int, budget: str) -> Mapping[str, Any]:
    """Return the figures of one model: trained, exported, asked again."""
    with cold_environment() as environment, tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "model.apprenti"
        train = training(data, model, backbones, seed=seed, budget=budget)
        kept = json.loads(run(train, environment=environment).output)["kept"]
        if kept.partition("@")[0] == "classic.v1":  # no network, nothing to put into 8 bits
            return {"kept": kept}
        export: list[str | Path] = [
            APPRENTI,
            "export",
            model,
            "--onnx",
            "--int8",
            "--photos",
            data,
            "--force",
            "--json",
        ]
        said = json.loads(run(export, environment=environment).output)
        return {"kept": kept, **said["int8"], "ms_any_runtime": plain_milliseconds(model)}


def plain_milliseconds(model: Path) -> Mapping[str, float]:
    """Return the median milliseconds a photo takes in a runtime opened without options, taken in turns.

    ``inside`` is the graph as the model file keeps it, ``onnx`` and ``int8`` are the exported ones.
    """
    import onnxruntime

    artifact = unpack(model.read_bytes())
    graphs = {
        "inside": artifact.graph,
        "onnx": model.with_name("model.onnx").read_bytes(),
        "int8": model.with_name("model.int8.onnx").read_bytes(),
    }
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    sessions = {
        name: onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        for name, graph in graphs.items()
    }
    seconds: dict[str, list[float]] = {name: [] for name in sessions}
    for turn in range(N_TIMED):
        picture = artifact.golden.pixels[turn % len(artifact.golden.pixels)][None]
        for name, session in sessions.items():
            begun = time.thread_time()
            session.run(["probabilities", "distance"], {"pixels": picture})
            seconds[name].append(time.thread_time() - begun)
    return {name: round(1000 * float(np.median(each[2:])), 2) for name, each in seconds.items()}


if __name__ == "__main__":
    main()
