"""The routes of the protocol: each finds a model and asks it once."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial
from importlib.metadata import version as version_of
from typing import Any

from anyio import to_thread
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from apprenti.api.hands import Hands
from apprenti.api.inference.answers import metadata, told_outputs
from apprenti.api.inference.errors import PREFIX
from apprenti.api.inference.requests import JSON_LENGTH, Asked, InferenceLimits, read_asked, read_body
from apprenti.api.inference.served import Repository, Said, ServedModel

EXTENSIONS = ("binary_tensor_data", "classification")


def inference_router(repository: Repository, *, limits: InferenceLimits | None = None) -> APIRouter:
    """Return the routes of Open Inference Protocol v2; they are in no OpenAPI description, being described elsewhere.

    The application's ``state.hands`` look at the images.

    Args:
        repository: has the models.
        limits: how much one request may bring.
    """
    router = APIRouter()
    _server_routes(router, repository)
    for start in (f"{PREFIX}/models/{{name}}", f"{PREFIX}/models/{{name}}/versions/{{version}}"):
        _model_routes(router, start, repository, limits or InferenceLimits())
    return router


def _server_routes(router: APIRouter, repository: Repository) -> None:
    about = {"name": "apprenti", "version": version_of("apprenti"), "extensions": list(EXTENSIONS)}

    async def server(_: Request) -> JSONResponse:
        return JSONResponse(about)

    async def live(_: Request) -> JSONResponse:
        return JSONResponse({"live": True})

    async def ready(request: Request) -> JSONResponse:
        await repository.check(request)
        return JSONResponse({"ready": True})

    router.add_route(PREFIX, server, name="v2_server")
    router.add_route(f"{PREFIX}/health/live", live, name="v2_live")
    router.add_route(f"{PREFIX}/health/ready", ready, name="v2_ready")


def _model_routes(router: APIRouter, start: str, repository: Repository, limits: InferenceLimits) -> None:
    async def show(request: Request) -> JSONResponse:
        find = await repository.enter(request)
        return JSONResponse(await to_thread.run_sync(lambda: metadata(find(*_named(request)))))

    async def ready(request: Request) -> JSONResponse:
        find = await repository.enter(request)
        model = await to_thread.run_sync(find, *_named(request))
        return JSONResponse({"name": model.name, "ready": True})

    async def infer(request: Request) -> Response:
        hands: Hands = request.app.state.hands
        async with hands.place():
            body = await read_body(request, limits)
            find = partial(await repository.enter(request), *_named(request))
            return await hands.do(partial(_answered, body, request.headers.get(JSON_LENGTH), find, limits))

    router.add_route(start, show, name="v2_model")
    router.add_route(f"{start}/ready", ready, name="v2_model_ready")
    router.add_route(f"{start}/infer", infer, methods=["POST"], name="v2_infer")


def _named(request: Request) -> tuple[str, str | None]:
    return request.path_params["name"], request.path_params.get("version")


def _answered(
    body: bytes, json_length: str | None, find: Callable[[], ServedModel], limits: InferenceLimits
) -> Response:
    model = find()
    asked = read_asked(body, json_length, model, limits)
    return _response(model, asked, model.answer(asked.images))


def _response(model: ServedModel, asked: Asked, said: Sequence[Said]) -> Response:
    tensors = told_outputs(asked.wanted, said, model.manifest.labels)
    answer: dict[str, Any] = {"model_name": model.name, "model_version": model.version}
    if asked.request_id is not None:
        answer["id"] = asked.request_id
    told = [tensor.told() for tensor in tensors]
    text = json.dumps({**answer, "outputs": [shown for shown, _ in told]}).encode()
    if not any(tensor.as_bytes for tensor in tensors):
        return Response(text, media_type="application/json")
    return Response(
        text + b"".join(data for _, data in told),
        media_type="application/octet-stream",
        headers={JSON_LENGTH: str(len(text))},
    )
