"""Folders of trainings that are not finished yet: each used by one process at a time, the oldest given up."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = "training-"
N_KEPT = 4
"""Trainings that were killed and never taken up again: the older ones are given up."""


@contextmanager
def own_folder(parent: Path, name: str) -> Iterator[Path | None]:
    """Give the folder of a training while nobody else is at the same one, and ``None`` where somebody is.

    A process that dies loses its hold on the folder. Without locks on folders (Windows) none is given.

    Args:
        parent: where the folders of all trainings are; made where it is missing.
        name: of this training, hex digits.
    """
    folder = parent / f"{PREFIX}{name}"
    number = _held(folder)
    if number is None:
        yield None
        return
    try:
        _give_up_oldest(parent, current=folder)
        yield folder
    finally:
        os.close(number)
        with contextlib.suppress(OSError):  # what is in it is for another time
            folder.rmdir()


def _held(folder: Path) -> int | None:
    """Return the open folder, locked until it is closed, or ``None`` where it cannot be had."""
    if sys.platform == "win32":
        return None
    import fcntl

    number = None
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        number = os.open(folder, os.O_RDONLY)
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(number), folder.stat()):  # else removed while we waited at the door
            return number
    except OSError:
        pass
    if number is not None:
        os.close(number)
    return None


def _give_up_oldest(parent: Path, *, current: Path) -> None:
    """Remove the folders used longest ago that nobody holds, so that no more than ``N_KEPT`` are left."""
    others = []
    for folder in parent.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            if folder != current:
                others.append((folder.stat().st_mtime_ns, folder))
    for _, folder in sorted(others, reverse=True)[N_KEPT - 1 :]:
        number = _held(folder)
        if number is not None:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(number)
