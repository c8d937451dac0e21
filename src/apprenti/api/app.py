"""The application: routes that each make one call, behind the guard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, FastAPI, Query, Request

from apprenti.api.guard import Door, Guard
from apprenti.api.hands import Hands
from apprenti.api.inference import DIALECTS, FileModels, InferenceLimits, inference_router
from apprenti.api.photos import read_photo
from apprenti.api.refusals import RefusedError, asked_lang, speak_one_shape
from apprenti.api.schemas import (
    Answer,
    ErrorAnswer,
    LabelsAnswer,
    Live,
    ModelFacts,
    Models,
    Ready,
    ValueAnswer,
)
from apprenti.domain.errors import ItemError
from apprenti.domain.prediction import Prediction
from apprenti.plain import model_data, prediction_data

if TYPE_CHECKING:
    from apprenti.stages.predict import Predictor

BODY_SECONDS = 60.0

_BYTES = {"type": "string", "format": "binary"}
_BODY = {
    "required": True,
    "content": {
        "image/*": {"schema": _BYTES},
        "multipart/form-data": {
            "schema": {"type": "object", "properties": {"image": _BYTES}, "required": ["image"]}
        },
    },
}
_ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorAnswer} for status in (400, 403, 404, 408, 413, 422, 503)
}


def create_app(
    models: Mapping[str, Predictor],
    *,
    door: Door,
    n_workers: int = 1,
    body_seconds: float = BODY_SECONDS,
    pages: Sequence[APIRouter] = (),
) -> FastAPI:
    """Return the application that serves ``models`` by name.

    Args:
        models: loaded models; each predicts with one thread.
        door: whom it answers and how much it takes in.
        n_workers: photos looked at side by side; a few more wait, the rest are asked to come back.
        body_seconds: how long a photo may take to arrive.
        pages: routes for people, beside those for programs.
    """
    app = FastAPI(
        title="Apprenti",
        version=version("apprenti"),
        description="Say what photos show, with models trained on this machine.",
        openapi_url="/v1/openapi.json",
        docs_url=None,  # the usual pages load their scripts from elsewhere
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.hands = hands = Hands(n_workers)
    limits = InferenceLimits(max_image_bytes=door.max_body_bytes, body_seconds=body_seconds)
    speak_one_shape(app, DIALECTS)
    app.include_router(_information(models))
    app.include_router(_prediction(models, hands=hands, body_seconds=body_seconds))
    app.include_router(inference_router(FileModels(models), limits=limits))
    for router in pages:
        app.include_router(router, include_in_schema=False)
    app.add_middleware(Guard, door=door, dialects=DIALECTS)
    return app


def _information(models: Mapping[str, Predictor]) -> APIRouter:
    router = APIRouter(prefix="/v1", responses=_ERRORS)
    facts = {name: ModelFacts(**model_data(name, model)) for name, model in models.items()}

    @router.get("/models")
    async def list_models() -> Models:
        return Models(models=list(facts.values()))

    @router.get("/models/{name}")
    async def show_model(name: str) -> ModelFacts:
        if name not in facts:
            raise RefusedError("model_unknown", 404, name=name)
        return facts[name]

    @router.get("/health/live")
    async def live() -> Live:
        return Live()

    @router.get("/health/ready")
    async def ready() -> Ready:
        return Ready(models=list(models))

    return router


def _prediction(models: Mapping[str, Predictor], *, hands: Hands, body_seconds: float) -> APIRouter:
    router = APIRouter(prefix="/v1", responses=_ERRORS)

    @router.post(
        "/models/{name}/predict",
        response_model=Answer | LabelsAnswer | ValueAnswer,
        openapi_extra={"requestBody": _BODY},
    )
    async def predict(
        name: str, request: Request, top: Annotated[int, Query(ge=1, le=1000)] = 5
    ) -> dict[str, Any]:
        """Say what a photo shows: its bytes are the body, or the field ``image`` of a form."""
        if name not in models:
            raise RefusedError("model_unknown", 404, name=name)
        async with hands.place():
            data, item = await read_photo(request, seconds=body_seconds)
            answer = await hands.do(partial(models[name].predict_bytes, data, item=item, top=top))
        _require_label(answer)
        return {"model": name, **prediction_data(answer, asked_lang(request.headers))}

    return router


def _require_label(answer: Prediction) -> None:
    """Raise the problem of a photo that could not be read."""
    if answer.problem is not None:
        raise ItemError(answer.problem.key.removeprefix("errors."), **answer.problem.values)
