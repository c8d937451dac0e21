"""An xz file is read as ``lzma.open`` reads it, but never with more memory than any real one needs."""

from __future__ import annotations

import io
import lzma
import struct
import zlib

import pytest

from apprenti.stages.ingest.xz_stream import XzStream

PLAIN = bytes(range(256)) * 1000


def read(data: bytes) -> bytes:
    with io.BufferedReader(XzStream(io.BytesIO(data))) as stream:
        return stream.read()


@pytest.mark.parametrize("preset", [0, 6, 9 | lzma.PRESET_EXTREME])
def test_what_xz_wrote_is_read(preset: int) -> None:
    assert read(lzma.compress(PLAIN, preset=preset)) == PLAIN


@pytest.mark.parametrize("between", [b"", bytes(4), bytes(200_000)])
def test_streams_behind_each_other_are_read_as_one_with_or_without_padding(between: bytes) -> None:
    data = lzma.compress(PLAIN) + between + lzma.compress(b"more") + between
    assert read(data) == PLAIN + b"more"


def test_an_empty_stream_is_read_as_nothing() -> None:
    assert read(lzma.compress(b"") + lzma.compress(b"a")) == b"a"


def test_one_that_is_cut_off_is_refused() -> None:
    with pytest.raises(EOFError):
        read(lzma.compress(PLAIN)[:-20])


def test_one_that_is_damaged_is_refused() -> None:
    with pytest.raises(lzma.LZMAError):
        read(b"\xfd7zXZ\0" + bytes(100))


def test_one_that_asks_for_a_gigabyte_of_memory_is_refused() -> None:
    small = declaring(2**30)
    assert lzma.decompress(small) == b"small"
    with pytest.raises(lzma.LZMAError, match=r"[Mm]emory"):
        read(small)


def declaring(dictionary_bytes: int) -> bytes:
    """Return a stream whose header says that its reader must remember so much."""
    modest = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 4096}]
    data = bytearray(lzma.compress(b"small", filters=modest))
    # the block header, at 12: its size in fours, flags, filter, size of its properties, the dictionary, padding, CRC32
    assert data[14:16] == bytes([lzma.FILTER_LZMA2, 1])
    data[16] = 2 * (dictionary_bytes.bit_length() - 1) - 24
    end = 12 + (data[12] + 1) * 4
    data[end - 4 : end] = struct.pack("<I", zlib.crc32(data[12 : end - 4]))
    return bytes(data)
