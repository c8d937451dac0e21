"""The table of faults: what was killed, and what was lost."""

from __future__ import annotations

import results
from markdown import NOTHING, table

WHILE = ("uploading", "labelling", "training", "promoting", "correcting")


def faults_table() -> str:
    """Kills by what was under way, and what came of them."""
    rows = results.load("faults")
    heads = (
        "kills",
        *WHILE,
        "requests asked again",
        "images",
        "versions",
        "corrections",
        "acknowledged and lost",
        "first model",
    )
    cells = [
        [
            str(row["n_kills"]),
            *(str(row.get(f"killed_while_{what}", 0)) for what in WHILE),
            str(row["n_requests_repeated"]),
            str(row["n_images"]),
            str(row["n_versions"]),
            str(row.get("n_corrections", "–")),
            str(row["n_lost"]),
            "the same" if row["same_model"] else "another",
        ]
        for row in rows
    ]
    return table(heads, cells) if rows else f"{NOTHING} (`python benchmarks/faults.py`)"
