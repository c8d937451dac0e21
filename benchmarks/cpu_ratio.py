"""Processor time of a whole training against that of a bare loop that embeds the same photos once.

    python benchmarks/cpu_ratio.py --repeats 5

Both run in turns, each as a process of its own from a cold cache, interpreter start included. The training
reads, checks and compares every file, embeds it, trains five candidates, refits, judges, measures cells and
writes model and report. Writes ``results/cpu_ratio.json``.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

import results
from image_sets import SETS, add_arguments, backbone_files, lay_out, unpacked
from measured import APPRENTI, Run, cold_environment, run

BARE_LOOP = results.ROOT / "benchmarks" / "bare_loop.py"
BACKBONE = "MobileNetV2"


def main() -> None:
    """Measure both sides and keep the medians and their ratio."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_arguments(parser)
    parser.add_argument("--set", default="clothing", choices=SETS)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--loop", default="plain", choices=("plain", "folded"), help="see bare_loop.py")
    options = parser.parse_args()
    (backbone,) = backbone_files(BACKBONE, options)
    data, photos = lay_out(options.set, options), unpacked(options.set, options)
    trainings: list[Run] = []
    loops: list[Run] = []
    for _ in range(options.repeats):
        extra = ["folded"] if options.loop == "folded" else []
        loops.append(run([sys.executable, BARE_LOOP, backbone, photos, *extra], environment=None))
        trainings.append(train(data, backbone))
        print(f"loop {loops[-1].cpu_seconds:.1f} s CPU, training {trainings[-1].cpu_seconds:.1f} s CPU")
    row = {
        "set": options.set,
        "backbone": BACKBONE,
        "loop": options.loop,
        "n_photos": int(loops[0].output),
        "n_runs": options.repeats,
        "training_cpu_seconds": median_cpu(trainings),
        "loop_cpu_seconds": median_cpu(loops),
        "ratio": round(
            statistics.median(t.cpu_seconds / b.cpu_seconds for t, b in zip(trainings, loops, strict=True)), 3
        ),
        "training_wall_seconds": round(statistics.median(done.wall_seconds for done in trainings), 2),
    }
    results.keep("cpu_ratio", [row], key=("set", "backbone", "loop"))
    print(f"ratio {row['ratio']}")


def train(data: Path, backbone: Path) -> Run:
    """Return one training from a cold cache."""
    with cold_environment() as environment, tempfile.TemporaryDirectory() as folder:
        choice = ("--backbone", backbone, "--out", Path(folder) / "model.apprenti", "--json")
        return run([APPRENTI, "train", data, *choice], environment=environment)


def median_cpu(runs: list[Run]) -> float:
    """Return the median processor seconds."""
    return round(statistics.median(done.cpu_seconds for done in runs), 2)


if __name__ == "__main__":
    main()
