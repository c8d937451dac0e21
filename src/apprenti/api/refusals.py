"""Every answer that is not the one hoped for has one shape: ``{"error": {"code", "message"}}``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import cookie_parser
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import Scope

from apprenti.api.validation import details_of
from apprenti.domain.errors import ApprentiError
from apprenti.error_table import outcome_of
from apprenti.languages import LANG_COOKIE, lang_from_browser
from apprenti.plain import error_data
from apprenti.texts import Lang, say

METHODS = ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")
MOST_TOLD = 5
"""Fields that a sentence names; the details have all."""


class RefusedError(Exception):
    """A request that is turned away before any flow is asked.

    Args:
        key: entry of ``texts/*/errors.toml``; it is the answer's ``code``.
        status: HTTP status.
        headers: of the answer.
        details: what is wrong in which place of the request, for programmers.
        **values: the placeholders of that entry.
    """

    def __init__(
        self,
        key: str,
        status: int,
        *,
        headers: Mapping[str, str] | None = None,
        details: Sequence[Mapping[str, str]] = (),
        **values: str | int,
    ) -> None:
        super().__init__(key)
        self.key, self.status, self.values = key, status, values
        self.headers, self.details = dict(headers or {}), list(details)

    def said(self, lang: Lang) -> str:
        """Return the message in ``lang``."""
        return say(f"errors.{self.key}", lang, **self.values)


def asked_lang(headers: Headers) -> Lang:
    """Return the language the sender reads."""
    chosen = cookie_parser(headers.get("cookie", "")).get(LANG_COOKIE, "")
    return lang_from_browser(headers.get("accept-language", ""), chosen)


def refuse(error: RefusedError | ApprentiError, lang: Lang) -> JSONResponse:
    """Return the answer that an error becomes."""
    answer = error_data(error.key, error.said(lang))
    if isinstance(error, ApprentiError):
        return JSONResponse(answer, status_code=outcome_of(error).http_status)
    if error.details:
        answer["error"]["details"] = error.details
    return JSONResponse(answer, status_code=error.status, headers=error.headers)


Dialects = Mapping[str, Callable[[RefusedError | ApprentiError, Lang], Response]]
"""By how a path begins, how refusals are said there, the first that fits: doors made for others have their shape."""
PAGES = "/"
"""The beginning under which pages are for people; programs that lost their way there are told as elsewhere."""


def answer_refusal(error: RefusedError | ApprentiError, scope: Scope, dialects: Dialects) -> Response:
    """Return the answer that an error becomes, as it is said where it was met."""
    path, headers = str(scope["path"]), Headers(scope=scope)
    start = next((start for start in dialects if path.startswith(start)), "")
    say_it = refuse if not start or (start == PAGES and _is_program(headers)) else dialects[start]
    return say_it(error, asked_lang(headers))


def _is_program(headers: Headers) -> bool:
    """Return whether no browser asks, so that a page would be no answer."""
    accept = headers.get("accept", "*/*")
    wants_other = "text/html" not in accept and "*/*" not in accept
    sends_json = headers.get("content-type", "").startswith("application/json")
    return "authorization" in headers or wants_other or sends_json


def speak_one_shape(app: FastAPI, dialects: Dialects | None = None) -> None:
    """Make ``app`` answer every error in the one shape, or as ``dialects`` say it."""
    spoken = dialects or {}

    @app.exception_handler(RefusedError)
    @app.exception_handler(ApprentiError)
    async def ours(request: Request, error: RefusedError | ApprentiError) -> Response:
        return answer_refusal(error, request.scope, spoken)

    @app.exception_handler(HTTPException)
    async def of_the_framework(request: Request, error: HTTPException) -> Response:
        return answer_refusal(_translated(request, error), request.scope, spoken)

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> Response:
        details = details_of(list(error.errors()), asked_lang(request.headers))
        said = ", ".join(f"{detail['where']} {detail['problem']}" for detail in details[:MOST_TOLD])
        refused = RefusedError("request_malformed", 422, details=details, detail=said)
        return answer_refusal(refused, request.scope, spoken)


def _methods_of(request: Request) -> str:
    """Return every method a path has; the framework tells only those of the first route that fits."""
    asked = [{**request.scope, "method": method} for method in METHODS]
    taken = [
        scope["method"]
        for scope in asked
        if any(route.matches(scope)[0] is Match.FULL for route in request.app.routes)
    ]
    return ", ".join(taken)


def _translated(request: Request, error: HTTPException) -> RefusedError:
    path, headers = request.url.path, dict(error.headers or {})
    if error.status_code == 404:
        return RefusedError("page_unknown", 404, path=path)
    if error.status_code == 405:
        method, allowed = request.method, _methods_of(request)
        headers = {**headers, "Allow": allowed}
        return RefusedError("method_unknown", 405, headers=headers, path=path, method=method, allowed=allowed)
    return RefusedError("request_malformed", error.status_code, headers=headers, detail=str(error.detail))
