"""How a route comes about: a function of a request that was read, in both forms of its path, errors in one shape."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import nullcontext
from typing import Any

from anyio import to_thread
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from starlette.routing import Match

from apprenti.api.entrance import CALLER
from apprenti.api.hands import Hands
from apprenti.api.refusals import RefusedError, asked_lang
from apprenti.api.vize.asking import Asked
from apprenti.api.vize.bodies import read_heavy, read_light
from apprenti.api.vize.errors import PREFIXES, refuse_in_detail
from apprenti.domain.errors import ApprentiError, NotFoundError
from apprenti.domain.service import Caller
from apprenti.flow.service.service import Service

Authenticate = Callable[[Request], Awaitable[Caller]]
Answer = Response | Mapping[str, Any] | None
"""What a route gives: a mapping is sent as JSON, ``None`` as 204."""
Reader = Callable[[Request], Awaitable[Mapping[str, Any]]]

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


async def let_in(request: Request) -> Caller:
    """Return whom the entrance of the application let in."""
    caller: Caller = request.scope[CALLER]
    return caller


class Routes:
    """Collects routes.

    Args:
        service: what to work with.
        authenticate: tells callers.
    """

    def __init__(self, service: Service, authenticate: Authenticate) -> None:
        self.service = service
        self._authenticate = authenticate
        self._router = APIRouter()

    def on(
        self, method: str, path: str, *, has_images: bool = False, read: Reader | None = None
    ) -> Callable[[Callable[[Asked], Answer]], Callable[[Asked], Answer]]:
        """Return what makes a function the answer to requests of a method and path.

        Args:
            method: such as ``POST``.
            path: with a slash at its beginning and none at its end; both forms are served, since a redirected POST
                becomes a GET.
            has_images: the request carries images, so the application's few hands work on it.
            read: reads the body; as JSON by default.
        """
        reads = read or (read_heavy if has_images else read_light)

        def register(function: Callable[[Asked], Answer]) -> Callable[[Asked], Answer]:
            async def work(request: Request) -> Response:
                caller = await self._authenticate(request)
                hands: Hands = request.app.state.hands
                async with hands.place() if has_images else nullcontext():
                    body = await reads(request) if method in ("POST", "PUT") else {}

                    def answered() -> Answer:
                        return function(Asked.read(self.service, caller, request, body))

                    do = hands.do if has_images else to_thread.run_sync
                    return _as_response(await do(answered))

            self._add(method, path, work)
            return function

        return register

    def on_open(self, path: str, function: Callable[[Request], Response]) -> None:
        """Let ``function`` answer GET requests of anybody."""

        async def work(request: Request) -> Response:
            hands: Hands = request.app.state.hands
            return await hands.do(function, request)

        self._add("GET", path, work)

    def router(self) -> APIRouter:
        """Return the router, closed by what is said where nothing is."""
        known = list(self._router.routes)

        async def nothing(request: Request) -> Response:
            allowed: set[str] = set()
            for route in known:
                if route.matches(request.scope)[0] is Match.PARTIAL:
                    allowed |= getattr(route, "methods", None) or set()
            if not allowed:
                raise NotFoundError("not_found", noun="page", id=request.url.path[:100])
            said = ", ".join(sorted(allowed))
            path, method = request.url.path[:200], request.method
            raise RefusedError(
                "method_unknown", 405, headers={"allow": said}, path=path, method=method, allowed=said
            )

        for prefix in PREFIXES:
            endpoint = _in_one_shape(nothing)
            self._router.add_route(
                f"{prefix}{{rest:path}}", endpoint, methods=METHODS, include_in_schema=False
            )
        return self._router

    def _add(self, method: str, path: str, work: Callable[[Request], Awaitable[Response]]) -> None:
        for form in (path, f"{path}/"):
            self._router.add_route(form, _in_one_shape(work), methods=[method], include_in_schema=False)


def created(data: Mapping[str, Any]) -> Response:
    """Return the answer that says something was made."""
    return JSONResponse(data, status_code=201)


def _as_response(answer: Answer) -> Response:
    if answer is None:
        return Response(status_code=204)
    return answer if isinstance(answer, Response) else JSONResponse(answer)


def _in_one_shape(
    work: Callable[[Request], Awaitable[Response]],
) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            return await work(request)
        except (RefusedError, ApprentiError) as error:
            return refuse_in_detail(error, asked_lang(request.headers))

    return endpoint
