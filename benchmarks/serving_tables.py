"""The tables of serving: what a request costs, the bars, and what came of minutes of load."""

from __future__ import annotations

import results
from markdown import NOTHING, table

BARS: tuple[tuple[str, str, str, float | None], ...] = (
    ("raw", "predict in process / request with the bytes of a photo", "≥", 0.75),
    ("multipart", "predict in process / request with a form", "≥", 0.72),
    ("v2", "predict in process / request of the Open Inference Protocol", "", None),
    ("empty", "empty request / predict in process", "≤", 0.10),
    ("decoding", "12 megapixels to the model's size / plain Pillow", "≤", 0.25),
    ("threads", "p50 with as many threads as Apprenti chooses / best number", "≤", 1.3),
    ("batch", "raw loop over the same photos / batch predict", "≥", 0.85),
    ("memory", "peak memory for 600 photos / for 60", "≤", 1.1),
    ("writers", "failed writes of four processes on one SQLite file", "≤", 0),
)
"""Bar, what it compares, and what was set beforehand."""

MISSING = f"{NOTHING} (`python benchmarks/serving.py`)"


def serving_bars_table() -> str:
    """Every bar with what was measured."""
    rows = results.load("serving")
    backbones = sorted({row["backbone"] for row in rows})
    heads = ("compared", "server", "bar", *backbones)
    cells = []
    for bar, words, sign, limit in BARS:
        for server in sorted({row["server"] for row in rows if row["bar"] == bar}):
            found = {row["backbone"]: row for row in rows if (row["bar"], row["server"]) == (bar, server)}
            shown = [f"{found[name]['ratio']:.3g}" if name in found else NOTHING for name in backbones]
            set_before = NOTHING if limit is None else f"{sign} {limit:g}"
            cells.append([words, server or NOTHING, set_before, *shown])
    return table(heads, cells) if rows else MISSING


def serving_costs_table() -> str:
    """Processor time of requests beside that of the model alone."""
    rows = [row for row in results.load("serving") if "request_cpu_ms" in row]
    heads = (
        "backbone", "server", "request", "CPU ms", "model alone, CPU ms", "bare loop, CPU ms", "p50 ms", "requests / s",
    )  # fmt: skip
    cells = [
        [
            row["backbone"],
            row["server"],
            row["bar"],
            f"{row['request_cpu_ms']:.2f}",
            f"{row['in_process_cpu_ms']:.2f}",
            f"{row['bare_cpu_ms']:.2f}",
            f"{row['p50_ms']:.1f}",
            f"{row['requests_per_second']:.0f}",
        ]
        for row in sorted(rows, key=lambda row: (row["backbone"], row["server"], row["bar"]))
    ]
    return table(heads, cells) if rows else MISSING


def endurance_table() -> str:
    """What came of mixed load."""
    rows = results.load("endurance")
    heads = ("backbone", "minutes", "requests", "errors", "server's own memory, MB", "last quarter / second")
    cells = [
        [
            row["backbone"],
            f"{row['minutes']:g}",
            f"{row['n_requests']:,}",
            str(row["n_wrong"]),
            str(row["memory_mb"]),
            f"{row['growth']:.3f}",
        ]
        for row in rows
    ]
    return table(heads, cells) if rows else f"{NOTHING} (`python benchmarks/endurance.py`)"
