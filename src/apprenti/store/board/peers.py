"""Processes that gather what they write, and wait for each other where somebody looks for what another has."""

from __future__ import annotations

import os
import time
from contextlib import suppress

from apprenti.domain.errors import StoreError
from apprenti.store.board.rows import Rows, Word

LOOK_SECONDS = 0.002
PATIENCE_SECONDS = 10.0


class Peers:
    """The other processes of a server; see ``domain.seams.Peers``.

    Args:
        rows: that all share.
        patience_seconds: how long one may take to write what it has.
    """

    def __init__(self, rows: Rows, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._rows, self._patience_seconds = rows, patience_seconds
        self._hurry_seen = rows.every(Word.HURRY)

    def tell(self, *, taken: int, written: int) -> None:
        """Say how many this process has taken in and how many of them are on the disk."""
        self._rows.put(Word.TAKEN, taken)
        self._rows.put(Word.WRITTEN, written)

    def is_hurried(self) -> bool:
        """Return whether some process has begun to wait for others since this was asked last."""
        now = self._rows.every(Word.HURRY)
        changed, self._hurry_seen = now != self._hurry_seen, now
        return changed

    def settle(self) -> None:
        """Return when what the others have taken in so far is on the disk, or was lost with one that died.

        Raises:
            StoreError: one of them cannot write.
        """
        rows = self._rows
        waited = [(row, rows.of(row, Word.PROCESS), rows.of(row, Word.TAKEN)) for row in rows.others()]
        waited = [one for one in waited if not self._is_over(*one)]
        if not waited:
            return
        rows.count(Word.HURRY)
        for _ in range(round(self._patience_seconds / LOOK_SECONDS)):
            waited = [one for one in waited if not self._is_over(*one)]
            if not waited:
                return
            time.sleep(LOOK_SECONDS)
        raise StoreError("answers_wait")

    def _is_over(self, row: int, process: int, taken: int) -> bool:
        if self._rows.of(row, Word.WRITTEN) >= taken or self._rows.of(row, Word.PROCESS) != process:
            return True
        with suppress(PermissionError):
            try:
                os.kill(process, 0)
            except ProcessLookupError:
                return True
        return False
