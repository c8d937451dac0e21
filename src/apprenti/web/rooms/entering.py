"""Coming in and going out, and how pages are wanted."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from apprenti.domain.errors import TokenError
from apprenti.flow.service.sessions import COOKIE, UNUSED_US, begin_session, end_session
from apprenti.languages import LANG_COOKIE, lang_of
from apprenti.web.rooms.frame import MEDIA_TYPES, THEMES
from apprenti.web.rooms.visits import (
    HOUSE,
    THEME_COOKIE,
    Forms,
    fields_of,
    go_to,
    look_of,
    place_of,
)

ROUTER = APIRouter()
ENTER, PREFERENCES = "/enter", "/preferences"
LONGEST_TOKEN = 500
YEAR_SECONDS = 365 * 24 * 3600


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


@ROUTER.get(PREFERENCES)
def prefer(request: Request, lang: str = "", theme: str = "", next: str = "/") -> Response:
    """Remember a language or a theme, and go back to where that was said."""
    answer = go_to(place_of(next))
    wanted = {LANG_COOKIE: lang_of(lang) or "", THEME_COOKIE: theme if theme in THEMES else ""}
    for name, value in wanted.items():
        if value:
            is_safe = request.url.scheme == "https"
            answer.set_cookie(name, value, max_age=YEAR_SECONDS, samesite="strict", secure=is_safe)
    return answer


@ROUTER.get("/static/{version}/{name}")
async def static(request: Request, version: str, name: str) -> Response:
    """Give out a file of the pages, to anybody."""
    if name not in MEDIA_TYPES:
        raise HTTPException(404)
    file: Response = request.scope[HOUSE].frame.file(name)
    return file


@ROUTER.get("/favicon.ico")
async def favicon(request: Request) -> Response:
    """Give out the sign of the page to browsers that ask without being told where it is."""
    sign: Response = request.scope[HOUSE].frame.file("icon.svg")
    return sign
