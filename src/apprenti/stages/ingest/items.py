"""What a person gives to be recognised: files and folders, one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from apprenti.stages.ingest.tree import entries


def read_items(items: Iterable[str | Path]) -> Iterator[tuple[str, Path]]:
    """Yield (name, file) for every file given and every file in the folders given, sorted, one at a time.

    Hidden and system files in folders are passed over, as is what is no file (a socket, a pipe). A missing
    file is yielded like any other: whoever reads it will say that it is missing.

    Example:
        >>> list(read_items(["cat.jpg"]))
        [('cat.jpg', PosixPath('cat.jpg'))]
    """
    for item in items:
        path = Path(item)
        if not path.is_dir():
            yield str(item), path
            continue
        for entry in entries(path):
            if entry.problem in ("", "unreadable_file", "broken_link"):
                yield str(path / entry.name), entry.path
