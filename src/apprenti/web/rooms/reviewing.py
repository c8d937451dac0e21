"""The review room: its door stands here, what is behind it comes with the queue of predictions."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from apprenti.web.rooms.visits import Visits

ROUTER = APIRouter()


@ROUTER.get("/tasks/{task_id}/review")
def show_room(visit: Visits, task_id: str) -> Response:
    """Say what will be here, and what can be done until then."""
    return visit.page("review", task=visit.task(task_id), room="review")
