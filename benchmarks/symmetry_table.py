"""The table of the changes that leave labels what they are."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

import results
from markdown import NOTHING, table
from symmetries import BY_EYE

HEADS = ("set", "photos", "mirror", "upside down", "quarter turn", "by eye", "CPU s")
CHANGES = ("mirror", "upside_down", "quarter_turn")


def symmetries_table() -> str:
    """For each set and change: in how many draws it holds, and what is recognised with it and without."""
    rows = results.load("symmetries")
    if not rows:
        return f"{NOTHING} (`python benchmarks/symmetries.py`)"
    return table(HEADS, [_line(name, rows) for name in dict.fromkeys(row["set"] for row in rows)])


def _line(name: str, rows: Sequence[results.Row]) -> list[str]:
    draws = [row for row in rows if row["set"] == name]
    seconds = statistics.median(row["cpu_seconds"] for row in draws)
    n = statistics.median(row["n"] for row in draws)
    shown = [_shown(change, draws) for change in CHANGES]
    return [name, f"{n:.0f}", *shown, BY_EYE[name], f"{seconds:.1f}"]


def _shown(change: str, draws: Sequence[results.Row]) -> str:
    """Return ``3 of 3: 98 → 97``: draws in which it holds, mean share recognised before and after, in percent."""
    judged = [row[change] for row in draws if change in row]
    if not judged:
        return NOTHING
    n_holding = sum(change in row["holding"] for row in draws)
    before, after = (
        100 * statistics.mean(finding[which] for finding in judged) for which in ("expected", "changed")
    )
    mistaken = [" → ".join(finding["confused"]) for finding in judged if finding["confused"]]
    named = f", {statistics.mode(mistaken)}" if mistaken else ""
    return f"{n_holding} of {len(draws)}: {before:.0f} → {after:.0f}{named}"
