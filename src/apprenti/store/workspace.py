"""A private folder for what is needed during one run only."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def private_workspace(parent: Path | None = None) -> Iterator[Path]:
    """Give a new empty folder that only this user may enter, and remove it with all it holds at the end.

    Args:
        parent: an existing folder to make it in; ``None`` for the system's place for temporary files.

    Example:
        >>> with private_workspace() as folder:
        ...     _ = (folder / "rows.npy").write_bytes(b"")
        >>> folder.exists()
        False
    """
    # what cannot be removed (a file still open on Windows) must not spoil the result of the run
    with tempfile.TemporaryDirectory(prefix="apprenti-", dir=parent, ignore_cleanup_errors=True) as folder:
        yield Path(folder)
