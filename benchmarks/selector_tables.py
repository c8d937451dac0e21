"""The tables of ``selector.py``: how well recipes are chosen on matrices of known scores."""

from __future__ import annotations

import results
from markdown import NOTHING, percent, table

METHODS = ("random", "average", "portfolio", "nearest", "ours")
SETTINGS = ("five picks", "five picks, by cost", "10 s")
FED_BACK = ("5 cells", "30 promising cells", "30 cells, 25 by chance", "whole rows")


def selector_table() -> str:
    """Regret of the best of five by matrix, setting and way of choosing."""
    rows = [row for row in results.load("selector") if row["measure"] == "protocol"]
    cells = [
        [
            row["matrix"],
            row["setting"],
            row["method"],
            f"{row['mean_regret_points']:.2f}",
            f"{row['median_regret_points']:.2f}",
            percent(row["hit_rate"]),
            NOTHING
            if row["method"] == "portfolio"
            else f"{row['gain_points']:+.2f} [{row['gain_low']:+.2f}, {row['gain_high']:+.2f}]",
        ]
        for row in sorted(rows, key=_order)
    ]
    heads = ["matrix", "setting", "way", "mean regret", "median", "within 1 point", "gain over portfolio"]
    return table(heads, cells)


def rounds_table() -> str:
    """Regret by how many recipes are picked before their results are looked at."""
    rows = [row for row in results.load("selector") if row["measure"] == "rounds"]
    cells = [
        [row["matrix"], row["setting"], f"{row['mean_regret_points']:.2f}", percent(row["hit_rate"])]
        for row in rows
    ]
    return table(["matrix", "picked before looking", "mean regret", "within 1 point"], cells)


def foresight_table() -> str:
    """How far what the selector foresees can be believed, and what a choice costs."""
    lines = []
    for row in results.load("selector"):
        if row["measure"] == "intervals":
            lines.append(
                [f"scores within their {row['setting']} interval", row["matrix"], percent(row["share"])]
            )
        elif row["measure"] == "seconds":
            lines.append([f"seconds {row['setting']}", row["matrix"], percent(row["share"])])
        elif row["measure"] == "speed":
            lines.append(
                [f"CPU seconds of a choice, {row['setting']}", row["matrix"], f"{row['cpu_seconds']:.2f}"]
            )
    return table(["what", "matrix", "measured"], lines) if lines else NOTHING


def feedback_table() -> str:
    """Regret after so many users, by how many cells each of them left."""
    regrets: dict[int, dict[str, float]] = {}
    for row in results.load("selector"):
        if row["measure"] == "feedback":
            cells, _, users = row["setting"].rpartition(", ")
            regrets.setdefault(int(users.split()[0]), {})[cells] = row["mean_regret_points"]
    lines = [
        [str(n_users), *(f"{of[cells]:.2f}" if cells in of else NOTHING for cells in FED_BACK)]
        for n_users, of in sorted(regrets.items())
    ]
    heads = ["users", *(f"{cells} each" for cells in FED_BACK[:2]), *FED_BACK[2:]]
    return table(heads, lines) if lines else NOTHING


def _order(row: results.Row) -> tuple[str, int, int]:
    return row["matrix"], SETTINGS.index(row["setting"]), METHODS.index(row["method"])
