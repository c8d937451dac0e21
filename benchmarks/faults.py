"""Fifty kills: a life over HTTP during which the real server is killed, with all its workers, at random moments.

    python benchmarks/faults.py [--kills 50] [--seed 1]

After each kill the folder is looked at (every row's bytes are there and whole, no training is half done), the server is
begun again, and everything it had acknowledged is held against it. The first model must be, to the last byte, that of
a life without kills. Whoever finds something lost gets an error and no result. Writes ``results/faults.json``, one row
for each (kills, seed).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import results

sys.path.insert(0, str(results.ROOT))

from tests.faults.kills import live_under_kills, live_undisturbed

KEY = ("n_kills", "seed")


def main() -> None:
    """Live both lives and keep what happened."""
    parser = argparse.ArgumentParser(description="Kill the server at random moments.")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        undisturbed = live_undisturbed(Path(folder) / "undisturbed")
        lived = live_under_kills(Path(folder) / "killed", n_kills=options.kills, seed=options.seed)
    row = row_of(lived, undisturbed, seed=options.seed)
    results.keep("faults", [row], key=KEY)
    print(row)
    if not row["same_model"]:
        raise SystemExit("the first model is another than that of a life without kills")


def row_of(lived: Mapping[str, Any], undisturbed: str, *, seed: int) -> results.Row:
    """Return what happened, on one line."""
    moments = {f"killed_while_{what}": n for what, n in lived["killed_while"].items()}
    plain = {
        name: value for name, value in lived.items() if name not in ("killed_while", "first_model_sha256")
    }
    same = lived["first_model_sha256"] == undisturbed
    return {**plain, **moments, "seed": seed, "n_lost": 0, "same_model": same}


if __name__ == "__main__":
    main()
