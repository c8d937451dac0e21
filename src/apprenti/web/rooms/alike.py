"""What the data room asks about likeness: how far the looking is, groups, map, doubts, whether photos suffice."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Query
from fastapi.responses import JSONResponse, Response

from apprenti.domain.figures import decimal
from apprenti.flow.service import doubts, likeness, looking, readiness
from apprenti.flow.service.photo_grid import EVERY, GridPhoto
from apprenti.flow.service.readiness import Readiness
from apprenti.texts import Lang, say
from apprenti.web.rooms.visits import Visits

ROUTER = APIRouter(prefix="/rooms/tasks/{task_id}")
IdText = Annotated[str, Body(embed=True, max_length=36)]


@ROUTER.get("/looked")
def looked(visit: Visits, task_id: str) -> JSONResponse:
    """Tell how many photos have been looked at."""
    far = looking.how_far_looked(*visit.who, task_id)
    return JSONResponse({"n": far.n, "done": far.n_done})


@ROUTER.get("/groups")
def groups(visit: Visits, task_id: str) -> JSONResponse:
    """Give unlabelled photos in groups of those alike, each with what it most likely shows."""
    found = likeness.group_photos(*visit.who, task_id)
    return JSONResponse(
        {"groups": [{"label": group.label_id, "photos": _rows(group.photos)} for group in found]}
    )


@ROUTER.get("/order")
def order(
    visit: Visits,
    task_id: str,
    columns: Annotated[int, Query(ge=1, le=60)],
    show: Annotated[str, Query(max_length=40)] = EVERY,
) -> JSONResponse:
    """Give ids of photos so that in rows of so many those alike are neighbours."""
    return JSONResponse({"ids": likeness.order_photos(*visit.who, task_id, show, n_columns=columns)})


@ROUTER.get("/map")
def photo_map(visit: Visits, task_id: str) -> JSONResponse:
    """Give photos with their places, ``[id, name, is test, [[label, number], ...], x, y]``."""
    placed = likeness.map_photos(*visit.who, task_id)
    rows = [[*_row(each.photo), round(each.x, 4), round(each.y, 4)] for each in placed]
    return JSONResponse({"photos": rows})


@ROUTER.get("/suggestions")
def suggestions(visit: Visits, task_id: str) -> JSONResponse:
    """Give what unlabelled photos most likely show."""
    found = likeness.suggest_labels(*visit.who, task_id)
    return JSONResponse({"photos": [[one.image_id, one.label_id, round(one.p, 3)] for one in found]})


@ROUTER.get("/doubts")
def doubtful(visit: Visits, task_id: str) -> JSONResponse:
    """Give what wants a look."""
    found = doubts.find_doubts(*visit.who, task_id)
    rows = [
        {"kind": one.kind.value, "photos": _rows(one.photos), "suggested": one.suggested_id, "p": one.p}
        for one in found.doubts
    ]
    return JSONResponse({"doubts": rows, "version": found.by_version})


@ROUTER.post("/right")
def found_right(visit: Visits, task_id: str, image_id: IdText) -> JSONResponse:
    """Note that a photo's label was looked at and is right."""
    visit.task(task_id)
    return JSONResponse({"id": doubts.find_right(*visit.who, image_id)})


@ROUTER.delete("/right/{note_id}", status_code=204)
def not_right_after_all(visit: Visits, task_id: str, note_id: str) -> Response:
    """Forget that."""
    visit.task(task_id)
    doubts.take_back_right(*visit.who, note_id)
    return Response(status_code=204)


@ROUTER.get("/readiness")
def ready(visit: Visits, task_id: str) -> JSONResponse:
    """Tell of each label whether there are enough photos, and what more should bring."""
    lang = visit.look.lang
    found = readiness.measure_readiness(*visit.who, task_id)
    rows = [
        {"label": one.label_id, "n": one.n, "state": one.state.value, "said": _said(one, lang)}
        for one in found
    ]
    return JSONResponse({"labels": rows})


def _said(one: Readiness, lang: Lang) -> str:
    values: dict[str, Any] = {"n": readiness.FEWEST - one.n if one.n < readiness.FEWEST else one.n}
    if one.gain is not None:
        low, high = 100 * one.gain.interval.low, 100 * one.gain.interval.high
        points = 100 * one.gain.gain
        values = {
            "n": one.gain.n_photos,
            "gain": ("+" if points > 0 else "") + decimal(points, lang, 1),
            "low": decimal(low, lang, 1),
            "high": decimal(high, lang, 1),
        }
    return say(f"data_views.ready_{one.state.value}", lang, **values)


def _rows(photos: tuple[GridPhoto, ...]) -> list[list[Any]]:
    return [_row(photo) for photo in photos]


def _row(photo: GridPhoto) -> list[Any]:
    return [photo.id, photo.name, photo.is_test, photo.shows]
