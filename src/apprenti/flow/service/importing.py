"""A workspace out of an archive, which may come from a stranger: checked row by row and byte by byte.

Nothing is seen of it before all of it is there: blobs first, then every row in one transaction. Ids stay what they
were, so that scripts which know them go on working, unless one of them is taken; then all are made anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import IO, Any

from apprenti.domain.errors import StoreError
from apprenti.domain.service import Caller, JobState, Workspace
from apprenti.flow.service.access import require_operator
from apprenti.flow.service.archive_checks import Nouns, as_ids, check_nouns, checked_blob, has_id, named_blobs
from apprenti.flow.service.archive_reading import opened_archive, read_card, read_nouns
from apprenti.flow.service.images import drop_blobs
from apprenti.flow.service.service import MAX_NAME_LETTERS, Service, note
from apprenti.flow.service.words import required_text
from apprenti.store.database import whole, workspaces
from apprenti.store.database.whole import PARTS, Part


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
    require_operator(caller)
    kept: list[str] = []
    try:
        with opened_archive(archive) as opened:
            card, nouns = read_card(opened), read_nouns(opened)
            check_nouns(nouns)
            wanted = named_blobs(nouns)
            made = Workspace(
                id=service.new_id(),
                name=required_text(name or str(card.get("name", "")), "name", most=MAX_NAME_LETTERS),
                created_us=service.now_us(),
            )
            for sha256 in sorted(wanted):
                data = checked_blob(service, opened, sha256, wanted)
                kept.append(sha256)
                service.blobs.put(data)
        taken = _written(service, caller, made, nouns, kept)
    except BaseException:
        drop_blobs(service, kept)  # but those that something else needs
        raise
    n_rows = {part.name: len(nouns[part.name]) for part in PARTS}
    return Imported(workspace=made, n_rows=n_rows, n_blobs=len(kept), has_new_ids=taken)


def _written(service: Service, caller: Caller, made: Workspace, nouns: Nouns, hashes: Sequence[str]) -> bool:
    """Write every row, or none; return whether ids were taken, and all were made anew."""
    with service.database.write() as tx:
        taken = any(
            whole.any_is_there(tx, part, [noun.id for noun in nouns[part.name]])
            for part in PARTS
            if has_id(part)
        )
        mapping = _new_ids(service, nouns) if taken else {}
        workspaces.insert(tx, made)
        for part in PARTS:
            whole.add_rows(tx, part, [_placed(noun, part, made.id, mapping) for noun in nouns[part.name]])
        for sha256 in hashes:
            if not service.blobs.has(sha256):  # swept since: nothing named it until now
                raise StoreError("blob_gone", sha256=sha256)
        note(tx, service, caller, made.id, "import", "workspace", made.id, new_ids=taken)
    return taken


def _new_ids(service: Service, nouns: Mapping[str, list[Any]]) -> dict[str, str]:
    return {noun.id: service.new_id() for part in PARTS if has_id(part) for noun in nouns[part.name]}


def _placed(noun: Any, part: Part, workspace_id: str, mapping: Mapping[str, str]) -> Any:
    """Return a noun as a row of the new workspace; a training that was under way is not begun again here."""
    changed: dict[str, Any] = {}
    if hasattr(noun, "workspace_id"):
        changed["workspace_id"] = workspace_id
    if mapping:
        for field in (*part.ids, *(("id",) if has_id(part) else ())):
            value = getattr(noun, field)
            new = tuple(mapping.get(one, one) for one in as_ids(value))
            changed[field] = new if isinstance(value, tuple) else new[0]
        if part.name == "predictions":
            changed["answer"] = _answer(noun.answer, mapping)
    if part.name == "trainings" and not noun.state.is_over:
        changed |= {"state": JobState.CANCELLED, "owner": ""}
    return replace(noun, **changed)


def _answer(answer: Mapping[str, Any], mapping: Mapping[str, str]) -> dict[str, Any]:
    """Return an answer as it was given, with the new ids of its labels."""
    labels = answer.get("labels")
    if not isinstance(labels, list):
        return dict(answer)
    renamed = [
        {**label, "id": mapping.get(str(label.get("id")), label.get("id"))}
        if isinstance(label, dict)
        else label
        for label in labels
    ]
    return {**answer, "labels": renamed}
