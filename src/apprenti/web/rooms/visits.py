"""Who is at a page, and what every route of a room is given."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse, Response

from apprenti.domain.errors import AccessError
from apprenti.domain.service import Caller, Role, Task
from apprenti.flow.service import tasks
from apprenti.flow.service.service import Service
from apprenti.flow.service.sessions import COOKIE, form_word, is_form_word
from apprenti.flow.service.workspaces import workspace_meant
from apprenti.languages import LANG_COOKIE, lang_from_browser
from apprenti.web.rooms.frame import HEADERS, THEMES, Look

if TYPE_CHECKING:
    from apprenti.web.rooms.house import House

THEME_COOKIE = "apprenti_theme"
HOUSE = "apprenti_rooms"
"""Where in a request's scope the house stands."""
FORM_WORD = "word"
_PLACE = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,2000}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Somebody at a page.

    Args:
        house: what shows it.
        caller: on whose behalf they act.
        workspace_id: where they are.
        look: how they want it.
        cookie: the secret of their session.
    """

    house: House
    caller: Caller
    workspace_id: str
    look: Look
    cookie: str

    @property
    def who(self) -> tuple[Service, Caller, str]:
        """What every flow takes first."""
        return self.house.service, self.caller, self.workspace_id

    @property
    def word(self) -> str:
        """What their forms carry."""
        return form_word(self.cookie)

    @property
    def can_edit(self) -> bool:
        """Whether they may add photos and train."""
        return self.caller.role >= Role.EDITOR

    @property
    def can_own(self) -> bool:
        """Whether they may promote and give tokens."""
        return self.caller.role >= Role.OWNER

    def task(self, task_id: str) -> Task:
        """Return a task they may see."""
        return tasks.get_task(*self.who, task_id)

    def page(self, name: str, *, areas: tuple[str, ...] = (), **values: Any) -> Response:
        """Return a page of a room."""
        return self.house.frame.page(name, self.look, areas=areas, visit=self, **values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A form that somebody sent.

    Args:
        visit: who.
        fields: what stands in it.
    """

    visit: Visit
    fields: Mapping[str, str]


def look_of(request: Request) -> Look:
    """Return how somebody wants pages: what they chose, else what their browser says."""
    header, chosen = request.headers.get("accept-language", ""), request.cookies.get(LANG_COOKIE, "")
    theme = request.cookies.get(THEME_COOKIE, "")
    query = f"?{request.url.query}" if request.url.query else ""
    return Look(
        lang=lang_from_browser(header, chosen),
        theme=theme if theme in THEMES else "",
        path=f"{request.url.path}{query}",
    )


def visit_of(request: Request) -> Visit:
    """Return who is at the page; the entrance let nobody else through."""
    house: House = request.scope[HOUSE]
    caller = house.caller_of(request)
    return Visit(
        house=house,
        caller=caller,
        workspace_id=workspace_meant(house.service, caller, None).id,
        look=look_of(request),
        cookie=request.cookies.get(COOKIE, ""),
    )


async def fields_of(request: Request) -> dict[str, str]:
    """Return the fields of a form; files in it are left out."""
    async with request.form(max_files=0, max_fields=50) as form:
        return {name: value for name, value in form.items() if isinstance(value, str)}


def posted_of(
    visit: Annotated[Visit, Depends(visit_of)], fields: Annotated[dict[str, str], Depends(fields_of)]
) -> Posted:
    """Return a form of one of our own pages.

    Raises:
        AccessError: it is from elsewhere, or from a page left open since another session.
    """
    if not is_form_word(visit.cookie, fields.get(FORM_WORD, "")):
        raise AccessError("form_outdated")
    return Posted(visit=visit, fields=fields)


Visits = Annotated[Visit, Depends(visit_of)]
Forms = Annotated[Posted, Depends(posted_of)]


def place_of(text: str) -> str:
    """Return an address of our own to go to; the first page where ``text`` is none.

    Example:
        >>> place_of("/tokens"), place_of("//evil.example")
        ('/tokens', '/')
    """
    return text if _PLACE.fullmatch(text) else "/"


def go_to(place: str) -> Response:
    """Return the answer to a form that was done: look at this page now."""
    return RedirectResponse(place, status_code=303, headers={"referrer-policy": HEADERS["referrer-policy"]})
