"""The steps of one piece of work in a folder: a file for each, written once, seen whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Callable
from pathlib import Path

from apprenti.store.files import write_atomically, write_error

MAGIC = b"apprenti-step-1\n"
_SHA256_BYTES = 32
_STEP = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)


class FolderJournal:
    """A ``Journal`` (``domain.seams``) in a folder of its own.

    A file is a line that says what it is, the SHA-256 of the name of the step and of what was recorded, and that. It
    gets its name only once it is whole and on the disk; one that was cut off or altered since is not seen.

    Args:
        folder: made for this user only when the first step is recorded; its parent need not be there.
        still_mine: called before anything is recorded or forgotten; raises what says that somebody else has taken
            the work over.
    """

    def __init__(self, folder: Path, *, still_mine: Callable[[], None] | None = None) -> None:
        self._folder, self._still_mine = folder, still_mine

    def recall(self, step: str) -> bytes | None:
        """Return what was recorded for ``step``, or ``None``."""
        try:
            content = self._path(step).read_bytes()
        except OSError:
            return None
        begin = len(MAGIC) + _SHA256_BYTES
        data = content[begin:]
        return data if content[:begin] == MAGIC + _checksum(step, data) else None

    def record(self, step: str, data: bytes) -> None:
        """Keep what came of ``step``; see ``domain.seams.Journal.record``.

        A kill at any moment leaves the step recorded or not, and nothing between.
        """
        if self._still_mine is not None:
            self._still_mine()
        if self.recall(step) is not None:
            raise ValueError(f"{step} has been recorded")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise write_error(self._folder, error) from error
        write_atomically(self._path(step), MAGIC + _checksum(step, data) + data)

    def forget(self) -> None:
        """Remove all steps, and what a kill left half written; the empty folder stays."""
        if self._still_mine is not None:
            self._still_mine()
        for pattern in ("*.step", ".*.part"):
            for path in self._folder.glob(pattern):
                with contextlib.suppress(OSError):
                    path.unlink()

    def _path(self, step: str) -> Path:
        if not _STEP.fullmatch(step):
            raise ValueError(f"{step!r} is no name of a step")
        return self._folder / f"{step}.step"


def _checksum(step: str, data: bytes) -> bytes:
    digest = hashlib.sha256(step.encode() + b"\n")
    digest.update(data)
    return digest.digest()
