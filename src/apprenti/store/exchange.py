"""The file knowledge travels in: a first line that says what it is, then a line for each training.

Lines of JSON, sorted by their SHA-256, rather than an archive: whoever shares the file can read first what is in it,
and whoever gets one has nothing to unpack, no names to write to, and never needs more of it in memory than it says.
The same knowledge is the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path

from apprenti.domain.errors import KnowledgeFileError
from apprenti.store.imports import Lines
from apprenti.store.knowledge_lines import MAX_LINE_BYTES, shown

FORMAT = 1
MAX_RECORDS = 2000
"""Trainings in one file."""
MAX_FILE_BYTES = 64 * 2**20

_HEADER = b'{"apprenti":"knowledge","format":1}\n'
_MAX_HEADER_BYTES = 256


def export_content(lines: Lines) -> tuple[bytes, int]:
    """Return the content of an export, and how many records found no room in it.

    Whatever is exported can be merged, so an export keeps the limits of a merge: what stands first in ``lines``
    goes first.
    """
    size = len(_HEADER)
    fitting: list[str] = []
    for digest, line in lines.items():
        size += len(line) + 1
        if len(fitting) == MAX_RECORDS or size > MAX_FILE_BYTES:
            break
        fitting.append(digest)
    content = b"".join(lines[digest] + b"\n" for digest in sorted(fitting))
    return _HEADER + content, len(lines) - len(fitting)


def read_export(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield (number of the line, line) for every training in an export, none of them checked.

    A line that is longer than any training comes cut, still longer than any training.

    Raises:
        KnowledgeFileError: the file is not there, not an export, of a later format, or too large.
    """
    try:
        with path.open("rb") as file:
            yield from _lines(file, item=path.name)
    except OSError as error:
        cause = error.strerror or str(error)
        raise KnowledgeFileError("knowledge_unreadable", item=path.name, cause=cause) from error


def _lines(file: BufferedReader, *, item: str) -> Iterator[tuple[int, bytes]]:
    _check_header(file.readline(_MAX_HEADER_BYTES), item=item)
    n_bytes, n_records, number = 0, 0, 1
    while line := file.readline(MAX_LINE_BYTES + 2):
        number += 1
        n_bytes += len(line) + _skip_rest(line, file, MAX_FILE_BYTES - n_bytes)
        if n_bytes > MAX_FILE_BYTES:
            raise KnowledgeFileError("knowledge_too_large", item=item, limit=MAX_FILE_BYTES // 2**20)
        if not (content := line.rstrip(b"\r\n")):
            continue
        n_records += 1
        if n_records > MAX_RECORDS:
            raise KnowledgeFileError("knowledge_too_many", item=item, most=MAX_RECORDS)
        yield number, content


def _skip_rest(line: bytes, file: BufferedReader, most: int) -> int:
    """Read on to the end of a line that was cut, and return how many bytes that took, or a few more than ``most``."""
    n_skipped = 0
    while not line.endswith(b"\n") and n_skipped <= most:
        line = file.readline(MAX_LINE_BYTES)
        if not line:
            break
        n_skipped += len(line)
    return n_skipped


def _check_header(line: bytes, *, item: str) -> None:
    try:
        header = json.loads(line)
    except (ValueError, RecursionError):
        header = None
    if not isinstance(header, dict) or header.get("apprenti") != "knowledge":
        raise KnowledgeFileError("knowledge_foreign", item=item)
    if header != json.loads(_HEADER):
        raise KnowledgeFileError("knowledge_too_new", item=item, format=shown(header.get("format")))
