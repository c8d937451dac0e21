"""A folder or an unpacked archive, seen as names and the files behind them."""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from apprenti.domain.dataset import SetAside
from apprenti.domain.errors import DataError
from apprenti.domain.sentence import Sentence

MAX_DEPTH = 32
MAX_FILE_BYTES = 256 * 10**6
_SYSTEM_NAMES = frozenset({"__macosx", "thumbs.db", "desktop.ini", "ehthumbs.db", "$recycle.bin"})

Problem = Literal[
    "", "hidden", "unreadable_folder", "unreadable_file", "broken_link", "not_a_regular_file", "too_deep"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """Files by relative name, in the order of their names.

    Args:
        files: relative name (``/`` between the parts) → the file its bytes are read from.
        set_aside: what cannot be read, each with its reason.
        n_hidden: hidden and system files that were passed over.
    """

    files: Mapping[str, Path]
    set_aside: tuple[SetAside, ...] = ()
    n_hidden: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing found in a folder.

    Args:
        name: relative to the folder that was asked for.
        path: where it is.
        problem: why it is not a file to read; empty for a regular file.
    """

    name: str
    path: Path
    problem: Problem = ""


def is_hidden(name: str) -> bool:
    """Return whether a part of a path is hidden (``.DS_Store``) or the system's own (``Thumbs.db``)."""
    return name.startswith(".") or name.casefold() in _SYSTEM_NAMES


def walk(folder: Path) -> Tree:
    """Return the regular files under ``folder``; links are followed, each folder once.

    Raises:
        DataError: the folder itself cannot be read.
    """
    files: dict[str, Path] = {}
    set_aside: list[SetAside] = []
    n_hidden = 0
    for entry in entries(folder):
        if entry.problem == "hidden":
            n_hidden += 1
        elif entry.name == ".":
            raise DataError("unreadable_source", source=str(folder))
        elif entry.problem:
            reason = Sentence(key=f"ingest.{entry.problem}", values={"item": entry.name})
            set_aside.append(SetAside(name=entry.name, reason=reason))
        else:
            files[entry.name] = entry.path
    return Tree(files=files, set_aside=tuple(set_aside), n_hidden=n_hidden)


def entries(folder: Path) -> Iterator[Entry]:
    """Yield everything below ``folder`` but folders, sorted by name; ``"."`` if it is unreadable."""
    return _entries(folder, PurePosixPath(), set())


def _entries(folder: Path, inside: PurePosixPath, entered: set[tuple[int, int]]) -> Iterator[Entry]:
    try:
        status = folder.stat()
        names = sorted(os.listdir(folder))  # noqa: PTH208 (names are a third of the memory of paths)
    except OSError:
        yield Entry(name=str(inside), path=folder, problem="unreadable_folder")
        return
    if (status.st_dev, status.st_ino) in entered:
        return  # a link back to a folder above, or to one already read
    entered.add((status.st_dev, status.st_ino))
    for name in names:
        below, path = inside / shown(name), folder / name
        kind = "hidden" if is_hidden(name) else _kind(path)
        if kind != "folder":
            yield Entry(name=str(below), path=path, problem=kind)
        elif len(below.parts) > MAX_DEPTH:
            yield Entry(name=str(below), path=path, problem="too_deep")
        else:
            yield from _entries(path, below, entered)


def _kind(path: Path) -> Problem | Literal["folder"]:
    """Return ``folder``, nothing for a regular file, or why it is neither."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return "broken_link" if path.is_symlink() else "unreadable_file"
    if stat.S_ISDIR(mode):
        return "folder"
    return "" if stat.S_ISREG(mode) else "not_a_regular_file"


def shown(name: str) -> str:
    r"""Return a file name that is safe to print: control characters and bytes that are no text spelled out.

    Example:
        >>> shown("cat\x1b[2J.png")
        'cat\\x1b[2J.png'
    """
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(
        f"\\x{ord(letter):02x}" if unicodedata.category(letter) == "Cc" else letter for letter in text
    )
