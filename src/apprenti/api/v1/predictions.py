"""Routes of predictions: a picture in, an answer out."""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import Query, Request, Response
from fastapi.responses import JSONResponse

from apprenti.api.hands import Hands
from apprenti.api.routes import CheckedRoute
from apprenti.api.uploads import image_body, read_image
from apprenti.api.v1.asking import (
    LARGEST,
    UUID,
    Asks,
    Cursor,
    Id,
    IdQuery,
    Limit,
    Posts,
    asking,
    made,
    nouns,
    posting,
)
from apprenti.api.v1.schemas import Listed
from apprenti.api.v1.schemas_trainings import PredictionView
from apprenti.flow.service import predictions
from apprenti.flow.service.repeats import Answer
from apprenti.flow.service.service import Service

ROUTER = nouns("predictions")
IDEMPOTENCY_KEY = "idempotency-key"
_ID = re.compile(UUID)


async def predict(
    request: Request,
    posts: Posts,
    task_id: Id,
    version: Annotated[
        int | None, Query(ge=1, le=LARGEST, description="the one in production by default")
    ] = None,
    keep_image: Annotated[
        bool | None, Query(description="only where the task has consent; as the task says by default")
    ] = None,
) -> JSONResponse:
    """Say what an image shows: its bytes are the body, or the field ``image`` of a form."""
    hands: Hands = request.app.state.hands
    async with hands.place():
        upload = await read_image(request, most_bytes=posts.service.limits.max_image_bytes)

        def classify(service: Service) -> Answer:
            prediction = predictions.classify(
                *posts.of(service),
                task_id,
                upload.data,
                version=version,
                item=upload.name,
                keeps_image=keep_image,
            )
            return made(PredictionView.of(prediction, posts.lang))

        return await hands.do(posts.once_long, classify, upload.data)


class PredictRoute(CheckedRoute):
    """Takes the short way where a request says nothing but its image.

    That is what nearly all do; asking the framework what the others say is the dearest part of a request
    but its answer.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers a request."""
        the_long_way = super().get_route_handler()

        async def handle(request: Request) -> Response:
            task_id = request.path_params["task_id"]
            is_plain = not request.scope["query_string"] and IDEMPOTENCY_KEY not in request.headers
            if not is_plain or not _ID.fullmatch(task_id):
                return await the_long_way(request)
            return await predict(request, await posting(request, await asking(request)), task_id)

        return handle


ROUTER.add_api_route(
    "/tasks/{task_id}/predictions",
    predict,
    methods=["POST"],
    status_code=201,
    response_model=PredictionView,
    openapi_extra=image_body(),
    route_class_override=PredictRoute,
)


@ROUTER.get("/predictions")
def list_predictions(
    asks: Asks, task: IdQuery = None, cursor: Cursor = None, limit: Limit = 50
) -> Listed[PredictionView]:
    """List answers that were given, newest first."""
    page = predictions.list_predictions(*asks.who, task_id=task, cursor=cursor, limit=limit)
    return Listed(
        items=[PredictionView.of(one, asks.lang) for one in page.items], next_cursor=page.next_cursor
    )


@ROUTER.get("/predictions/{prediction_id}")
def show_prediction(asks: Asks, prediction_id: Id) -> PredictionView:
    """Show an answer that was given."""
    return PredictionView.of(predictions.get_prediction(*asks.who, prediction_id), asks.lang)
