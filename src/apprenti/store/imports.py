"""What was merged from other installations: a file for each import, apart from this installation's own trainings.

A file holds the lines of its records in the order of their SHA-256, and is called by the SHA-256 of all of it.
It is written in one step and never changed. So a merge that is stopped, or has no room, leaves the knowledge as it
was, and two at once cannot get into each other's way. What is kept is a union: merging again, or in another order,
ends in the same files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from apprenti.domain.errors import KnowledgeFileError
from apprenti.store.files import write_atomically
from apprenti.store.knowledge_lines import digest_of

FOLDER = "imported"
ENDING = ".ndjson"
ORIGIN_DIGITS = 12
MAX_IMPORTED = 5000
"""Trainings kept from elsewhere: reading them takes about two seconds."""

Lines = Mapping[str, bytes]
"""Records by what they are known by: the SHA-256 of their line, and the line."""


def add_import(folder: Path, lines: Lines, *, own: Collection[str]) -> int:
    """Keep what somebody else's trainings taught, and return how many of them are new here.

    Args:
        folder: of the knowledge; it exists.
        lines: the records, checked.
        own: what this installation's own records are known by; they stay its own.

    Raises:
        KnowledgeFileError: there would be more than ``MAX_IMPORTED``; nothing is kept of this import.
        UserError: the folder cannot be written; nothing is kept of this import.
    """
    ours = {digest: lines[digest] for digest in sorted(lines) if digest not in own}
    files = {path: _read(path) for path in import_files(folder)}
    known = {digest for held in files.values() for digest in held} - set(own)
    if any(ours.keys() <= held.keys() for held in files.values()) or not ours:
        return 0
    if len(known | ours.keys()) > MAX_IMPORTED:
        raise KnowledgeFileError("knowledge_full", n=len(ours.keys() - known), most=MAX_IMPORTED)
    content = b"".join(line + b"\n" for line in ours.values())
    path = folder / FOLDER / f"{hashlib.sha256(content).hexdigest()}{ENDING}"
    path.parent.mkdir(mode=0o700, exist_ok=True)
    write_atomically(path, content)
    for other, held in files.items():
        # an older export of the same people: all of it is safe in the new file before this one goes
        if held and held.keys() < ours.keys():
            other.unlink(missing_ok=True)
    return len(ours.keys() - known)


def imports_in(folder: Path) -> dict[str, Lines]:
    """Return the lines of every import, by its origin, in the order of origins; what is damaged is passed over."""
    found = {path.name[:ORIGIN_DIGITS]: _read(path) for path in import_files(folder)}
    return {origin: lines for origin, lines in found.items() if lines}


def import_files(folder: Path) -> Iterator[Path]:
    """Yield the files of imports, whole or not, in the order of their names."""
    yield from sorted((folder / FOLDER).glob(f"{'[0-9a-f]' * 64}{ENDING}"))


def _read(path: Path) -> Lines:
    """Return the lines of one import; none where the file is damaged or gone."""
    try:
        content = path.read_bytes()
    except OSError:
        return {}
    if hashlib.sha256(content).hexdigest() != path.stem:
        return {}
    return {digest_of(line): line for line in content.splitlines()}
