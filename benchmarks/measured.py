"""Runs a command as a user would and measures it: seconds, processor seconds, memory."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

APPRENTI = str(Path(sys.executable).parent / "apprenti")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a command did.

    Args:
        output: its standard output.
        wall_seconds: from start to end.
        cpu_seconds: user and system time of it and of all its children that it waited for.
    """

    output: str
    wall_seconds: float
    cpu_seconds: float


@contextmanager
def cold_environment() -> Iterator[dict[str, str]]:
    """Yield an environment in which nothing is cached or known from earlier runs."""
    with tempfile.TemporaryDirectory(prefix="apprenti-cold-") as folder:
        yield {
            **os.environ,
            "APPRENTI_CACHE": f"{folder}/cache",
            "APPRENTI_DATA": f"{folder}/data",
            "HOME": folder,
        }


def run(command: Sequence[str | Path], *, environment: Mapping[str, str] | None = None) -> Run:
    """Return what ``command`` printed and took; its progress goes to the terminal.

    Raises:
        subprocess.CalledProcessError: it failed.
    """
    begun = time.perf_counter()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
        process = subprocess.Popen([str(part) for part in command], stdout=output, env=environment)
        _, status, usage = os.wait4(process.pid, 0)
        wall_seconds = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        return Run(
            output=_said(process, output),
            wall_seconds=wall_seconds,
            cpu_seconds=usage.ru_utime + usage.ru_stime,
        )


def training(
    data: Path, model: Path, backbones: Sequence[Path], *, seed: int, budget: str
) -> list[str | Path]:
    """Return the command that trains ``model`` on ``data`` as a user does, and prints what came of it as JSON."""
    choice = [part for path in backbones for part in ("--backbone", path)]
    command: list[str | Path] = [APPRENTI, "train", data, "--out", model, "--budget", budget]
    return [*command, "--seed", str(seed), "--json", *choice]


@dataclass(slots=True)
class Peak:
    """Most memory a tree of processes held at once.

    Args:
        pss_mb: shared pages counted once, as the machine feels it.
        rss_mb: shared pages counted in each process, an upper bound.
        own_mb: without pages of files, which the system takes back when it needs them.
    """

    pss_mb: float = 0.0
    rss_mb: float = 0.0
    own_mb: float = 0.0


def peak_memory(
    command: Sequence[str | Path], *, environment: Mapping[str, str] | None = None, every_seconds: float = 0.1
) -> tuple[str, float, Peak]:
    """Return what ``command`` printed, its wall seconds, and the peak memory of it and all below it."""
    begun, peak = time.perf_counter(), Peak()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
        process = subprocess.Popen([str(part) for part in command], stdout=output, env=environment)
        while process.poll() is None:
            tree = _tree(process.pid)
            peak.pss_mb = max(peak.pss_mb, sum(_kilobytes(pid, "Pss:") for pid in tree) / 1e3)
            peak.own_mb = max(peak.own_mb, sum(_kilobytes(pid, "Pss_Anon:") for pid in tree) / 1e3)
            peak.rss_mb = max(peak.rss_mb, sum(_kilobytes(pid, "Rss:") for pid in tree) / 1e3)
            time.sleep(every_seconds)
        return _said(process, output), time.perf_counter() - begun, peak


def _said(process: subprocess.Popen[bytes], output: TextIO) -> str:
    """Return what a finished process printed; show it and raise if the process failed."""
    output.seek(0)
    text = output.read()
    if process.returncode != 0:
        print(text, file=sys.stderr)
        raise subprocess.CalledProcessError(process.returncode, process.args)
    return text


def _tree(root: int) -> list[int]:
    """Return ``root`` and every process below it."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            # the name in brackets may hold spaces; the parent is the second field after it
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
        children.setdefault(parent, []).append(int(entry.name))
    found, waiting = [], [root]
    while waiting:
        process = waiting.pop()
        found.append(process)
        waiting.extend(children.get(process, []))
    return found


def own_memory_mb(process: int) -> float:
    """Return the memory of one process, without pages of files."""
    return _kilobytes(process, "Pss_Anon:") / 1e3


def _kilobytes(process: int, field: str) -> float:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except (OSError, ProcessLookupError):
        return 0.0
    return next((float(line.split()[1]) * 1.024 for line in lines if line.startswith(field)), 0.0)
