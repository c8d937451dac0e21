"""The board: memory that the processes of one server share, and that is gone when the last of them is."""

from __future__ import annotations

import mmap
import os
import tempfile
from dataclasses import dataclass

from apprenti.store.board.peers import Peers
from apprenti.store.board.rows import ROWS_BYTES, Rows, Word
from apprenti.store.board.signs import SharedSign
from apprenti.store.board.table import TABLE_BYTES, SharedTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Memory as one process of the server sees it.

    Args:
        rows: numbers, a row for each process.
        table: what all of them write.
    """

    rows: Rows
    table: SharedTable

    @property
    def database_changed(self) -> SharedSign:
        """The sign that a process of the server wrote into the database."""
        return SharedSign(self.rows, Word.DATABASE)

    @property
    def callers_changed(self) -> SharedSign:
        """The sign that a process of the server took a token or a session back."""
        return SharedSign(self.rows, Word.CALLERS)

    @property
    def peers(self) -> Peers:
        """The other processes of the server."""
        return Peers(self.rows)

    @classmethod
    def join(cls, number: int, row: int) -> Board:
        """Take a row of a board.

        Args:
            number: of the open file that ``new_board`` gave.
            row: 0 to ``MOST_PROCESSES`` - 1; no other process that lives has it.
        """
        view = memoryview(mmap.mmap(number, ROWS_BYTES + TABLE_BYTES))
        return cls(rows=Rows(view[:ROWS_BYTES], row), table=SharedTable(number, view[ROWS_BYTES:]))


def new_board() -> int:
    """Return the number of an open file without a name: an empty board for processes that are given it."""
    if hasattr(os, "memfd_create"):
        number = os.memfd_create("apprenti")
    else:
        with tempfile.TemporaryFile() as file:
            number = os.dup(file.fileno())
    os.truncate(number, ROWS_BYTES + TABLE_BYTES)
    return number
