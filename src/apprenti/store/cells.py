"""Cells of the knowledge in the user's own folder: a file for each training, numbers and recipe names."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from apprenti.domain.json_form import from_json, to_json
from apprenti.domain.profile import Profile
from apprenti.domain.recipe import Cell
from apprenti.store.files import write_atomically, write_error

FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingRecord:
    """What one training taught about recipes.

    Args:
        profile: of its data; labels are called ``1``, ``2``, … from the largest class to the smallest.
        cells: what was measured on it.
        versions: of the programs that took part, by name.
        format: of the file.
    """

    profile: Profile
    cells: tuple[Cell, ...]
    versions: Mapping[str, str]
    format: int = FORMAT


def append_cells(
    folder: Path, *, profile: Profile, cells: Sequence[Cell], versions: Mapping[str, str]
) -> Path:
    """Add one training to the knowledge and return its file, named by the SHA-256 of its content.

    No label, path or data gets into it: a profile is numbers, and the names of its labels are left out.

    Args:
        folder: the user's own; made where it is missing.
        profile: of the data.
        cells: what was measured on it.
        versions: of the programs that took part, by name.

    Raises:
        UserError: the folder cannot be written.
    """
    counts = sorted(profile.n_per_label.values(), reverse=True)
    nameless = replace(profile, n_per_label={str(rank): n for rank, n in enumerate(counts, start=1)})
    record = TrainingRecord(profile=nameless, cells=tuple(cells), versions=versions)
    data = json.dumps(to_json(record), sort_keys=True, indent=1, allow_nan=False).encode()
    path = folder / f"{hashlib.sha256(data).hexdigest()}.json"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise write_error(folder, error) from error
    write_atomically(path, data)
    return path


def read_cells(folder: Path) -> list[TrainingRecord]:
    """Return every training in ``folder``, in the order of file names; none where there is no folder.

    A file that is truncated, altered, of a later format or not ours is passed over: knowledge is a sum of
    many trainings, and one of them less spoils nothing.
    """
    records = (_read(path) for path in sorted(folder.glob("*.json")))
    return [record for record in records if record is not None]


def _read(path: Path) -> TrainingRecord | None:
    try:
        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() != path.stem:
            return None
        record = from_json(TrainingRecord, json.loads(data))
    except (OSError, ValueError, RecursionError):
        return None
    return record if record.format == FORMAT else None
