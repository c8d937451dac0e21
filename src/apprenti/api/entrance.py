"""What a request to the service passes after the guard: who asks is known, and how often, before a body is read."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from apprenti.api.callers import Callers, shown_in
from apprenti.api.rates import Buckets, Levels, Rate
from apprenti.api.refusals import Dialects, RefusedError, answer_refusal
from apprenti.domain.errors import ApprentiError, TokenError
from apprenti.domain.service import Caller

CALLER = "apprenti_caller"
"""Where in a request's scope the caller stands."""
REQUESTS = Rate(per_second=200, burst=400)
FAILURES = Rate(per_second=0.5, burst=20)
UNKNOWN = 401
READING = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True, kw_only=True)
class EntranceRules:
    """Who comes in, and how often.

    Args:
        requests: the pace of each token.
        failures: the pace at which each client may show secrets that open nothing.
        body_seconds: how long a request's body may take to arrive.
        long_paths: those where not the whole body, but each piece of it may take that long.
        open_paths: those that anybody may ask for.
        open_below: how paths begin that anybody may ask for who knows the rest; each client at the pace of a token.
        knocking_paths: those where a secret is shown in the body; an answer of 401 counts as a wrong token.
    """

    requests: Rate = REQUESTS
    failures: Rate = FAILURES
    body_seconds: float = 60.0
    long_paths: frozenset[str] = frozenset()
    open_paths: frozenset[str] = field(
        default=frozenset(
            {
                "/v1/health/live",
                "/v1/health/ready",
                "/v1/openapi.json",
                "/v2/health/live",
                "/v2/health/ready",
            }
        )
    )
    open_below: tuple[str, ...] = ()
    knocking_paths: frozenset[str] = frozenset()


class Entrance:
    """ASGI middleware that lets nobody in without a token, so that no route can forget to ask for one.

    Args:
        app: what is behind it.
        callers: tells who has which secret.
        rules: who comes in, and how often.
        dialects: how refusals are said at other doors.
        clock: seconds that only ever grow.
        levels: where it stands who has asked how often; shared where several processes answer.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        callers: Callers,
        rules: EntranceRules,
        dialects: Dialects,
        clock: Callable[[], float],
        levels: Levels | None = None,
    ) -> None:
        self._app, self._callers, self._rules, self._dialects = app, callers, rules, dialects
        self._requests = Buckets(rules.requests, clock=clock, name="requests", levels=levels)
        self._failures = Buckets(rules.failures, clock=clock, name="failures", levels=levels)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its caller, or turn it away."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            _refuse_nul(scope)
            if scope["path"].startswith(self._rules.open_below):
                self._keep_pace(f"client {_client(scope)}")
            elif scope["path"] in self._rules.knocking_paths:
                await self._knock(scope, receive, send)
                return
            elif scope["path"] not in self._rules.open_paths:
                scope[CALLER] = await self._caller(scope)
            await self._app(scope, self._in_time(scope, receive), send)
        except (RefusedError, ApprentiError) as error:
            await answer_refusal(error, scope, self._dialects)(scope, receive, send)

    async def _caller(self, scope: Scope) -> Caller:
        headers = Headers(scope=scope)
        shown, client = shown_in(headers), _client(scope)
        try:
            if not shown.secret:
                raise TokenError("token_unknown")
            caller = await self._callers.of(
                shown
            )  # always: wrong tokens of a neighbour keep no right one out
        except TokenError as error:
            if wait := self._failures.take(client):
                raise _too_often(wait) from error
            path = str(scope["path"])
            raise RefusedError(
                error.key, UNKNOWN, headers={"www-authenticate": "Token"}, path=path
            ) from error
        if shown.is_cookie:
            _refuse_foreign_change(scope, headers)
        self._keep_pace(caller.token_id)
        return caller

    def _keep_pace(self, key: str) -> None:
        if wait := self._requests.take(key):
            raise _too_often(wait)

    async def _knock(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a secret on that is shown in the body; where it opens nothing, that counts as a wrong token does."""
        wait = 0.0

        async def counted(message: Message) -> None:
            nonlocal wait
            if message["type"] == "http.response.start" and message["status"] == UNKNOWN:
                wait = self._failures.take(_client(scope))
            if not wait:
                await send(message)

        await self._app(scope, self._in_time(scope, receive), counted)
        if wait:
            raise _too_often(wait)

    def _in_time(self, scope: Scope, receive: Receive) -> Receive:
        """Return ``receive`` that waits only so long for a body; what comes after the body is not hurried."""
        loop, is_long = asyncio.get_running_loop(), scope["path"] in self._rules.long_paths
        deadline = loop.time() + self._rules.body_seconds
        is_whole = False

        async def timely() -> Message:
            nonlocal is_whole, deadline
            if is_whole:
                return await receive()
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError as error:
                seconds = round(self._rules.body_seconds)
                raise RefusedError(
                    "body_too_slow", 408, headers={"connection": "close"}, seconds=seconds
                ) from error
            is_whole = not message.get("more_body", False)
            if is_long:
                deadline = loop.time() + self._rules.body_seconds
            return message

        return timely


def _client(scope: Scope) -> str:
    return str((scope.get("client") or ("", 0))[0])


def _refuse_foreign_change(scope: Scope, headers: Headers) -> None:
    """Refuse a change that a browser asks for without saying from which page: the guard compared those that do."""
    if scope["method"] not in READING and "origin" not in headers:
        raise RefusedError("origin_missing", 403)


def _refuse_nul(scope: Scope) -> None:
    """Refuse a sign that no word has and that databases stumble over."""
    if b"%00" in scope.get("query_string", b"") or "\x00" in scope["path"]:
        raise RefusedError("nul_character", 400)


def _too_often(wait_seconds: float) -> RefusedError:
    seconds = max(1, math.ceil(wait_seconds))
    return RefusedError("too_many_requests", 429, headers={"retry-after": str(seconds)}, seconds=seconds)
