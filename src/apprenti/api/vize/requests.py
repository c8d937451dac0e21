"""Requests whose answer is fetched later; a prediction takes no time, so each is done when it has been taken in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apprenti.api.vize.answers import own_fields
from apprenti.api.vize.asking import Asked
from apprenti.api.vize.lists import page_of
from apprenti.api.vize.models import classified
from apprenti.api.vize.pictures import Pictures
from apprenti.api.vize.routes import Answer, Routes, created
from apprenti.api.vize.shapes import when
from apprenti.domain.service import StoredRequest
from apprenti.flow.service import requests
from apprenti.store.database.rows import Page

PATH = "/account/v2/request"
DONE = "DONE"


def request_routes(routes: Routes, pictures: Pictures) -> None:
    """Add them."""

    @routes.on("POST", PATH, has_images=True)
    def submit(asked: Asked) -> Answer:
        answer = classified(asked, pictures)
        own = {name: value for name, value in asked.body.items() if name != "records"}
        body = {
            "type": "classify",
            **own,
            "records": [own_fields(record) for record in asked.body["records"]],
        }
        kept = requests.keep_request(*asked.here, body=body, status=200, answer=answer)
        return created(_shown(kept))

    routes.on("GET", PATH)(list_requests)
    routes.on("GET", f"{PATH}/{{id}}")(get_request)
    routes.on("GET", f"{PATH}/{{id}}/status")(get_status)


def list_requests(asked: Asked) -> Answer:
    """Show one page of the requests, newest first: all, or those of a type or status."""
    kind = asked.query.get("type") or None
    if asked.query.get("status", DONE).upper() != DONE:  # there is no other
        none: Page[StoredRequest] = Page(items=())
        return page_of(asked, lambda cursor, limit: none, lambda _: [], count=0)
    return page_of(
        asked,
        lambda cursor, limit: requests.list_requests(*asked.here, kind=kind, cursor=cursor, limit=limit),
        lambda found: [_shown(each) for each in found],
        count=requests.count_requests(*asked.here, kind=kind),
    )


def get_request(asked: Asked) -> Answer:
    """Show a request with its answer."""
    return _shown(requests.get_request(*asked.here, asked.id_of("request")))


def get_status(asked: Asked) -> Answer:
    """Show how far a request is."""
    kept = requests.get_request(*asked.here, asked.id_of("request"))
    return {"id": kept.id, "status": DONE}


def _shown(request: StoredRequest) -> Mapping[str, Any]:
    return {
        "id": request.id,
        "status": DONE,
        "type": str(request.body.get("type", "")),
        "response": dict(request.answer),
        "created": when(request.created_us),
    }
