"""A workspace out of an archive, which may come from a stranger: checked row by row and byte by byte.

Nothing is seen of it before all of it is there: blobs first, then every row in one transaction. Ids stay what they
were, so that scripts which know them go on working, unless one of them is taken; then all are made anew.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import IO, Any

from apprenti.blocks.artifact import unpack
from apprenti.blocks.decoding import read_header
from apprenti.domain.errors import AccessError, ApprentiError, DataError
from apprenti.domain.json_form import from_json
from apprenti.domain.service import Caller, JobState, Role, Workspace
from apprenti.flow.service.exporting import BLOB_FIELDS, CARD, FORMAT, FORMAT_VERSION
from apprenti.flow.service.service import MAX_NAME_LETTERS, Service, note
from apprenti.flow.service.words import required_text
from apprenti.store.database import whole, workspaces
from apprenti.store.database.whole import PARTS, Part

MAX_MEMBERS = 3_000_000
MAX_BLOB_BYTES = 2_000_000_000
MAX_LINE_BYTES = 1_000_000
MAX_ROWS_BYTES = 20_000_000_000
MAY_BE_EMPTY = ("reference_sha256", "known_sha256")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_DAMAGE = (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError, OSError, KeyError, RecursionError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What came out of an archive.

    Args:
        workspace: that was made.
        n_rows: by table.
        n_blobs: images and models.
        has_new_ids: ids were taken, and all were made anew.
    """

    workspace: Workspace
    n_rows: dict[str, int]
    n_blobs: int
    has_new_ids: bool


def import_workspace(
    service: Service, caller: Caller, archive: IO[bytes], *, name: str | None = None
) -> Imported:
    """Make a workspace of what an export holds; all of it, or nothing.

    Args:
        service: what to work with.
        caller: an operator.
        archive: open for reading, and able to go back.
        name: of the new workspace; the one it had by default.

    Raises:
        AccessError: the caller is not an operator.
        DataError: the archive is damaged, or none of ours; the message says where.
    """
    if caller.role < Role.OPERATOR:
        raise AccessError("role_too_low", role=caller.role.name.lower(), needed="operator")
    try:
        with zipfile.ZipFile(archive) as opened:
            card = _card(opened)
            nouns = {part.name: list(_nouns(opened, part)) for part in PARTS}
            _check_names(nouns)
            n_blobs = _take_blobs(service, opened, nouns)
    except ApprentiError:
        raise
    except _DAMAGE as error:
        raise DataError("archive_damaged", cause=str(error)[:200] or type(error).__name__) from error
    made = Workspace(
        id=service.new_id(),
        name=required_text(name or str(card["name"]), "name", most=MAX_NAME_LETTERS),
        created_us=service.now_us(),
    )
    with service.database.write() as tx:
        taken = any(
            whole.any_is_there(tx, part, [noun.id for noun in nouns[part.name]])
            for part in PARTS
            if _has_id(part)
        )
        mapping = _new_ids(service, nouns) if taken else {}
        workspaces.insert(tx, made)
        for part in PARTS:
            whole.add_rows(tx, part, [_placed(noun, part, made.id, mapping) for noun in nouns[part.name]])
        for sha256 in _hashes(nouns):
            if not service.blobs.has(sha256):
                raise DataError("archive_damaged", cause=f"blobs/{sha256}")
        note(tx, service, caller, made.id, "import", "workspace", made.id, new_ids=taken)
    n_rows = {part.name: len(nouns[part.name]) for part in PARTS}
    return Imported(workspace=made, n_rows=n_rows, n_blobs=n_blobs, has_new_ids=taken)


def _card(opened: zipfile.ZipFile) -> dict[str, Any]:
    if len(opened.infolist()) > MAX_MEMBERS:
        raise DataError("archive_damaged", cause=f"more than {MAX_MEMBERS} members")
    try:
        member = opened.getinfo(CARD)
    except KeyError as error:
        raise DataError("archive_not_ours", card=CARD) from error
    with opened.open(member) as file:
        card = json.loads(file.read(MAX_LINE_BYTES))
    if not isinstance(card, dict) or card.get("format") != FORMAT:
        raise DataError("archive_not_ours", card=CARD)
    if card.get("format_version") != FORMAT_VERSION:
        raise DataError("archive_too_new", version=str(card.get("format_version"))[:20])
    return card


