"""Routes of explanations: a picture in, an answer with what it rests on out, and nothing kept."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import JSONResponse

from apprenti.api.hands import Hands
from apprenti.api.uploads import image_body, read_image
from apprenti.api.v1.asking import LARGEST, Id, Posts, done, nouns
from apprenti.api.v1.schemas_explanations import ExplanationView
from apprenti.flow.service import explaining
from apprenti.flow.service.explaining import MOST_CELLS, MOST_NEAREST
from apprenti.flow.service.repeats import Answer
from apprenti.flow.service.service import Service

ROUTER = nouns("predictions")


@ROUTER.post("/tasks/{task_id}/explanations", response_model=ExplanationView, openapi_extra=image_body())
async def explain(
    request: Request,
    posts: Posts,
    task_id: Id,
    version: Annotated[
        int | None, Query(ge=1, le=LARGEST, description="the one in production by default")
    ] = None,
    heat: Annotated[
        int,
        Query(
            ge=0,
            le=MOST_CELLS,
            description="parts along each side whose heat is told; 0, the default, for none",
        ),
    ] = 0,
    nearest: Annotated[
        int,
        Query(
            ge=0, le=MOST_NEAREST, description="photos it learnt from that are told of, the most alike first"
        ),
    ] = 0,
) -> JSONResponse:
    """Say what an image shows and what that rests on; neither image nor answer is kept for review, or counted."""
    hands: Hands = request.app.state.hands
    async with hands.place():
        upload = await read_image(request, most_bytes=posts.service.limits.max_image_bytes)

        def work(service: Service) -> Answer:
            said = explaining.explain(
                *posts.of(service),
                task_id,
                upload.data,
                version=version,
                item=upload.name,
                n_cells=heat,
                n_nearest=nearest,
            )
            return done(ExplanationView.of(task_id, said))

        return await hands.do(posts.once_long, work, upload.data)
