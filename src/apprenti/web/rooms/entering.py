"""Coming in and going out."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from apprenti.domain.errors import TokenError
from apprenti.flow.service.sessions import COOKIE, UNUSED_US, begin_session, end_session
from apprenti.web.rooms.visits import (
    HOUSE,
    Forms,
    fields_of,
    go_to,
    look_of,
    place_of,
)

ROUTER = APIRouter()
ENTER = "/enter"
LONGEST_TOKEN = 500


def door_to(place: str) -> str:
    """Return the address of the door, from which the way goes on to ``place``."""
    return ENTER if place_of(place) == "/" else f"{ENTER}?next={quote(place)}"


@ROUTER.get(ENTER)
def door(request: Request, next: str = "/") -> Response:
    """Show the door."""
    frame = request.scope[HOUSE].frame
    page: Response = frame.page("enter", look_of(request), next=place_of(next), is_wrong=False)
    return page


@ROUTER.post(ENTER)
async def enter(request: Request, fields: Annotated[dict[str, str], Depends(fields_of)]) -> Response:
    """Let somebody in who shows a token, and give the browser a cookie that stands for it."""
    house, next_ = request.scope[HOUSE], place_of(fields.get("next", "/"))
    try:
        secret = fields.get("token", "").strip()[:LONGEST_TOKEN]
        cookie = await run_in_threadpool(begin_session, house.service, secret)
    except TokenError:
        page: Response = house.frame.page("enter", look_of(request), status=401, next=next_, is_wrong=True)
        return page
    answer = go_to(next_)
    answer.set_cookie(
        COOKIE,
        cookie,
        max_age=UNUSED_US // 1_000_000,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return answer


@ROUTER.post("/leave")
def leave(form: Forms) -> Response:
    """Sign out: the cookie opens nothing any more."""
    end_session(form.visit.house.service, form.visit.cookie)
    form.visit.house.forget_callers()
    answer = go_to(ENTER)
    answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return answer
