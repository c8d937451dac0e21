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
from starlette.types import Scope

from apprenti.domain.errors import ApprentiError
from apprenti.error_table import outcome_of
from apprenti.languages import LANG_COOKIE, lang_from_browser
from apprenti.plain import error_data
from apprenti.texts import Lang, say


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


def answer_refusal(error: RefusedError | ApprentiError, scope: Scope, dialects: Dialects) -> Response:
    """Return the answer that an error becomes, as it is said where it was met."""
    path = str(scope["path"])
    say_it = next((dialect for start, dialect in dialects.items() if path.startswith(start)), refuse)
    return say_it(error, asked_lang(Headers(scope=scope)))


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
        details = [
            {"where": ".".join(str(part) for part in problem["loc"]), "problem": str(problem["msg"])}
            for problem in error.errors()
        ]
        where = ", ".join(detail["where"] for detail in details)
        refused = RefusedError("request_malformed", 422, details=details, detail=where)
        return answer_refusal(refused, request.scope, spoken)


def _translated(request: Request, error: HTTPException) -> RefusedError:
    path, headers = request.url.path, dict(error.headers or {})
    if error.status_code == 404:
        return RefusedError("page_unknown", 404, path=path)
    if error.status_code == 405:
        method, allowed = request.method, headers.get("Allow", "")
        return RefusedError("method_unknown", 405, headers=headers, path=path, method=method, allowed=allowed)
    return RefusedError("request_malformed", error.status_code, headers=headers, detail=str(error.detail))
