"""The application of the service: the guard, the entrance, and behind them the routes of every door."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version

from anyio import to_thread
from fastapi import APIRouter, FastAPI, Request

from apprenti.api.callers import Callers
from apprenti.api.entrance import Entrance, EntranceRules
from apprenti.api.guard import Door, Guard
from apprenti.api.hands import Hands
from apprenti.api.refusals import Dialects, speak_one_shape
from apprenti.api.schemas import Live
from apprenti.api.v1 import v1_router
from apprenti.api.v1.asking import ERRORS
from apprenti.api.v1.training_events import Streams
from apprenti.flow.service.access import ITSELF
from apprenti.flow.service.service import Service
from apprenti.flow.service.workspaces import workspace_meant
from apprenti.store.board import Board

DESCRIPTION = (
    "Images, labels, trainings and what they teach: a recogniser that learns from corrections, on your own machine. "
    "Lists come in pages: ask with `?cursor=` of the answer before. Every error is "
    '`{"error": {"code", "message"}}`, in English or French (`Accept-Language`).'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceDoors:
    """What stands beside the service's own routes.

    Args:
        routers: of other doors.
        dialects: by how their paths begin, how refusals are said there.
    """

    routers: Sequence[APIRouter] = ()
    dialects: Dialects = field(default_factory=dict)


def create_service_app(
    service: Service,
    *,
    door: Door,
    rules: EntranceRules | None = None,
    doors: ServiceDoors | None = None,
    n_threads: int = 1,
    clock: Callable[[], float] = time.monotonic,
    board: Board | None = None,
) -> FastAPI:
    """Return the application of a service.

    Args:
        service: what answers.
        door: whom it answers and how much it takes in.
        rules: who comes in, and how often.
        doors: what stands beside the service's own routes.
        n_threads: images looked at side by side.
        clock: seconds that only ever grow.
        board: what the processes of one server share, where there are several.
    """
    levels = board.table if board is not None else None
    rules, doors = rules or EntranceRules(), doors or ServiceDoors()
    app = FastAPI(
        title="Apprenti",
        version=version("apprenti"),
        description=DESCRIPTION,
        openapi_url="/v1/openapi.json",
        docs_url=None,  # the usual pages load their scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.service, app.state.hands = service, Hands(n_threads)
    app.state.streams = Streams()
    changes = board.callers_changed if board is not None else None
    app.state.callers = Callers(service, clock=clock, changes=changes)
    speak_one_shape(app, doors.dialects)
    app.include_router(_health())
    app.include_router(v1_router())
    for router in doors.routers:
        app.include_router(router)
    app.add_middleware(
        Entrance,
        callers=app.state.callers,
        rules=rules,
        dialects=doors.dialects,
        clock=clock,
        levels=levels,
    )
    app.add_middleware(Guard, door=door, dialects=doors.dialects)
    return app


def _health() -> APIRouter:
    router = APIRouter(prefix="/v1/health", tags=["health"], responses=ERRORS)

    @router.get("/live")
    async def live() -> Live:
        """Say that the process runs."""
        return Live()

    @router.get("/ready")
    async def ready(request: Request) -> Live:
        """Say that the database answers."""
        service: Service = request.app.state.service
        await to_thread.run_sync(workspace_meant, service, ITSELF, None)
        return Live(status="ready")

    return router
