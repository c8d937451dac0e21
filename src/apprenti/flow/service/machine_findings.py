"""What a machine must have for a service, judged from facts: versions, room on the disk, who may read a folder."""

from __future__ import annotations

import re
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from apprenti.domain.health import Finding, Level, finding

SCARCE_GB, EXHAUSTED_GB = 5.0, 0.5
SCARCE_SHARE = 0.05
_REQUIREMENT = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?\s*(?P<rest>[^;]*)(?P<marker>;.*)?")
_LEAST = re.compile(r">=\s*([0-9][0-9.]*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderFacts:
    """Who may do what in a folder, and how much room there is.

    Args:
        mode: permission bits.
        is_ours: it belongs to whoever asks.
        is_writable: a file was written into it.
        n_bytes_free: on its disk.
        n_bytes: of its disk.
    """

    mode: int
    is_ours: bool
    is_writable: bool
    n_bytes_free: int
    n_bytes: int


def judge_packages(requirements: Sequence[str], installed: Mapping[str, str | None]) -> Finding:
    """Return whether everything the program needs is installed, and new enough.

    Args:
        requirements: as the package's metadata writes them; those of extras are passed over.
        installed: version by name; ``None`` where it is not there.
    """
    wanted = needed(requirements)
    absent = [name for name in wanted if installed.get(name) is None]
    old = [
        f"{name} {installed[name]} < {least}"
        for name, least in wanted.items()
        if installed.get(name) and as_numbers(str(installed[name])) < as_numbers(least)
    ]
    if absent:
        return finding(
            "packages", Level.PROBLEM, "packages_absent", advice="install_again", names=", ".join(absent)
        )
    if old:
        return finding(
            "packages", Level.PROBLEM, "packages_old", advice="install_again", names=", ".join(old)
        )
    return finding("packages", Level.OK, "packages_there", n=len(wanted))


def needed(requirements: Sequence[str]) -> dict[str, str]:
    """Return the least version of each package that is always needed.

    Example:
        >>> needed(["numpy>=2.0", 'torch>=2.8; extra == "deep"'])
        {'numpy': '2.0'}
    """
    found = {}
    for line in requirements:
        match = _REQUIREMENT.fullmatch(line.strip())
        if match is None or "extra" in (match["marker"] or ""):
            continue
        least = _LEAST.search(match["rest"])
        found[match["name"]] = least[1] if least else "0"
    return found


def as_numbers(version: str) -> tuple[int, ...]:
    """Return the leading numbers of a version, to compare by.

    Example:
        >>> as_numbers("2.10.1rc1"), as_numbers("2.0") < as_numbers("2.0.3")
        ((2, 10, 1), True)
    """
    numbers = []
    for part in version.split("."):
        digits = re.match(r"\d+", part)
        if digits is None:
            break
        numbers.append(int(digits[0]))
        if digits[0] != part:
            break
    return tuple(numbers)


def judge_sqlite(version: str, *, is_safe: bool) -> Finding:
    """Return whether this SQLite may keep a write-ahead log; without one it is slower, and as safe."""
    if is_safe:
        return finding("sqlite", Level.OK, "sqlite_safe", version=version)
    return finding("sqlite", Level.OK, "sqlite_wal_bug", advice="newer_sqlite", version=version)


def judge_disk(facts: FolderFacts, folder: str) -> Finding:
    """Return whether there is room for more."""
    free_gb = round(facts.n_bytes_free / 1e9, 1)
    level, advice = Level.OK, ""
    if free_gb < EXHAUSTED_GB:
        level, advice = Level.PROBLEM, "make_room_now"
    elif free_gb < SCARCE_GB or facts.n_bytes_free < SCARCE_SHARE * facts.n_bytes:
        level, advice = Level.WARNING, "make_room"
    return finding("disk", level, "disk_free", advice=advice, free=free_gb, folder=folder)


def judge_folder(facts: FolderFacts, folder: str) -> Finding:
    """Return whether the service, and nobody else, may use its folder."""
    mode = f"{stat.S_IMODE(facts.mode):04o}"
    if not facts.is_writable:
        return finding("folder", Level.PROBLEM, "folder_closed", advice="run_as_owner", folder=folder)
    if not facts.is_ours:
        return finding("folder", Level.WARNING, "folder_foreign", advice="run_as_owner", folder=folder)
    if facts.mode & 0o077:
        return finding(
            "folder", Level.WARNING, "folder_open", advice="close_folder", folder=folder, mode=mode
        )
    return finding("folder", Level.OK, "folder_private", folder=folder)
