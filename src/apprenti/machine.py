"""What this process may use of the machine: fewer processors and less memory than it has, in a container.

A control group limits itself and all below it, so every group from our own up to the root is asked, and the least
counts. In a container the root is often our own. Both versions say the same under different names.

Source: https://docs.kernel.org/admin-guide/cgroup-v2.html (cpu.max, memory.max, memory.high); cgroup-v1 (cfs_quota_us)
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

ROOT = Path("/")
_GROUPS = "sys/fs/cgroup"
_MEMORY_NAMES = ("memory.max", "memory.high", "memory.limit_in_bytes")


def n_processors(root: Path = ROOT) -> int:
    """Return how many processors can be kept busy: those we may run on, and no more than our share of time buys.

    Args:
        root: of the file system.
    """
    may_use = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    shares = [share for group in _groups(root, "cpu") if (share := _cpu_share(group)) is not None]
    return max(1, math.ceil(min([may_use, *shares])))


def memory_bytes(root: Path = ROOT) -> int | None:
    """Return how much memory there is for us; ``None`` where nobody says.

    Args:
        root: of the file system.
    """
    try:
        known = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    except (AttributeError, OSError, ValueError):
        known = []
    for group in _groups(root, "memory"):
        known += [n for name in _MEMORY_NAMES if (n := _number(_words(group / name))) is not None]
    return min(known, default=None)


def _groups(root: Path, controller: str) -> Iterator[Path]:
    """Yield the folders of our control group and of all above it that have a say in this."""
    for line in _text(root / "proc/self/cgroup").splitlines():
        _, controllers, path = [*line.split(":", 2), "", ""][:3]
        if controllers and controller not in controllers.split(","):
            continue
        own = PurePosixPath(path.lstrip("/"))
        if ".." in own.parts:  # outside of what this container sees
            own = PurePosixPath()
        for mount in {controllers, controller} if controllers else ("", "unified"):
            for group in (own, *own.parents):
                yield root / _GROUPS / mount / group


def _cpu_share(group: Path) -> float | None:
    """Return how many processors' time a group may use; ``None`` for any."""
    words = _words(group / "cpu.max")  # "150000 100000", "max 100000"
    if not words:
        words = _words(group / "cpu.cfs_quota_us") + _words(group / "cpu.cfs_period_us")
    quota, period = _number(words), _number(words[1:])
    return quota / period if quota and period else None


def _number(words: list[str]) -> int | None:
    """Return the first word as a number; ``None`` for ``max``, -1 and nothing."""
    return int(words[0]) if words and words[0].isdecimal() else None


def _words(path: Path) -> list[str]:
    return _text(path).split()


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
