"""Routes of predictions: a picture in, an answer out."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import JSONResponse

from apprenti.api.hands import Hands
from apprenti.api.uploads import image_body, read_image
from apprenti.api.v1.asking import LARGEST, Asks, Cursor, Id, IdQuery, Limit, Posts, made, nouns
from apprenti.api.v1.schemas import Listed
from apprenti.api.v1.schemas_trainings import PredictionView
from apprenti.flow.service import predictions
from apprenti.flow.service.repeats import Answer
from apprenti.flow.service.service import Service

ROUTER = nouns("predictions")


@ROUTER.post(
    "/tasks/{task_id}/predictions",
    status_code=201,
    response_model=PredictionView,
    openapi_extra=image_body(),
)
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
            return made(PredictionView.of(prediction))

        return await hands.do(posts.once_long, classify, upload.data)


@ROUTER.get("/predictions")
def list_predictions(
    asks: Asks, task: IdQuery = None, cursor: Cursor = None, limit: Limit = 50
) -> Listed[PredictionView]:
    """List answers that were given, newest first."""
    page = predictions.list_predictions(*asks.who, task_id=task, cursor=cursor, limit=limit)
    return Listed(items=[PredictionView.of(one) for one in page.items], next_cursor=page.next_cursor)


@ROUTER.get("/predictions/{prediction_id}")
def show_prediction(asks: Asks, prediction_id: Id) -> PredictionView:
    """Show an answer that was given."""
    return PredictionView.of(predictions.get_prediction(*asks.who, prediction_id))
