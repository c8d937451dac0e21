"""The table of labelling speed."""

from __future__ import annotations

from collections import defaultdict

import results
from markdown import NOTHING, percent, table

HEADS = ("set", "way", "draws", "labels", "actions", "labelled by hand", "pulled over", "right", "worst draw")


def labelling_table() -> str:
    """Right labels by set and way, the mean over draws and the worst."""
    found: dict[tuple[str, str], list[results.Row]] = defaultdict(list)
    for row in results.load("labelling_speed"):
        found[row["set"], row["way"]].append(row)
    cells = [
        [
            name,
            way,
            str(len(rows)),
            str(rows[0]["n_labels"]),
            str(max(row["n_actions"] for row in rows)),
            percent(_mean(rows, "n_said") / rows[0]["n"]),
            f"{_mean(rows, 'n_pulled_over'):.0f}",
            percent(_mean(rows, "share_right")),
            percent(min(row["share_right"] for row in rows)),
        ]
        for (name, way), rows in found.items()
    ]
    return table(HEADS, cells) if cells else f"{NOTHING} (`python benchmarks/labelling_speed.py`)"


def _mean(rows: list[results.Row], field: str) -> float:
    return float(sum(row[field] for row in rows) / len(rows))