def _nouns(opened: zipfile.ZipFile, part: Part) -> Iterator[Any]:
    """Yield the rows of one table, each of them what it should be.

    Raises:
        DataError: one is not.
    """
    where = f"rows/{part.name}.jsonl"
    n_bytes = 0
    with opened.open(where) as file:
        number = 0
        while line := file.readline(MAX_LINE_BYTES + 1):
            number += 1
            n_bytes += len(line)
            if len(line) > MAX_LINE_BYTES or n_bytes > MAX_ROWS_BYTES:
                raise DataError("archive_damaged", cause=f"{where}:{number}: too long")
            try:
                yield from_json(part.kind, json.loads(line))
            except (ValueError, TypeError) as error:
                raise DataError("archive_damaged", cause=f"{where}:{number}: {error}"[:200]) from error


def _check_names(nouns: Mapping[str, list[Any]]) -> None:
    """Refuse rows that name what is not there: an id of elsewhere would reach into another workspace.

    Raises:
        DataError: one does.
    """
    known = {"", None}
    for part in PARTS:
        for noun in nouns[part.name] if _has_id(part) else ():
            if not _UUID.fullmatch(noun.id) or noun.id in known:
                raise DataError("archive_damaged", cause=f"rows/{part.name}: id {noun.id[:50]}")
            known.add(noun.id)
    for part in PARTS:
        for noun in nouns[part.name]:
            for field in part.ids:
                if field in FREE and part.name == FREE[field]:
                    continue
                if set(_as_ids(getattr(noun, field))) - known:
                    raise DataError("archive_damaged", cause=f"rows/{part.name}: {field} names nothing")
            for field in BLOB_FIELDS.get(part.name, ()):
                sha256 = getattr(noun, field)
                if not _SHA256.fullmatch(sha256) and not (sha256 == "" and field in MAY_BE_EMPTY):
                    raise DataError("archive_damaged", cause=f"rows/{part.name}: {field}")


FREE = {"labels": "versions", "label_id": "predictions"}
"""Fields that may name what was deleted since: what a model answered, a model may no longer."""


def _take_blobs(service: Service, opened: zipfile.ZipFile, nouns: Mapping[str, list[Any]]) -> int:
    """Keep every blob that a row names, each held against its name and against what it should be."""
    models = {version.model_sha256 for version in nouns["versions"]}
    pictures = {image.sha256 for image in nouns["images"]}
    hashes = _hashes(nouns)
    for sha256 in hashes:
        member = opened.getinfo(f"blobs/{sha256}")
        if member.file_size > MAX_BLOB_BYTES:
            raise DataError("archive_damaged", cause=f"blobs/{sha256}: too large")
        with opened.open(member) as file:
            data = file.read(member.file_size + 1)
        if hashlib.sha256(data).hexdigest() != sha256:
            raise DataError("archive_damaged", cause=f"blobs/{sha256}: other bytes")
        if sha256 in pictures:
            read_header(data, item=f"blobs/{sha256}", max_megapixels=service.limits.max_megapixels)
        if sha256 in models:
            unpack(data)
        service.blobs.put(data)
    return len(hashes)


def _hashes(nouns: Mapping[str, list[Any]]) -> list[str]:
    """Return every blob that is named, once."""
    named = (getattr(noun, field) for part, of in BLOB_FIELDS.items() for field in of for noun in nouns[part])
    return sorted({sha256 for sha256 in named if sha256})


def _has_id(part: Part) -> bool:
    return "id" in {field.name for field in fields(part.kind)}


def _new_ids(service: Service, nouns: Mapping[str, list[Any]]) -> dict[str, str]:
    return {noun.id: service.new_id() for part in PARTS if _has_id(part) for noun in nouns[part.name]}


def _placed(noun: Any, part: Part, workspace_id: str, mapping: Mapping[str, str]) -> Any:
    """Return a noun as a row of the new workspace; a training that was under way is not begun again here."""
    changed: dict[str, Any] = {}
    if hasattr(noun, "workspace_id"):
        changed["workspace_id"] = workspace_id
    if mapping:
        for field in (*part.ids, *(("id",) if _has_id(part) else ())):
            value = getattr(noun, field)
            if isinstance(value, tuple):
                changed[field] = tuple(mapping.get(one, one) for one in value)
            elif value is not None:
                changed[field] = mapping.get(value, value)
    if part.name == "trainings" and not noun.state.is_over:
        changed |= {"state": JobState.CANCELLED, "owner": ""}
    return replace(noun, **changed)


def _as_ids(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)
