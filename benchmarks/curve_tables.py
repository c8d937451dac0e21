"""The table of ``learning_curves.py``: how often it was right what was said about more photos."""

from __future__ import annotations

import results
from markdown import NOTHING, percent, table

KINDS = ("every class", "one class")
HEADS = [
    "statements about",
    "set",
    "how many",
    "within the interval",
    "sign right",
    "said",
    "measured",
    "a class by chance",
    "missed by",
    "saying none",
    "saying the same of all",
    "interval ±",
]
POINTS = ("said_points", "measured_points")
MISSES = ("miss_points", "miss_saying_none_points", "miss_saying_same_points", "half_width_points")


def curves_table() -> str:
    """How often statements about more photos came true, by kind and set."""
    rows = results.load("learning_curves")
    lines = [_line(row) for row in sorted(rows, key=_order) if row["kind"] in KINDS]
    lines += [
        ["both", "all", f"{row['n']:,}", percent(row["right"]), *[NOTHING] * (len(HEADS) - 4)]
        for row in rows
        if row["kind"] == "both"
    ]
    return table(HEADS, lines) if lines else NOTHING


def _line(row: results.Row) -> list[str]:
    by_chance = f"{row['by_chance_points']:+.1f}" if row["kind"] == "one class" else NOTHING
    return [
        row["kind"],
        row["set"],
        f"{row['n']:,}",
        percent(row["right"]),
        percent(row["sign_right"]),
        *(f"{row[name]:+.1f}" for name in POINTS),
        by_chance,
        *(f"{row[name]:.1f}" for name in MISSES),
    ]


def _order(row: results.Row) -> tuple[str, bool, str]:
    return row["kind"], row["set"] == "all", row["set"]
