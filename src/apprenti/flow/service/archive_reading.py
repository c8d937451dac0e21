"""Reading an archive that may come from a stranger: its members named, counted and measured, its rows one by one.

No name in it ever becomes part of a path, and nothing of it is unpacked: what is not expected is refused.
"""

from __future__ import annotations

import json
import lzma
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any

from apprenti.domain.errors import ApprentiError, DataError
from apprenti.domain.json_form import from_json
from apprenti.flow.service.exporting import CARD, FORMAT, FORMAT_VERSION
from apprenti.store.database.whole import PARTS, Part, misfit

MAX_MEMBERS = 1_000_000
MAX_ROWS = 3_000_000
MAX_BLOB_BYTES = 1_000_000_000
MAX_CARD_BYTES = 100_000
MAX_LINE_BYTES = 1_000_000
MAX_JSON_DEPTH = 32
MAX_RATIO = 100
RATIO_COUNTS_FROM_BYTES = 10_000_000
"""Rows say much the same again and again, and are a tenth of their size in an archive; not a thousandth."""

SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_KINDS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, NotImplementedError, RuntimeError, EOFError, ValueError,
    OSError, KeyError, RecursionError, OverflowError, MemoryError,
)  # fmt: skip


def damaged(cause: str) -> DataError:
    """Return the error that says that an archive is damaged or was altered."""
    return DataError("archive_damaged", cause=cause[:200])


@contextmanager
def opened_archive(archive: IO[bytes]) -> Iterator[zipfile.ZipFile]:
    """Open an archive whose members are all expected; what goes wrong meanwhile is said in our words.

    Raises:
        DataError: it is damaged, was altered, or is none of ours.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            _check_members(opened)
            yield opened
    except ApprentiError:
        raise
    except _DAMAGE as error:
        raise damaged(str(error) or type(error).__name__) from error


def read_card(opened: zipfile.ZipFile) -> Mapping[str, Any]:
    """Return what an archive says of itself.

    Raises:
        DataError: nothing, or that it is of a newer kind.
    """
    if CARD not in opened.namelist():
        raise DataError("archive_not_ours", card=CARD)
    with opened.open(CARD) as file:
        card = json.loads(file.read(MAX_CARD_BYTES))
    if not isinstance(card, dict) or card.get("format") != FORMAT:
        raise DataError("archive_not_ours", card=CARD)
    if card.get("format_version") != FORMAT_VERSION:
        raise DataError("archive_too_new", version=str(card.get("format_version"))[:20])
    return card


def read_nouns(opened: zipfile.ZipFile) -> dict[str, list[Any]]:
    """Return the rows of every table, each of them what it should be.

    Raises:
        DataError: one is not, or there are too many.
    """
    nouns: dict[str, list[Any]] = {}
    n_left = MAX_ROWS
    for part in PARTS:
        nouns[part.name] = []
        for noun in _nouns(opened, part):
            nouns[part.name].append(noun)
            n_left -= 1
            if n_left < 0:
                raise damaged(f"more than {MAX_ROWS} rows")
    return nouns


def read_blob(opened: zipfile.ZipFile, sha256: str, *, most_bytes: int) -> bytes:
    """Return the bytes of a blob, not yet held against its name.

    Raises:
        DataError: there are more than there may be.
        KeyError: there are none.
    """
    member = opened.getinfo(f"blobs/{sha256}")
    if member.file_size > min(most_bytes, MAX_BLOB_BYTES):
        raise damaged(f"blobs/{sha256}: too large")
    with opened.open(member) as file:
        return file.read(member.file_size + 1)


def _check_members(opened: zipfile.ZipFile) -> None:
    """Refuse members that no export has: other names, names twice, links, and what grows beyond reason."""
    members = opened.infolist()
    if len(members) > MAX_MEMBERS:
        raise damaged(f"more than {MAX_MEMBERS} members")
    expected = {CARD, *(f"rows/{part.name}.jsonl" for part in PARTS)}
    seen: set[str] = set()
    n_packed = n_bytes = 0
    for member in members:
        name = member.filename
        is_blob = name.startswith("blobs/") and SHA256.fullmatch(name.removeprefix("blobs/")) is not None
        if name in seen or not (is_blob or name in expected):
            raise damaged(f"member {name[:100]!r}")
        if stat.S_ISLNK(member.external_attr >> 16) or member.compress_type not in _KINDS:
            raise damaged(f"member {name[:100]!r} is no plain file")
        seen.add(name)
        n_packed += member.compress_size
        n_bytes += member.file_size
    if n_bytes > RATIO_COUNTS_FROM_BYTES and n_bytes > MAX_RATIO * n_packed:
        raise damaged(f"{n_packed} bytes that become {n_bytes}")


def _nouns(opened: zipfile.ZipFile, part: Part) -> Iterator[Any]:
    where = f"rows/{part.name}.jsonl"
    if where not in opened.namelist():  # of a table that came later
        return
    with opened.open(where) as file:
        number = 0
        while line := file.readline(MAX_LINE_BYTES + 1):
            number += 1
            if len(line) > MAX_LINE_BYTES:
                raise damaged(f"{where}:{number}: too long")
            try:
                noun = from_json(part.kind, _json(line))
            except (ValueError, TypeError, RecursionError) as error:
                raise damaged(f"{where}:{number}: {error}") from error
            if field := misfit(part, noun):
                raise damaged(f"{where}:{number}: {field} does not fit")
            yield noun


def _json(line: bytes) -> Any:
    """Return what a line says.

    Raises:
        ValueError: it is no JSON, or has what databases and other readers stumble over.
    """
    value = json.loads(line, parse_constant=_refuse)
    left = [(value, 1)]
    while left:
        each, depth = left.pop()
        if depth > MAX_JSON_DEPTH:
            raise ValueError("nested too deeply")
        if isinstance(each, dict):
            left += [(part, depth + 1) for pair in each.items() for part in pair]
        elif isinstance(each, list):
            left += [(part, depth + 1) for part in each]
        elif isinstance(each, str) and ("\x00" in each or any("\ud800" <= sign <= "\udfff" for sign in each)):
            raise ValueError("a sign that no word has")
        elif isinstance(each, int | float) and abs(each) >= 2**63:
            raise ValueError("a number past all bounds")
    return value


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no number")
