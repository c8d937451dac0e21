"""What trainings that were stopped have left to go on from, and nobody came back for."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path

MOST_DAYS = 7.0
"""A training that is under way is kept anew every few seconds, and one that goes on is marked at once."""


def sweep_abandoned(folder: Path | None, *, most_days: float = MOST_DAYS) -> int:
    """Remove the files of a folder that were last written long ago, and return how many.

    What is in use is newer. Now is what the disk says of a new file: its clock may not be that of this machine.

    Args:
        folder: as ``flow.tools.Tools.unfinished_folder``; it may be missing, or unusable: then nothing is done.
        most_days: since a file was written.

    Example:
        >>> sweep_abandoned(None)
        0
    """
    if folder is None or not folder.is_dir():
        return 0
    n_removed = 0
    with suppress(OSError):
        with tempfile.NamedTemporaryFile(dir=folder) as new:
            oldest = Path(new.name).stat().st_mtime - most_days * 24 * 3600
        for path in folder.iterdir():
            with suppress(OSError):  # gone meanwhile, or not ours to remove
                if path.is_file() and path.stat().st_mtime < oldest:
                    path.unlink()
                    n_removed += 1
    return n_removed
