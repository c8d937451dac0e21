"""The file format of feature rows: a header, then records of fixed size, each with its own checksum.

    header   16 bytes   magic "apprenti-rows", two zero bytes, version
              4 bytes   d, features per row, little endian
              4 bytes   CRC-32 of the 20 bytes before
    record   32 bytes   SHA-256 of the content the row was computed from
            4 d bytes   the row, float32, little endian
              4 bytes   CRC-32 of the 32 + 4 d bytes before

A record that a crash or a full disk left torn has a wrong checksum, or is too short, and is not seen; fixed
sizes mean that it cannot hide the records after it.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Collection, Iterator, Sequence
from io import FileIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

HASH_BYTES = 32
MAX_FEATURES = 2**20
"""A header that claims more is garbage."""
CHUNK_BYTES = 2**22
"""Read at once: small beside the rows returned, large enough that reading is not what takes the time."""

_HEADER = struct.Struct("<15sBI")
_CHECKSUM = struct.Struct("<I")
_MAGIC, _VERSION = b"apprenti-rows", 1
HEADER_BYTES = _HEADER.size + _CHECKSUM.size


def header_of(n_features: int) -> bytes:
    """Return the header of a file with rows of ``n_features``."""
    content = _HEADER.pack(_MAGIC, _VERSION, n_features)
    return content + _CHECKSUM.pack(zlib.crc32(content))


def read_header(header: bytes) -> int | None:
    """Return the features per row, or ``None`` where these are not the first bytes of such a file."""
    if len(header) < HEADER_BYTES:
        return None
    magic, version, n_features = _HEADER.unpack_from(header)
    is_ours = magic.rstrip(b"\0") == _MAGIC and version == _VERSION and 0 < n_features <= MAX_FEATURES
    return n_features if is_ours and header[:HEADER_BYTES] == header_of(n_features) else None


def record_bytes(n_features: int) -> int:
    """Return the size of one record."""
    return HASH_BYTES + 4 * n_features + _CHECKSUM.size


def pack_records(hashes: Sequence[str], rows: NDArray[np.float32]) -> bytes:
    """Return the records of ``rows`` [n, d]."""
    records = np.empty(len(rows), dtype=_record_type(rows.shape[1]))
    records["hash"] = np.frombuffer(b"".join(map(bytes.fromhex, hashes)), dtype=f"V{HASH_BYTES}")
    records["row"] = rows
    records["checksum"] = _checksums(records)
    return records.tobytes()


def read_records(
    file: FileIO, n_features: int, wanted: Collection[bytes]
) -> Iterator[tuple[bytes, NDArray[np.float32]]]:
    """Yield (content hash, row [d] float32) of every whole record of ``wanted``, in the order of the file.

    Args:
        file: positioned behind the header, unbuffered.
        n_features: d, from the header.
        wanted: content hashes, 32 bytes each.
    """
    kind = _record_type(n_features)
    n_at_once = max(1, CHUNK_BYTES // kind.itemsize)
    buffer = bytearray(n_at_once * kind.itemsize)
    while n_whole := _fill(file, buffer) // kind.itemsize:
        records = np.frombuffer(buffer, dtype=kind, count=n_whole)
        hashes: list[bytes] = records["hash"].tolist()
        # taken out before the buffer is filled anew; this copy is the memory the rows live in
        picked = records[[index for index, content_hash in enumerate(hashes) if content_hash in wanted]]
        whole = _checksums(picked) == picked["checksum"]
        rows = picked["row"].astype(np.float32)
        for content_hash, row, is_whole in zip(picked["hash"].tolist(), rows, whole, strict=True):
            if is_whole:
                yield content_hash, row


def checked_rows(hashes: Sequence[str], rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return ``rows`` as float32 [n, d], one for each of ``hashes``.

    Raises:
        ValueError: another shape, or something that is not a SHA-256 in hex.
    """
    rows = np.asarray(rows, dtype=np.float32)
    if rows.ndim != 2 or len(rows) != len(hashes) or (len(rows) and not 0 < rows.shape[1] <= MAX_FEATURES):
        raise ValueError(f"rows have shape {rows.shape}, expected [{len(hashes)}, d]")
    wrong = next((h for h in hashes if len(h) != 2 * HASH_BYTES or len(bytes.fromhex(h)) != HASH_BYTES), None)
    if wrong is not None:
        raise ValueError(f"content hash {wrong!r}, expected 64 hex digits")
    return rows


def _record_type(n_features: int) -> np.dtype[Any]:
    return np.dtype([("hash", f"V{HASH_BYTES}"), ("row", "<f4", (n_features,)), ("checksum", "<u4")])


def _checksums(records: NDArray[Any]) -> NDArray[np.uint32]:
    """Return the CRC-32 of each record without its last field, [n] uint32."""
    size = records.dtype.itemsize
    content = records.view(np.uint8).reshape(-1).data
    starts = range(0, len(content), size)
    return np.array([zlib.crc32(content[i : i + size - _CHECKSUM.size]) for i in starts], dtype=np.uint32)


def _fill(file: FileIO, buffer: bytearray) -> int:
    """Read until ``buffer`` is full or the file ends; return how many bytes are in it."""
    view, n_read = memoryview(buffer), 0
    while n_read < len(buffer) and (n_more := file.readinto(view[n_read:])):
        n_read += n_more
    return n_read
