"""The door to the lessons."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from apprenti.web.rooms.visits import Visits

ROUTER = APIRouter()


@ROUTER.get("/learn")
def show_room(visit: Visits) -> Response:
    """Say what will be taught here."""
    return visit.page("learn", room="learn")
