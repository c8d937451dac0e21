"""Whether the rows of an archive go together: they name one another and nothing else, and their bytes."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from apprenti.blocks.artifact import unpack
from apprenti.blocks.decoding import ACCEPTED_FORMATS, read_header
from apprenti.blocks.run_file import MAX_FILE_BYTES, read_run
from apprenti.domain.errors import StoreError, UserError
from apprenti.flow.service.archive_reading import SHA256, damaged, read_blob
from apprenti.flow.service.exporting import BLOB_FIELDS
from apprenti.flow.service.known_embeddings import KnownEmbeddings
from apprenti.flow.service.service import Service
from apprenti.stages.feedback.observations import DriftReference
from apprenti.store.database.whole import PARTS, Part, repeated

MAY_BE_EMPTY = ("reference_sha256", "known_sha256", "run_sha256")
MAX_REFERENCE_BYTES = 100_000_000
MAX_BYTES = {"run_sha256": MAX_FILE_BYTES}
FREE = {"labels": "versions", "label_id": "predictions"}
"""Fields that may name what was deleted since: what a model answered, a model may no longer."""
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.ASCII)

Nouns = Mapping[str, list[Any]]


def check_nouns(nouns: Nouns) -> None:
    """Refuse rows that name what is not there: an id of elsewhere would reach into another workspace.

    Raises:
        DataError: one does, or two rows are the same thing.
    """
    known = _ids(nouns)
    for part in PARTS:
        for noun in nouns[part.name]:
            _check_ids(part, noun, known)
            for field in BLOB_FIELDS.get(part.name, ()):
                sha256 = getattr(noun, field)
                if not SHA256.fullmatch(sha256) and not (sha256 == "" and field in MAY_BE_EMPTY):
                    raise damaged(f"rows/{part.name}: {field}")
        if field := repeated(part, nouns[part.name]):
            raise damaged(f"rows/{part.name}: {field} twice")
    versions = {(version.task_id, version.number) for version in nouns["versions"]}
    for task in nouns["tasks"]:
        if task.production_version is not None and (task.id, task.production_version) not in versions:
            raise damaged("rows/tasks: production_version names nothing")
    for image in nouns["images"]:
        if image.format not in ACCEPTED_FORMATS:  # it becomes the ending of a file
            raise damaged("rows/images: format")


def checked_blob(
    service: Service, opened: zipfile.ZipFile, sha256: str, wanted: Mapping[str, list[tuple[str, Any]]]
) -> bytes:
    """Return a blob, held against its name and against every row that names it.

    Args:
        service: says how large images may be.
        opened: the archive.
        sha256: its name.
        wanted: by name of a blob, the fields and rows that name it.

    Raises:
        DataError: it is something else.
    """
    named = wanted[sha256]
    most_bytes = max(
        getattr(noun, "n_bytes", 0) if field in _SIZED else MAX_BYTES.get(field, MAX_REFERENCE_BYTES)
        for field, noun in named
    )
    data = read_blob(opened, sha256, most_bytes=most_bytes)
    if hashlib.sha256(data).hexdigest() != sha256:
        raise damaged(f"blobs/{sha256}: other bytes")
    for field, noun in named:
        try:
            _check_is(service, field, noun, data)
        except (UserError, StoreError, ValueError) as error:
            raise damaged(f"blobs/{sha256}: {error}") from error
    return data


_SIZED = ("sha256", "model_sha256")


def _check_is(service: Service, field: str, noun: Any, data: bytes) -> None:
    """Refuse bytes that are not what a row says.

    Raises:
        ValueError: they are not.
        UserError: they are no image, or no model file, that can be used.
        StoreError: they are no known photos.
        ModelFileError: they are not what lessons need.
    """
    if field == "sha256" and len(data) > service.limits.max_image_bytes:
        raise ValueError(f"{len(data)} bytes, more than an image may have")
    if field in _SIZED and noun.n_bytes != len(data):
        raise ValueError(f"{len(data)} bytes instead of {noun.n_bytes}")
    if field == "sha256":
        header = read_header(data, item="image", max_megapixels=service.limits.max_megapixels)
        if header.format != noun.format:
            raise ValueError(f"{header.format} instead of {noun.format}")
        if sorted((header.width_px, header.height_px)) != sorted((noun.width_px, noun.height_px)):
            raise ValueError("another size")
    elif field == "model_sha256":
        if len(unpack(data).manifest.labels) != len(noun.labels):
            raise ValueError("another number of labels")
    elif field == "run_sha256":
        read_run(data, name="run")
    else:
        _refuse_inflating(data)
        (DriftReference if field == "reference_sha256" else KnownEmbeddings).from_npz(data)


def _refuse_inflating(data: bytes) -> None:
    """Refuse an archive of numbers that becomes far more than any of ours."""
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        if sum(member.file_size for member in opened.infolist()) > MAX_REFERENCE_BYTES:
            raise ValueError("too many numbers")


def named_blobs(nouns: Nouns) -> dict[str, list[tuple[str, Any]]]:
    """Return by name of a blob the fields and rows that name it."""
    named: dict[str, list[tuple[str, Any]]] = {}
    for part, of in BLOB_FIELDS.items():
        for noun in nouns[part]:
            for field in of:
                if sha256 := getattr(noun, field):
                    named.setdefault(sha256, []).append((field, noun))
    return named


def has_id(part: Part) -> bool:
    """Return whether the rows of a table have ids of their own."""
    return "id" in {field.name for field in fields(part.kind)}


def as_ids(value: Any) -> Iterable[Any]:
    """Return the ids in a field that holds one or several."""
    return value if isinstance(value, tuple) else (value,)


def _ids(nouns: Nouns) -> set[str | None]:
    known: set[str | None] = {"", None}
    for part in PARTS:
        for noun in nouns[part.name] if has_id(part) else ():
            if not _UUID.fullmatch(noun.id) or noun.id in known:
                raise damaged(f"rows/{part.name}: id {noun.id[:50]}")
            known.add(noun.id)
    return known


def _check_ids(part: Part, noun: Any, known: set[str | None]) -> None:
    for field in part.ids:
        named = set(as_ids(getattr(noun, field)))
        if FREE.get(field) == part.name:
            if any(one and not _UUID.fullmatch(one) for one in named):
                raise damaged(f"rows/{part.name}: {field} is no id")
        elif named - known:
            raise damaged(f"rows/{part.name}: {field} names nothing")
