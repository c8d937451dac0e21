"""Refusals as clients of the protocol look for them: ``{"error": "..."}``."""

from __future__ import annotations

from fastapi.responses import JSONResponse

from apprenti.api.refusals import Dialects, RefusedError
from apprenti.domain.errors import ApprentiError
from apprenti.error_table import outcome_of
from apprenti.texts import Lang

PREFIX = "/v2"
MOST_SHOWN_SIGNS = 100


def refuse_in_one_line(error: RefusedError | ApprentiError, lang: Lang) -> JSONResponse:
    """Return the answer that an error becomes."""
    answer = {"error": error.said(lang)}
    if isinstance(error, RefusedError):
        return JSONResponse(answer, status_code=error.status, headers=error.headers)
    return JSONResponse(answer, status_code=outcome_of(error).http_status)


DIALECTS: Dialects = {PREFIX: refuse_in_one_line}
"""For the application: how refusals are said under ``/v2``."""


def shown(name: object) -> str:
    r"""Return a word of the sender's as it can stand in a message.

    Example:
        >>> shown("imag\ud800e")
        'imag\\ud800e'
    """
    return str(name)[:MOST_SHOWN_SIGNS].encode("utf-8", "backslashreplace").decode()
