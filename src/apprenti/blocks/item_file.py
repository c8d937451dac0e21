"""Reads one file a person named, without trusting it to be a file of reasonable size, or a file at all."""

from __future__ import annotations

import stat
from pathlib import Path

from apprenti.domain.errors import ItemError

MAX_ITEM_BYTES = 400_000_000
"""More than an uncompressed image of the most pixels accepted takes."""


def read_item(path: Path, *, item: str) -> bytes:
    """Return the bytes of a regular file.

    Args:
        path: the file.
        item: its name, for the message.

    Raises:
        ItemError: it cannot be read, is not a regular file (a pipe would block for ever), or is too large.
    """
    try:
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode):
            raise ItemError("file_not_readable", item=item)
        if facts.st_size > MAX_ITEM_BYTES:
            raise ItemError("file_too_large", item=item, limit=MAX_ITEM_BYTES // 1_000_000)
        return path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a null byte in the path
        raise ItemError("file_not_readable", item=item) from error
