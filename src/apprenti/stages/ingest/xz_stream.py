"""The plain bytes of an xz file, taken out with a bounded memory.

An xz file says itself how many of the last bytes its reader must remember, up to 4 GB, and ``lzma.open`` believes it:
a file of 60 KB can fill a machine. ``xz -9`` asks for 65 MB.
"""

from __future__ import annotations

import io
import lzma
from typing import Any, BinaryIO

MAX_MEMORY_BYTES = 128 * 2**20
_CHUNK_BYTES = 1 << 16


class XzStream(io.RawIOBase):
    """The reading side of an xz file: its streams one after the other, as ``xz`` reads them.

    Args:
        file: opened for reading; closed with this one.

    Raises:
        lzma.LZMAError: it is damaged, or needs more than 128 MB to be read; while it is read.
        EOFError: it is cut off.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._decompressor = _decompressor()
        self._rest = b""

    def readable(self) -> bool:
        """Return that it is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill ``buffer`` with what comes next; 0 at the end."""
        while True:
            if self._decompressor.eof and not self._begin_next():
                return 0
            block = b""
            if self._decompressor.needs_input:
                block = self._rest or self._file.read(_CHUNK_BYTES)
                self._rest = b""
                if not block:
                    raise EOFError("an xz stream without its end")
            plain = self._decompressor.decompress(block, max_length=len(buffer))
            if plain:
                buffer[: len(plain)] = plain
                return len(plain)

    def close(self) -> None:
        """Close the file behind it too."""
        if not self.closed:
            self._file.close()
        super().close()

    def _begin_next(self) -> bool:
        """Begin the stream behind the one that ended, if there is one; zeros between them are padding."""
        rest = (self._decompressor.unused_data or self._rest).lstrip(b"\0")
        while not rest:
            block = self._file.read(_CHUNK_BYTES)
            if not block:
                return False
            rest = block.lstrip(b"\0")
        self._decompressor, self._rest = _decompressor(), rest
        return True


def _decompressor() -> lzma.LZMADecompressor:
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MAX_MEMORY_BYTES)
