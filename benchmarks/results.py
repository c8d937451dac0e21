"""Figures as committed JSON: the command that made them, when, on what machine, with which versions."""

from __future__ import annotations

import json
import os
import platform
import shlex
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "benchmarks" / "results"
NAMED = ("apprenti", "numpy", "onnxruntime", "pillow", "scikit-learn", "scikit-image", "torch")

Row = dict[str, Any]


def keep(name: str, rows: Sequence[Row], *, key: Sequence[str]) -> None:
    """Merge ``rows`` into ``results/NAME.json``: a row replaces the one that is equal in all of ``key``.

    Called after every measurement, so that an interrupted run keeps what it has.

    Args:
        name: of the file, without its ending.
        rows: one flat record per measurement.
        key: the entries that say what was measured.
    """
    path = FOLDER / f"{name}.json"
    known: list[Row] = load(name) if path.exists() else []
    stamp = {
        "command": command(),
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine(),
        "versions": versions(),
    }
    fresh = {tuple(str(row.get(part)) for part in key): {**row, **stamp} for row in rows}
    kept = [row for row in known if tuple(str(row.get(part)) for part in key) not in fresh]
    merged = sorted([*kept, *fresh.values()], key=lambda row: tuple(str(row.get(part)) for part in key))
    FOLDER.mkdir(exist_ok=True)
    path.write_text(json.dumps(merged, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def load(name: str) -> list[Row]:
    """Return the rows of ``results/NAME.json``; none when it was never measured."""
    path = FOLDER / f"{name}.json"
    rows: list[Row] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    return rows


def command() -> str:
    """Return the command line that was typed, from the root of the repository."""
    script = Path(sys.argv[0]).resolve()
    shown = script.relative_to(ROOT) if script.is_relative_to(ROOT) else Path(script.name)
    return shlex.join(["python", str(shown), *(_relative(argument) for argument in sys.argv[1:])])


def _relative(argument: str) -> str:
    return os.path.relpath(argument, ROOT) if Path(argument).is_absolute() else argument


def machine() -> Mapping[str, str | int | float]:
    """Return what a reader needs to compare seconds: processor, cores usable, memory, how busy it was."""
    return {
        "processor": _processor(),
        "n_cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9, 1),
        "system": platform.system(),
        "python": platform.python_version(),
        "load_average": round(os.getloadavg()[0], 2),
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def versions() -> Mapping[str, str]:
    """Return the versions of what the figures depend on."""
    found = {}
    for name in NAMED:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
