"""Refusals as these clients look for them: ``{"detail": "..."}``, whatever the status."""

from __future__ import annotations

from fastapi.responses import JSONResponse

from apprenti.api.refusals import Dialects, RefusedError
from apprenti.domain.errors import ApprentiError, NotFoundError
from apprenti.error_table import outcome_of
from apprenti.texts import Lang, say

SERVED = ("/recognition/v2/", "/account/v2/", "/annotate/v2/", "/authorization/v2/", "/v1/classify/")
UNSERVED = ("/detection/", "/tagging/", "/similarity/", "/dom_colors/", "/flows/", "/removebg/", "/ocr/")
"""Of the hosted service's other products: whoever asks for them is told that they are not here."""
PREFIXES = SERVED + UNSERVED


def refuse_in_detail(error: RefusedError | ApprentiError, lang: Lang) -> JSONResponse:
    """Return the answer that an error becomes."""
    answer = {"detail": said(error, lang)}
    if isinstance(error, RefusedError):
        return JSONResponse(answer, status_code=error.status, headers=error.headers)
    return JSONResponse(answer, status_code=status_of(error))


def said(error: RefusedError | ApprentiError, lang: Lang) -> str:
    """Return the message; of what is not there it is the words that scripts compare with."""
    return say("vize.not_found", lang) if isinstance(error, NotFoundError) else error.said(lang)


def status_of(error: RefusedError | ApprentiError) -> int:
    """Return the HTTP status of an error."""
    return error.status if isinstance(error, RefusedError) else outcome_of(error).http_status


DIALECTS: Dialects = dict.fromkeys(PREFIXES, refuse_in_detail)
"""For the application: by how a path begins, how refusals are said there."""
