"""Workspaces, tokens and their archives as a person reads them on a terminal, and as programs do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from apprenti.cli.complaints import printable
from apprenti.domain.figures import file_size
from apprenti.texts import Lang, say

if TYPE_CHECKING:
    from apprenti.domain.service import Token, Workspace
    from apprenti.flow.service.exporting import Exported
    from apprenti.flow.service.importing import Imported

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def workspaces_text(workspaces: Iterable[Workspace]) -> str:
    """Return one line for each: id, day, name."""
    return "\n".join(f"{one.id}  {_day(one.created_us)}  {printable(one.name)}" for one in workspaces)


def workspace_data(workspace: Workspace) -> dict[str, Any]:
    """Return a workspace as JSON."""
    return {"id": workspace.id, "name": workspace.name, "created_at": _moment(workspace.created_us)}


def tokens_text(tokens: Sequence[Token], lang: Lang) -> str:
    """Return one line for each: id, role, what it opens, since when, when it was last used, name."""
    if not tokens:
        return say("cli.no_tokens", lang)
    return "\n".join(
        "  ".join(
            (
                token.id,
                f"{token.role.name.lower():8}",
                token.workspace_id or f"{say('cli.all_workspaces', lang):36}",
                _day(token.created_us),
                f"{_state(token, lang):24}",
                printable(token.name),
            )
        )
        for token in tokens
    )


def token_data(token: Token) -> dict[str, Any]:
    """Return a token as JSON; what is kept of its secret is nobody's business."""
    return {
        "id": token.id,
        "workspace_id": token.workspace_id,
        "name": token.name,
        "role": token.role.name.lower(),
        "created_at": _moment(token.created_us),
        "last_used_at": _moment(token.last_used_us),
        "revoked_at": _moment(token.revoked_us),
    }


def exported_text(done: Exported, path: Path, lang: Lang) -> str:
    """Return what was written, and where."""
    n_images = done.n_rows.get("images", 0)
    size = file_size(done.n_bytes, lang)
    return say("cli.workspace_exported", lang, n=n_images, size=size, path=printable(str(path)))


def exported_data(done: Exported, path: Path) -> dict[str, Any]:
    """Return the same as JSON."""
    return {"file": str(path), "rows": done.n_rows, "n_blobs": done.n_blobs, "n_bytes": done.n_bytes}


def imported_text(done: Imported, lang: Lang) -> str:
    """Return what came in, and how it is called here."""
    told = say(
        "cli.workspace_imported",
        lang,
        n=done.n_rows.get("images", 0),
        name=printable(done.workspace.name),
        id=done.workspace.id,
    )
    return f"{told}\n{say('cli.workspace_new_ids', lang)}" if done.has_new_ids else told


def imported_data(done: Imported) -> dict[str, Any]:
    """Return the same as JSON."""
    return {
        "workspace": workspace_data(done.workspace),
        "rows": done.n_rows,
        "n_blobs": done.n_blobs,
        "has_new_ids": done.has_new_ids,
    }


def _state(token: Token, lang: Lang) -> str:
    if token.revoked_us is not None:
        return say("cli.token_was_revoked", lang, day=_day(token.revoked_us))
    if token.last_used_us is None:
        return say("cli.token_unused", lang)
    return say("cli.token_used", lang, day=_day(token.last_used_us))


def _day(us: int) -> str:
    return (_EPOCH + timedelta(microseconds=us)).date().isoformat()


def _moment(us: int | None) -> str | None:
    return None if us is None else (_EPOCH + timedelta(microseconds=us)).isoformat()
