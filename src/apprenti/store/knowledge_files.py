"""The files of the knowledge taken together: how much they hold, since when, and how they go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from apprenti.domain.errors import UserError
from apprenti.store.cells import own_files, own_records
from apprenti.store.files import sync_folder
from apprenti.store.imports import FOLDER, import_files, imports_in


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageFacts:
    """What the disk tells of the knowledge.

    Args:
        n_bytes: of all its files.
        n_damaged: files that are passed over.
        since: day (UTC) the oldest training of this installation was written. Only the disk knows it: no record
            carries a date, and none is exported.
    """

    n_bytes: int
    n_damaged: int
    since: date | None


def storage_facts(folder: Path) -> StorageFacts:
    """Return what the disk tells of the knowledge in ``folder``."""
    own, imported = list(own_files(folder)), list(import_files(folder))
    n_whole = len(own_records(folder)) + len(imports_in(folder))
    oldest = min((time for _, time in _sizes_and_times(own)), default=None)
    return StorageFacts(
        n_bytes=sum(size for size, _ in _sizes_and_times([*own, *imported])),
        n_damaged=max(0, len(own) + len(imported) - n_whole),
        since=None if oldest is None else datetime.fromtimestamp(oldest, tz=UTC).date(),
    )


def forget(folder: Path, *, imports_only: bool = False) -> None:
    """Delete the knowledge: every file of it, whole, damaged or half written.

    The folder itself stays: a training that ends at this moment still has a place to write to.

    Args:
        folder: of the knowledge.
        imports_only: keep what was learnt on this installation.

    Raises:
        UserError: a file cannot be deleted.
    """
    doomed = [*import_files(folder), *_half_written(folder / FOLDER)]
    if not imports_only:
        doomed += [*own_files(folder), *_half_written(folder)]
    for path in doomed:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            cause = error.strerror or str(error)
            raise UserError("knowledge_not_deleted", path=str(path), cause=cause) from error
    for place in (folder / FOLDER, folder):
        sync_folder(place)


def _half_written(folder: Path) -> Iterator[Path]:
    """Yield what a crash left of ``write_atomically``."""
    yield from folder.glob(".*.part")


def _sizes_and_times(paths: list[Path]) -> Iterator[tuple[int, float]]:
    for path in paths:
        try:
            facts = path.stat()
        except OSError:  # forgotten in this moment
            continue
        yield facts.st_size, facts.st_mtime
