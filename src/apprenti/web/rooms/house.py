"""All rooms together, behind one list of routes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from apprenti.flow.small_run import reference_context
from apprenti.texts import Lang
from apprenti.web.learning.classroom import Classroom
from apprenti.web.rooms import (
    alike,
    entering,
    learning,
    logbook,
    models,
    photos,
    reviewing,
    tasks,
    tokens,
    training,
    watching,
    wishes,
)
from apprenti.web.rooms.frame import Frame, Look
from apprenti.web.rooms.visits import HOUSE

if TYPE_CHECKING:
    from apprenti.domain.errors import ApprentiError
    from apprenti.domain.report import Report
    from apprenti.domain.service import Caller
    from apprenti.flow.service.service import Service

ROUTERS = (
    entering.ROUTER,
    wishes.ROUTER,
    tasks.ROUTER,
    photos.ROUTER,
    alike.ROUTER,
    training.ROUTER,
    models.ROUTER,
    tokens.ROUTER,
    reviewing.ROUTER,
    watching.ROUTER,
    logbook.ROUTER,
    learning.ROUTER,
)
OPEN = frozenset({wishes.PREFERENCES, "/favicon.ico"})


@dataclass(frozen=True, kw_only=True)
class House:
    """What the rooms work with.

    Args:
        service: what is asked.
        frame: draws pages.
        caller_of: tells on whose behalf a request is made that the entrance let in.
        forget_callers: makes the entrance look again who may come in.
        render_report: makes the page of a report; the id of its run, where lessons can be shown on it, is the third.
        classroom: keeps what lessons show.
    """

    service: Service
    frame: Frame
    caller_of: Callable[[Request], Caller]
    forget_callers: Callable[[], None]
    render_report: Callable[[Report, Lang, str], str]
    classroom: Classroom


@dataclass(frozen=True, kw_only=True)
class Rooms:
    """The rooms, ready to be put on an address.

    Args:
        router: their routes.
        open_paths: those anybody may ask for.
        knocking_paths: those where a token is shown.
        refuse: how refusals are said in them.
    """

    router: APIRouter
    open_paths: frozenset[str]
    knocking_paths: frozenset[str]
    refuse: Callable[[Any, Lang], Response]


def make_rooms(
    service: Service,
    *,
    caller_of: Callable[[Request], Caller],
    forget_callers: Callable[[], None],
    render_report: Callable[[Report, Lang, str], str],
) -> Rooms:
    """Return the rooms of a service's page; see ``House`` for what they are given."""
    frame = Frame()
    house = House(
        service=service,
        frame=frame,
        caller_of=caller_of,
        forget_callers=forget_callers,
        render_report=render_report,
        classroom=Classroom(reference_context),
    )

    def put_house(request: Request) -> None:
        request.scope[HOUSE] = house

    router = APIRouter(dependencies=[Depends(put_house)], include_in_schema=False)
    for part in ROUTERS:
        router.include_router(part)
    return Rooms(
        router=router,
        open_paths=OPEN | frame.addresses,
        knocking_paths=frozenset({entering.ENTER}),
        refuse=lambda error, lang: _refused(frame, error, lang),
    )


def _refused(frame: Frame, error: ApprentiError, lang: Lang) -> Response:
    """Return the page that says what went wrong; whoever has not entered is sent to the door."""
    if error.key == "token_unknown" and "path" in error.values:
        return RedirectResponse(entering.door_to(str(error.values["path"])), status_code=303)
    status = getattr(error, "status", None) or outcome_status(error)
    look = Look(lang=lang, theme="", path="/")
    page = frame.page("problem", look, status=status, message=error.said(lang))
    page.headers.update(getattr(error, "headers", {}))
    return page


def outcome_status(error: ApprentiError) -> int:
    """Return the HTTP status of an error."""
    from apprenti.error_table import outcome_of

    return outcome_of(error).http_status
