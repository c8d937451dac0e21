"""Cells of the knowledge in the user's own folder: a file for each training, numbers and recipe names.

KNOWLEDGE/<SHA-256>.json                the trainings of this installation
KNOWLEDGE/imported/<SHA-256>.ndjson     what was merged, a file for each import, see ``store.imports``
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from apprenti.domain.json_form import from_json
from apprenti.domain.knowledge import FORMAT, TrainingRecord, nameless
from apprenti.domain.profile import Profile
from apprenti.domain.recipe import Cell
from apprenti.store.files import write_atomically, write_error
from apprenti.store.imports import imports_in
from apprenti.store.knowledge_lines import digest_of, line_of


def append_cells(
    folder: Path, *, profile: Profile, cells: Sequence[Cell], versions: Mapping[str, str]
) -> Path:
    """Add one training to the knowledge and return its file, named by the SHA-256 of its content.

    No label, path or data gets into it: a profile is numbers, and the names of its labels are left out.

    Args:
        folder: the user's own; made where it is missing.
        profile: of the data.
        cells: what was measured on it.
        versions: of the programs that took part, by name; what a builder added after a ``+`` is left out.

    Raises:
        UserError: the folder cannot be written.
    """
    record = TrainingRecord(
        profile=nameless(profile),
        cells=tuple(cells),
        versions={name: version.partition("+")[0] for name, version in versions.items()},
    )
    line = line_of(record)
    path = folder / f"{digest_of(line)}.json"
    make_folder(folder)
    write_atomically(path, line)
    return path


def read_cells(folder: Path) -> list[TrainingRecord]:
    """Return every training in ``folder``, each once: its own, then those that were merged (``foreign``).

    A file that is truncated, altered, of a later format or not ours is passed over: knowledge is a sum of
    many trainings, and one of them less spoils nothing. A merged training that is also one of its own is its own;
    one that came with several imports belongs to the first of them, in the order of their names.
    """
    return list(records_by_digest(folder).values())


def records_by_digest(folder: Path) -> dict[str, TrainingRecord]:
    """Return the same trainings by what they are known by, see ``knowledge_lines.digest_of``."""
    records = own_records(folder)
    for origin, lines in imports_in(folder).items():
        for digest, line in lines.items():
            if digest not in records and (record := _lenient(line, origin=origin)) is not None:
                records[digest] = record
    return records


def own_records(folder: Path) -> dict[str, TrainingRecord]:
    """Return the trainings of this installation, by what they are known by."""
    found = (_read(path) for path in own_files(folder))
    return {digest_of(line_of(record)): record for record in found if record is not None}


def own_files(folder: Path) -> Iterator[Path]:
    """Yield the files of this installation's trainings, whole or not, in the order of their names."""
    yield from sorted(folder.glob(f"{'[0-9a-f]' * 64}.json"))


def make_folder(folder: Path) -> None:
    """Make ``folder`` where it is missing, for this user only.

    Raises:
        UserError: it cannot be made.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise write_error(folder, error) from error


def _read(path: Path) -> TrainingRecord | None:
    try:
        data = path.read_bytes()
    except OSError:
        return None
    return _lenient(data) if hashlib.sha256(data).hexdigest() == path.stem else None


def _lenient(data: bytes, *, origin: str = "") -> TrainingRecord | None:
    """Return a record this installation wrote, by now or long ago; entries it does not know are left out."""
    try:
        record = from_json(TrainingRecord, json.loads(data))
    except (ValueError, RecursionError):
        return None
    return replace(record, origin=origin) if record.format == FORMAT else None
