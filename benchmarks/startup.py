"""How soon Apprenti is there: ``apprenti --help`` on the wall clock, ``import apprenti`` in processor time.

    python benchmarks/startup.py

Writes ``results/startup.json``.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Sequence

import results
from measured import APPRENTI, run

MEASURED = {
    "apprenti --help": (APPRENTI, "--help"),
    "import apprenti": (sys.executable, "-c", "import apprenti"),
    "python alone": (sys.executable, "-c", "pass"),
}


def main() -> None:
    """Measure all three in turns, so that a busy neighbour meets them all."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=20)
    options = parser.parse_args()
    taken: dict[str, list[tuple[float, float]]] = {what: [] for what in MEASURED}
    for _ in range(options.repeats):
        for what, command in MEASURED.items():
            done = run(command)
            taken[what].append((done.wall_seconds, done.cpu_seconds))
    rows = [row(what, runs) for what, runs in taken.items()]
    results.keep("startup", rows, key=("what",))
    for line in rows:
        print(f"{line['what']:18} {line['wall_seconds']:.3f} s wall  {line['cpu_seconds']:.3f} s CPU")


def row(what: str, runs: Sequence[tuple[float, float]]) -> results.Row:
    """Return the medians of ``(wall, CPU)`` seconds."""
    wall, cpu = zip(*runs, strict=True)
    return {
        "what": what,
        "n_runs": len(runs),
        "wall_seconds": round(statistics.median(wall), 4),
        "cpu_seconds": round(statistics.median(cpu), 4),
    }


if __name__ == "__main__":
    main()
