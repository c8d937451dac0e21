"""The third part of the review room: what was done in the workspace, by whom and when, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from fastapi.responses import Response

from apprenti.domain.service import AuditEntry
from apprenti.flow.service import access, labels, looking_back, tasks
from apprenti.flow.service.access import ITSELF
from apprenti.texts import Lang, catalogue, say
from apprenti.web.rooms import told
from apprenti.web.rooms.visits import Visit, Visits

ROUTER = APIRouter()
PER_PAGE = 50
MOST_NAMES = 500
KINDS = (
    "image", "label", "task", "training", "version", "correction", "token", "webhook", "workspace", "verification",
)  # fmt: skip
OF_TASKS = ("training", "version", "correction")
"""Kinds that are told by the name of their task."""

Text = Annotated[str, Query(max_length=100)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What things and people are called, by their ids.

    Args:
        tasks: of the workspace.
        labels: likewise.
        tokens: likewise, those taken back included.
    """

    tasks: Mapping[str, str]
    labels: Mapping[str, str]
    tokens: Mapping[str, str]

    @classmethod
    def of(cls, visit: Visit) -> Names:
        """Return those of a workspace; of very many the first."""
        who = visit.who
        return cls(
            tasks={one.id: one.name for one in tasks.list_tasks(*who, limit=MOST_NAMES).items},
            labels={one.id: one.name for one in labels.list_labels(*who, limit=MOST_NAMES).items},
            tokens={one.id: one.name for one in access.list_tokens(*who, limit=MOST_NAMES).items},
        )


@ROUTER.get("/tasks/{task_id}/review/log")
def show_log(visit: Visits, task_id: str, about: Text = "", by: Text = "", after: Text = "") -> Response:
    """Show what was done, newest first."""
    task = visit.task(task_id)
    shown: dict[str, Any] = {
        "rows": [],
        "people": [],
        "older": "",
        "about": about,
        "by": by,
        "is_later": bool(after),
    }
    if visit.can_own:
        shown |= _page(visit, f"/tasks/{task_id}/review/log", about if about in KINDS else "", by, after)
    return visit.page(
        "review_log",
        task=task,
        room="review",
        part="log",
        kinds=KINDS,
        here=f"/tasks/{task_id}/review/log",
        **shown,
    )


def _page(visit: Visit, here: str, about: str, by: str, after: str) -> dict[str, Any]:
    lang, names = visit.look.lang, Names.of(visit)
    found = looking_back.list_audit(
        *visit.who, noun=about or None, token_id=by or None, cursor=after or None, limit=PER_PAGE
    )
    wanted = {"about": about, "by": by, "after": found.next_cursor or ""}
    return {
        "rows": _folded([_row(visit, entry, names) for entry in found.items]),
        "people": [(ITSELF.token_id, say("log_room.itself", lang)), *names.tokens.items()],
        "older": f"{here}?{urlencode(wanted)}" if found.next_cursor else "",
    }


def _folded(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows with what somebody did several times in a row told once; the newest stands for them."""
    folded: list[dict[str, Any]] = []
    for row in rows:
        if folded and (row["who"], row["what"]) == (folded[-1]["who"], folded[-1]["what"]):
            folded[-1]["times"] += 1
            folded[-1]["details"] += row["details"]
        else:
            folded.append(row)
    return folded


def _row(visit: Visit, entry: AuditEntry, names: Names) -> dict[str, Any]:
    lang = visit.look.lang
    details = [f"{name}: {value}" for name, value in entry.details.items() if value not in (None, "", [])]
    return {
        "when": told.moment(entry.created_us),
        "who": who_said(entry.token_id, names.tokens, lang),
        "what": what_said(entry, names, lang),
        "times": 1,
        "details": [" · ".join([f"{entry.noun}: {entry.noun_id}", *details])],
    }


def who_said(token_id: str, names: Mapping[str, str], lang: Lang) -> str:
    """Return what somebody is called: tokens by their name, the service by its own."""
    if token_id in names:
        return names[token_id]
    if token_id.startswith("("):
        return say("log_room.itself", lang)
    return say("log_room.operator", lang)


def what_said(entry: AuditEntry, names: Names, lang: Lang) -> str:
    """Return what was done as the rest of a sentence that begins with who did it."""
    key = f"did_{entry.verb}_{entry.noun}"
    if entry.noun == "training" and (by_reason := f"{key}_{entry.details.get('reason')}") in catalogue(
        "log_room", lang
    ):
        key = by_reason
    if key not in catalogue("log_room", lang):
        return say("log_room.did_something", lang, verb=entry.verb, noun=entry.noun)
    details = entry.details
    return say(
        f"log_room.{key}",
        lang,
        name=_name(entry, names) or say("log_room.no_name", lang),
        number=details.get("number") or details.get("version") or "?",
        host=details.get("host", "?"),
    )


def _name(entry: AuditEntry, names: Names) -> str:
    if entry.noun in OF_TASKS:
        return names.tasks.get(str(entry.details.get("task_id")), "")
    now = {"task": names.tasks, "label": names.labels, "token": names.tokens}.get(entry.noun, {})
    return str(entry.details.get("name") or now.get(entry.noun_id, ""))
