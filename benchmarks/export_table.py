"""The table of exports."""

from __future__ import annotations

import results
from markdown import NOTHING, percent, table

HEADS = (
    "set",
    "backbones",
    "test photos",
    "floats",
    "8 bits",
    "difference, points",
    "answers changed",
    "ms a photo",
    "ms in 8 bits",
    "MB",
    "MB in 8 bits",
)


def export_table() -> str:
    """Accuracy, processor time and size before and after 8 bits."""
    rows = results.load("export")
    return table(HEADS, map(_cells, rows)) if rows else f"{NOTHING} (`python benchmarks/export.py`)"


def plain_table() -> str:
    """Processor time in a runtime that is opened without options."""
    rows = [row for row in results.load("export") if "ms_any_runtime" in row]
    heads = ("set", "backbones", "graph inside the model, ms", "`--onnx`, ms", "`--int8`, ms")
    cells = [
        (
            row["set"],
            row["backbones"],
            *(f"{row['ms_any_runtime'][name]:.1f}" for name in ("inside", "onnx", "int8")),
        )
        for row in rows
    ]
    return table(heads, cells) if rows else f"{NOTHING} (`python benchmarks/export.py`)"


def _cells(row: results.Row) -> list[str]:
    if "accuracy" not in row:
        return [row["set"], row["backbones"], *[NOTHING] * (len(HEADS) - 2)]
    accuracy = row["accuracy"]
    low, high = (100 * end for end in accuracy["difference_interval"])
    return [
        row["set"],
        row["backbones"],
        f"{accuracy['n']:,}",
        percent(accuracy["before"]),
        percent(accuracy["after"]),
        f"{100 * accuracy['difference']:+.1f} [{low:+.1f}, {high:+.1f}]",
        str(accuracy["n_changed"]),
        f"{row['ms_before']:.1f}",
        f"{row['ms']:.1f}",
        f"{row['n_bytes_before'] / 1e6:.1f}",
        f"{row['n_bytes'] / 1e6:.1f}",
    ]
