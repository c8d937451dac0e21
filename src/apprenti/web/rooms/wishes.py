"""How pages are wanted, and their files: what every door with pages has."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from apprenti.languages import LANG_COOKIE, lang_of
from apprenti.web.rooms.frame import MEDIA_TYPES, THEMES
from apprenti.web.rooms.visits import HOUSE, THEME_COOKIE, go_to, place_of

ROUTER = APIRouter()
PREFERENCES = "/preferences"
YEAR_SECONDS = 365 * 24 * 3600


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
