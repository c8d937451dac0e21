"""Rows of numbers that several processes see: one for each, and only its owner writes in it.

So nothing is locked, and a process that is killed leaves nothing half-written: a word is written at once.
"""

from __future__ import annotations

import mmap
import os
import threading
from enum import IntEnum

MOST_PROCESSES = 64
WORD_BYTES = 8


class Word(IntEnum):
    """The numbers of a row: who it is, and how often something happened."""

    PROCESS = 0
    DATABASE = 1
    CALLERS = 2
    TAKEN = 3
    WRITTEN = 4
    HURRY = 5


N_WORDS = 8
ROWS_BYTES = -(-MOST_PROCESSES * N_WORDS * WORD_BYTES // mmap.PAGESIZE) * mmap.PAGESIZE


class Rows:
    """The rows, and which of them is ours.

    Args:
        view: ``ROWS_BYTES`` of memory that the others see too.
        own: our row; what a process before us took in is counted as over.
    """

    def __init__(self, view: memoryview, own: int) -> None:
        self.own = own
        self._words = view[: MOST_PROCESSES * N_WORDS * WORD_BYTES].cast("Q")
        self._lock = threading.Lock()
        # how often what happened stays: it must differ from all that others have seen
        for word, value in (
            (Word.PROCESS, 0),
            (Word.TAKEN, 0),
            (Word.WRITTEN, 0),
            (Word.PROCESS, os.getpid()),
        ):
            self.put(word, value)

    def put(self, word: Word, value: int) -> None:
        """Write a number of the own row."""
        self._words[self.own * N_WORDS + word] = value

    def count(self, word: Word) -> None:
        """Raise a number of the own row by one."""
        with self._lock:
            self._words[self.own * N_WORDS + word] += 1

    def of(self, row: int, word: Word) -> int:
        """Return a number of any row."""
        return self._words[row * N_WORDS + word]

    def every(self, word: Word) -> bytes:
        """Return a number of all rows, to be compared with what it was."""
        return self._words[word::N_WORDS].tobytes()

    def others(self) -> list[int]:
        """Return the rows that other processes have taken."""
        return [row for row in range(MOST_PROCESSES) if row != self.own and self.of(row, Word.PROCESS)]
