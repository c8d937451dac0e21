"""Messages between this process and the workers it started itself, over the pipes it made for them.

A message is one byte of kind and a list of byte strings ("parts"), each with its length in front. Values are
pickled, which is safe here and only here: both ends are our own processes and nothing from outside is ever
read this way. Arrays travel beside the pickle, not inside it (protocol 5): sending one makes no copy first.
Source: PEP 574, https://peps.python.org/pep-0574/.
"""

from __future__ import annotations

import pickle
import struct
from collections.abc import Sequence
from io import BufferedReader, BufferedWriter
from typing import Any

LOAD = b"L"
"""To a worker: settings, then the function that the following work is for."""
WORK = b"W"
"""To a worker: one item."""
RESULT = b"R"
"""From a worker: what the function returned."""
RAISED = b"E"
"""From a worker: (the error if it is one of ours, its name and message, its traceback)."""
OUT_OF_MEMORY = b"M"
"""From a worker: memory ran out; its last word."""

Buffer = bytes | bytearray | memoryview
Message = tuple[bytes, list[Buffer]]

_HEADER = struct.Struct("<cI")
_LENGTH = struct.Struct("<Q")
_OWN_PART_BYTES = 2**16


def pack(value: object) -> list[Buffer]:
    """Return ``value`` as parts: its pickle, then the memory of its large arrays, not copied.

    Raises:
        Exception: whatever pickle has against the value (a lambda, an open file).
    """
    large: list[memoryview] = []

    def stays_inside(buffer: pickle.PickleBuffer) -> bool:
        memory = buffer.raw()
        if memory.nbytes < _OWN_PART_BYTES:
            return True
        large.append(memory)
        return False

    return [pickle.dumps(value, protocol=5, buffer_callback=stays_inside), *large]


def unpack(parts: Sequence[Buffer]) -> Any:
    """Return the value that ``pack`` made ``parts`` of; its large arrays live in ``parts``, writable."""
    return pickle.loads(parts[0], buffers=parts[1:])  # noqa: S301 - see the head of this file


def send(stream: BufferedWriter, kind: bytes, parts: Sequence[Buffer]) -> None:
    """Write one message.

    Raises:
        OSError: the other end is gone.
    """
    stream.write(_HEADER.pack(kind, len(parts)))
    for part in parts:
        stream.write(_LENGTH.pack(len(part)))
        stream.write(part)
    stream.flush()


def receive(stream: BufferedReader) -> Message | None:
    """Return the next message, or ``None`` where the other end is gone, be it in the middle of one.

    Raises:
        MemoryError: there is no room for it.
    """
    header = _read(stream, _HEADER.size)
    if header is None:
        return None
    kind, n_parts = _HEADER.unpack(header)
    parts: list[Buffer] = []
    for _ in range(n_parts):
        length = _read(stream, _LENGTH.size)
        part = None if length is None else _read(stream, _LENGTH.unpack(length)[0])
        if part is None:
            return None
        parts.append(part)
    return kind, parts


def _read(stream: BufferedReader, n_bytes: int) -> bytearray | None:
    data = bytearray(n_bytes)
    return data if stream.readinto(data) == n_bytes else None
