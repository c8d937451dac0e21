"""Fifty kills: a life over HTTP during which the real server is killed, with all its workers, at random moments.

    python benchmarks/faults.py [--kills 50] [--seed 1] [--out benchmarks/results/faults.json]

After each kill the folder is looked at (every row's bytes are there and whole, no training is half done), the server is
begun again, and everything it had acknowledged is held against it. The first model must be, to the last byte, that of a
life without kills. Whoever finds something lost gets an error and no result.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Live both lives and write what happened."""
    sys.path.insert(0, str(ROOT))
    from tests.faults.kills import live_under_kills, live_undisturbed

    options = _options()
    with tempfile.TemporaryDirectory() as folder:
        undisturbed = live_undisturbed(Path(folder) / "undisturbed")
        lived = live_under_kills(Path(folder) / "killed", n_kills=options.kills, seed=options.seed)
    same = lived["first_model_sha256"] == undisturbed
    found = {
        **lived,
        "lost": 0,
        "same_model": same,
        "seed": options.seed,
        "machine": f"{platform.machine()}, {os.cpu_count()} processors",
    }
    options.out.write_text(json.dumps(found, indent=2) + "\n")
    print(json.dumps(found, indent=2))
    if not same:
        raise SystemExit("the first model is another than that of a life without kills")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "faults.json")
    return parser.parse_args()


if __name__ == "__main__":
    main()
