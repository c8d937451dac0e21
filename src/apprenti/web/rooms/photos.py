"""The data room: a task's photos, put in, labelled, looked through."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Query
from fastapi.responses import JSONResponse, Response

from apprenti.domain.service import Label
from apprenti.flow.service import photo_grid, tasks
from apprenti.flow.service.photo_grid import MOST_AT_ONCE, PhotoCounts
from apprenti.web.rooms.visits import Visit, Visits

ROUTER = APIRouter()
FEWEST_EACH = 10
"""Photos of a label below which a person is told that more would help."""


@ROUTER.get("/tasks/{task_id}/data")
def show_room(visit: Visits, task_id: str) -> Response:
    """Show the room; its script asks for the photos."""
    return visit.page(
        "data",
        areas=("data_room", "data_views"),
        task=visit.task(task_id),
        room="data",
        facts=_facts(visit, task_id),
    )


@ROUTER.get("/rooms/tasks/{task_id}/facts")
def facts(visit: Visits, task_id: str) -> JSONResponse:
    """Tell the labels and counts of a task."""
    return JSONResponse(_facts(visit, task_id))


@ROUTER.get("/rooms/tasks/{task_id}/photos")
def photos(
    visit: Visits,
    task_id: str,
    show: Annotated[str, Query(max_length=40)] = photo_grid.EVERY,
    after: Annotated[int, Query(ge=0, le=2**53)] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST_AT_ONCE)] = 500,
) -> JSONResponse:
    """Give photos as short rows, ``[id, name, is test, [[label, number], ...]]``, and where to go on."""
    found = photo_grid.grid_photos(*visit.who, task_id, show, after=after, limit=limit)
    rows = [[photo.id, photo.name, photo.is_test, photo.shows] for photo in found]
    return JSONResponse({"photos": rows, "after": found[-1].seq if len(found) == limit else None})


@ROUTER.post("/rooms/tasks/{task_id}/known")
def known(
    visit: Visits, task_id: str, hashes: Annotated[list[str], Body(embed=True, max_length=MOST_AT_ONCE)]
) -> JSONResponse:
    """Tell which photos need not be sent, since their bytes are here."""
    here = photo_grid.known_photos(*visit.who, task_id, hashes)
    return JSONResponse({sha256: {"id": id_, "labels": labels} for sha256, (id_, labels) in here.items()})


def _facts(visit: Visit, task_id: str) -> dict[str, Any]:
    counts = photo_grid.count_photos(*visit.who, task_id)
    answers = tasks.task_labels(*visit.who, task_id)
    return {
        "task": {"id": task_id, "type": visit.task(task_id).task_type.value},
        "can_edit": visit.can_edit,
        "can_own": visit.can_own,
        "max_bytes": visit.house.service.limits.max_image_bytes,
        "n": {
            "all": counts.every,
            "unlabelled": counts.unlabelled,
            "test": counts.test,
            "elsewhere": counts.elsewhere,
        },
        "labels": [_label(label, is_negative, counts) for label, is_negative in answers],
        "fewest": FEWEST_EACH,
    }


def _label(label: Label, is_negative: bool, counts: PhotoCounts) -> dict[str, Any]:
    return {
        "id": label.id,
        "name": label.name,
        "is_negative": is_negative,
        "n": counts.by_label.get(label.id, 0),
        "n_test": counts.tested_by_label.get(label.id, 0),
    }
