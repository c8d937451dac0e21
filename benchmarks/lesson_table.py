"""How soon lessons answer, as a table."""

from __future__ import annotations

import results
from markdown import table


def lessons_table() -> str:
    """A row for each lesson that has a slider."""
    rows = sorted(results.load("lessons"), key=lambda row: row["lesson"])
    cells = [
        [
            f"{row['lesson']}. {row['title']}",
            str(row["n"]),
            f"{row['median_ms']:.0f}",
            f"{row['p95_ms']:.0f}",
            f"{row['worst_ms']:.0f}",
            "yes" if row["met"] else "no",
        ]
        for row in rows
    ]
    return table(["lesson", "steps", "median ms", "95th percentile ms", "worst ms", "≤ 100 ms"], cells)
