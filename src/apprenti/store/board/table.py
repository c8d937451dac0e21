"""A table of short words that several processes write: to each, two numbers.

It is as large as it is made, and forgets what was touched longest ago among the few places a word may have. Whoever
looks or writes holds the lock of the table, which the system takes back from a process that dies.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b

KEY_BYTES = 16
_ENTRY = struct.Struct(f"={KEY_BYTES}sdd")
N_PLACES = 16_384
N_TRIED = 8
TABLE_BYTES = N_PLACES * _ENTRY.size
_NOBODY = bytes(KEY_BYTES)


class SharedTable:
    """The table; used from one thread of each process, for a process is not in its own way.

    Args:
        number: of the open file, on which the lock lies.
        view: ``TABLE_BYTES`` of memory that the others see too.
    """

    def __init__(self, number: int, view: memoryview) -> None:
        self._number, self._view = number, view

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes out while the block runs."""
        if sys.platform == "win32":
            raise NotImplementedError("several processes on one address")
        import fcntl

        fcntl.lockf(self._number, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.lockf(self._number, fcntl.LOCK_UN)

    def get(self, word: str) -> tuple[float, float] | None:
        """Return the two numbers of a word; ``None`` where it has none, or they were forgotten."""
        key = _key(word)
        for place in _places(key):
            found, first, second = _ENTRY.unpack_from(self._view, place)
            if found == key:
                return first, second
        return None

    def put(self, word: str, level: float, at: float) -> None:
        """Write the numbers of a word; ``at`` is when, and what was written longest ago makes room."""
        key = _key(word)
        oldest, oldest_at = 0, float("inf")
        for place in _places(key):
            found, _, written_at = _ENTRY.unpack_from(self._view, place)
            if found in (key, _NOBODY):
                oldest = place
                break
            if written_at < oldest_at:
                oldest, oldest_at = place, written_at
        _ENTRY.pack_into(self._view, oldest, key, level, at)


def _key(word: str) -> bytes:
    return blake2b(word.encode(), digest_size=KEY_BYTES).digest()


def _places(key: bytes) -> Iterator[int]:
    first = int.from_bytes(key[:4], "little")
    return ((first + i) % N_PLACES * _ENTRY.size for i in range(N_TRIED))
