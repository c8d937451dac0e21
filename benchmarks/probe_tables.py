"""The tables of ``probes.py`` and of the training of the packaged network."""

from __future__ import annotations

import json
import statistics

import numpy as np
from numpy.typing import NDArray

import results
from markdown import NOTHING, percent, table

PHOTOS = ("ants-bees", "cats-dogs-small", "clothing", "grocery", "trashnet")
"""The sets of natural photos, over which backbones are compared by one mean."""
COLUMNS = ("classic", "embedded", "embedded+classic", "MobileNetV2", "EdgeTPU")
COUNTS = (5, 20, 100, "all")
TIMES = np.array([2.0, 4.0, 10.0])
LEAST_POINTS = 5
HISTORY = results.ROOT / "pretrain" / "history.jsonl"


def probes_table() -> str:
    """Accuracy of a linear head by set, labelled photos a class and features."""
    rows = results.load("probes")
    found = {(row["set"], row["per_class"], row["column"]): row for row in rows}
    lines = []
    for name in sorted({row["set"] for row in rows}):
        for count in COUNTS:
            if any((name, count, column) in found for column in COLUMNS):
                cells = [_shown(found.get((name, count, column))) for column in COLUMNS]
                lines.append([name, str(count), *cells])
    ms = [_milliseconds([row for row in rows if row["column"] == column]) for column in COLUMNS]
    return table(["set", "a class", *COLUMNS], [*lines, ["CPU ms of one photo, median", "", *ms]])


def means_table() -> str:
    """Mean accuracy over the sets of natural photos, and over the others."""
    rows = results.load("probes")
    lines = []
    others = tuple(sorted({row["set"] for row in rows} - set(PHOTOS)))
    for what, names in (("natural photos", PHOTOS), ("others", others)):
        for count in (20, "all"):
            cells = [_mean(rows, names, count, column) for column in COLUMNS]
            lines.append(
                [what, str(count), *map(percent, cells), percent(_better_teacher(rows, names, count))]
            )
    return table(["mean over", "a class", *COLUMNS, "better teacher of each"], lines)


def history_table() -> str:
    """How the network got better while it was trained."""
    cells = [
        [f"{line['seen']:,}", f"{line['rate']:.3f}", percent(line["accuracy"]), percent(line["explained_v2"])]
        for line in _history()
    ]
    return table(["photos seen", "rate", "Tiny-ImageNet validation", "teacher's features explained"], cells)


def _history() -> list[dict[str, float]]:
    return [json.loads(line) for line in HISTORY.read_text(encoding="utf-8").splitlines()]


def outlook_table() -> str:
    """How far more of the same training should carry the network, from how far it has carried it so far."""
    steady = [line for line in _history() if line["rate"] == max(line["rate"] for line in _history())]
    if len(steady) < LEAST_POINTS:
        return NOTHING
    seen = np.array([line["seen"] for line in steady], dtype=np.float64)
    errors = 1 - np.array([line["accuracy"] for line in steady])
    told = [
        _extrapolated(np.delete(seen, i), np.delete(errors, i), TIMES * seen[-1]) for i in range(len(seen))
    ]
    middle = _extrapolated(seen, errors, TIMES * seen[-1])
    lines = [
        [
            f"{times * seen[-1] / 1e6:.1f} million",
            percent(1 - error),
            f"{percent(1 - most)} to {percent(1 - least)}",
        ]
        for times, error, least, most in zip(
            TIMES, middle, np.min(told, axis=0), np.max(told, axis=0), strict=True
        )
    ]
    return table(["photos seen", "before the rate falls", "leaving out one measurement"], lines)


def _extrapolated(
    seen: NDArray[np.float64], errors: NDArray[np.float64], at: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the errors at other numbers of photos: a power law above a floor, the one of least squares."""
    best, found = np.inf, errors[-1:] * np.ones_like(at)
    for floor in np.arange(0, errors.min(), 0.005):
        slope, level = np.polyfit(np.log(seen), np.log(errors - floor), 1)
        misfit = float(((floor + np.exp(level) * seen**slope - errors) ** 2).sum())
        if misfit < best:
            best, found = misfit, floor + np.exp(level) * at**slope
    return np.asarray(found)


def _shown(row: results.Row | None) -> str:
    if row is None:
        return NOTHING
    low, high = row["interval"]
    return f"{100 * row['accuracy']:.1f} [{100 * low:.1f}, {100 * high:.1f}]"


def _milliseconds(rows: list[results.Row]) -> str:
    return f"{statistics.median(row['ms'] for row in rows):.1f}" if rows else NOTHING


def _mean(rows: list[results.Row], names: tuple[str, ...], count: object, column: str) -> float | None:
    """Return the mean over the sets that have so many photos of a class, or nothing where one was not measured."""
    found = {
        row["set"]: row["accuracy"] for row in rows if (row["per_class"], row["column"]) == (count, column)
    }
    wanted = {row["set"] for row in rows if row["per_class"] == count and row["set"] in names}
    return statistics.mean(found[name] for name in wanted) if wanted and wanted <= set(found) else None


def _better_teacher(rows: list[results.Row], names: tuple[str, ...], count: object) -> float | None:
    best: dict[str, float] = {}
    for row in rows:
        if row["column"] in ("MobileNetV2", "EdgeTPU") and row["per_class"] == count and row["set"] in names:
            best[row["set"]] = max(best.get(row["set"], 0.0), row["accuracy"])
    return statistics.mean(best.values()) if best else None
