"""The tables of feedback: the window alarm, the quarantine, and what a challenge can see."""

from __future__ import annotations

import results
from apprenti.stages.feedback import level_of, smallest_visible_difference
from markdown import NOTHING, percent, table


def drift_table() -> str:
    """Alarms by set, change and size of the window."""
    rows = [row for row in results.load("drift") if "alarms" in row]
    heads = ("set", "change", "photos", "alarms of 100", "answers", "distance", "photos themselves", "told")
    cells = [
        [
            row["set"],
            row["change"],
            str(row["n_photos"]),
            *(
                f"{100 * row[part] / row['n_windows']:.0f}"
                for part in ("alarms", "answers", "distance", "facts")
            ),
            ", ".join(word.replace("_", " ") for word in row["words"]) or NOTHING,
        ]
        for row in sorted(rows, key=lambda row: (row["set"], row["change"], row["n_photos"]))
    ]
    return table(heads, cells) if rows else f"{NOTHING} (`python benchmarks/drift.py`)"


def drift_cost_table() -> str:
    """Processor time of a check against that of answering."""
    rows = [row for row in results.load("drift") if "ratio" in row]
    heads = ("set", "photos", "answering, CPU s", "checking, CPU s", "ratio")
    names = ("answering_cpu_seconds", "checking_cpu_seconds")
    cells = [
        [
            row["set"],
            str(row["n_photos"]),
            *(f"{row[name]:.3f}" for name in names),
            f"{row['ratio']:.3f}",
        ]
        for row in rows
    ]
    return table(heads, cells) if rows else f"{NOTHING} (`python benchmarks/drift.py`)"


def quarantine_table() -> str:
    """What is caught and what is held for nothing."""
    rows = results.load("quarantine")
    heads = (
        "set",
        "poison",
        "share",
        "poisoned",
        "caught",
        "honest",
        "held for nothing",
        "of contradictions",
    )
    cells = [
        [
            row["set"],
            row["poison"],
            f"{100 * row['share']:.0f} %",
            str(row["poison_given"]),
            percent(row["caught"] / row["poison_given"]),
            str(row["honest"]),
            percent(row["held"] / row["honest"]),
            percent(row["mistakes_held"] / row["mistakes"]),
        ]
        for row in rows
    ]
    return table(heads, cells) if rows else f"{NOTHING} (`python benchmarks/quarantine.py`)"


def promotion_table() -> str:
    """The smallest difference that is seen in four cases of five, by test photos and earlier challenges."""
    earlier = (0, 1, 4, 9)
    heads = ["test photos", *(f"challenge {n + 1} (level {100 * level_of(n):.2g} %)" for n in earlier)]
    cells = []
    for n in (30, 50, 100, 200, 500, 1000, 3000):
        seen = [smallest_visible_difference(n, n_earlier=k) for k in earlier]
        cells.append([f"{n:,}", *(NOTHING if one is None else f"{100 * one:.1f} points" for one in seen)])
    return table(heads, cells)


def service_queries_table() -> str:
    """Median time of each question about a task of 100,000 images, by database."""
    rows = results.load("service_queries")
    heads = (
        "question",
        "database",
        "ms",
        "processor time of the service, ms",
        "of the database server, ms",
        "load of the machine",
    )
    cells = [
        [
            row["question"],
            row["database"],
            f"{row['median_ms']:.0f}",
            f"{row['median_cpu_ms']:.0f}",
            f"{row['server_cpu_ms']:.0f}" if row.get("server_cpu_ms") else NOTHING,
            f"{row['others_at_work']:g}",
        ]
        for row in sorted(rows, key=lambda row: (row["question"], row["database"]))
    ]
    return table(heads, cells) if rows else f"{NOTHING} (`python benchmarks/service_queries.py`)"
