"""Routes that take what they know and nothing else: unknown filters, odd JSON and signs no word has are refused."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Coroutine
from typing import Any, NoReturn

from fastapi import Request, Response
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import Query
from fastapi.routing import APIRoute

from apprenti.api.refusals import RefusedError

MAX_JSON_BYTES = 1_000_000
MAX_JSON_DEPTH = 32


class CheckedRequest(Request):
    """A request whose JSON has been read and found fit to be kept."""

    checked: Any = None

    async def json(self) -> Any:
        """Return the body, read already."""
        return self.checked


class CheckedRoute(APIRoute):
    """A route that refuses query parameters and bodies it does not know, and JSON that no database should see."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers a request, behind the checks."""
        handle = super().get_route_handler()
        params = get_flat_params(self.dependant)
        known = frozenset(each.alias for each in params if isinstance(each.field_info, Query))
        takes_json = self.body_field is not None
        takes_nothing = not takes_json and "requestBody" not in (self.openapi_extra or {})

        async def checked(request: Request) -> Response:
            for name in request.query_params:
                if name not in known:
                    raise RefusedError("parameter_unknown", 422, name=name[:100])
            if takes_nothing and _has_body(request):
                await _refuse_words(request)
            return await handle(await _with_json(request) if takes_json else request)

        return checked


def _has_body(request: Request) -> bool:
    return request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers


async def _refuse_words(request: Request) -> None:
    """Refuse a body that says something where nothing is asked, so that nobody believes it was heard."""
    said = (await _with_json(request)).checked
    if said not in (None, {}):
        field = next(iter(said)) if isinstance(said, dict) else str(said)
        raise RefusedError("field_unknown", 422, field=field[:50])


async def _with_json(request: Request) -> CheckedRequest:
    if "json" not in request.headers.get("content-type", "application/json").partition(";")[0].lower():
        raise RefusedError("not_json", 415)
    whole = CheckedRequest(request.scope, request.receive)
    n_bytes, parts = 0, []
    async for part in request.stream():
        n_bytes += len(part)
        if n_bytes > MAX_JSON_BYTES:
            raise RefusedError("json_too_large", 413, headers={"connection": "close"}, limit=MAX_JSON_BYTES)
        parts.append(part)
    whole._body = b"".join(parts)
    whole.checked = read_json(whole._body)
    return whole


def read_json(data: bytes) -> Any:
    """Return what JSON says.

    Raises:
        RefusedError: it is no JSON, nested too deeply, or has NUL characters, halves of characters or numbers past
            all bounds, which databases and other readers stumble over.
    """
    try:
        value = json.loads(data or b"null", parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise RefusedError("json_malformed", 422) from error
    left = [(value, 1)]
    while left:
        each, depth = left.pop()
        if depth > MAX_JSON_DEPTH:
            raise RefusedError("json_too_deep", 422, limit=MAX_JSON_DEPTH)
        if isinstance(each, dict):
            left += [(part, depth + 1) for pair in each.items() for part in pair]
        elif isinstance(each, list):
            left += [(part, depth + 1) for part in each]
        elif isinstance(each, str):
            _check_text(each)
        elif isinstance(each, float) and not math.isfinite(each):
            _refuse_constant("")
    return value


def _check_text(text: str) -> None:
    if "\x00" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        raise RefusedError("nul_character", 422)


def _refuse_constant(_: str) -> NoReturn:
    raise RefusedError("json_not_finite", 422)
