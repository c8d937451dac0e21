"""The main job, measured as a user does it: ``apprenti train DATA --json`` on every set, from a cold cache.

    python benchmarks/main_job.py                                 every set, as it comes: the packaged network
    python benchmarks/main_job.py --backbones MobileNetV2 --sets clothing trashnet
    python benchmarks/main_job.py --seeds 0 1 2                   tables show the median

Test scores are read off the report once and steer nothing. Writes ``results/main_job.json``, one row for each
(set, backbones, split, seed).
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import results
from image_sets import BACKBONES, SETS, WITHOUT_SPLITS, add_arguments, backbone_files, lay_out
from measured import cold_environment, run, training

KEY = ("set", "backbones", "split", "seed")


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_arguments(parser)
    parser.add_argument("--sets", nargs="+", choices=SETS, default=SETS)
    parser.add_argument("--backbones", nargs="+", choices=tuple(BACKBONES), default=["embedded"])
    parser.add_argument("--seeds", nargs="+", type=int, default=[0])
    parser.add_argument("--budget", default="2m")
    options = parser.parse_args()
    for name in options.sets:
        data = lay_out(name, options)
        for backbones in options.backbones:
            for seed in options.seeds:
                files = backbone_files(backbones, options)
                figures = train(data, files, seed=seed, budget=options.budget)
                row = {
                    "set": name,
                    "backbones": backbones,
                    "split": split(name, options),
                    "seed": seed,
                    **figures,
                }
                results.keep("main_job", [row], key=KEY)
                print(f"{name:22} {backbones:20} {row['accuracy']:.4f}  {row['wall_seconds']:6.1f} s")


def split(name: str, options: argparse.Namespace) -> str:
    """Return in a word where the test set comes from."""
    if name == "grocery":
        return f"75/25 table, seed {options.table_seed or 0}"
    if name in WITHOUT_SPLITS and options.table_seed is not None:
        return f"75/25 table, seed {options.table_seed}"
    return "own" if name in WITHOUT_SPLITS or name == "digits" else "given"


def train(data: Path, backbones: Sequence[Path], *, seed: int, budget: str) -> Mapping[str, Any]:
    """Return the figures of one training from a cold cache."""
    with cold_environment() as environment, tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "model.apprenti"
        command = training(data, model, backbones, seed=seed, budget=budget)
        done = run(command, environment=environment)
        said = json.loads(done.output)
        return {
            "accuracy": said["test"]["accuracy"],
            "accuracy_interval": said["test"]["accuracy_interval"],
            "n_test": said["test"]["n"],
            "kept": said["kept"],
            "trials": said["trials"],
            "predicted_seconds": {pick["recipe"]: pick["predicted_seconds"] for pick in said["picks"]},
            "n_examples": said["profile"]["n_examples"],
            "wall_seconds": round(done.wall_seconds, 2),
            "cpu_seconds": round(done.cpu_seconds, 2),
            "model_bytes": model.stat().st_size,
        }


if __name__ == "__main__":
    main()
