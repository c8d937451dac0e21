"""What every route is given: who asks, about which workspace, in which language; pages; and requests sent again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Security
from fastapi.responses import JSONResponse
from fastapi.security import HTTPBearer
from pydantic import BaseModel

from apprenti.api.callers import Callers
from apprenti.api.entrance import CALLER
from apprenti.api.refusals import asked_lang
from apprenti.api.routes import CheckedRoute
from apprenti.api.schemas import ErrorAnswer
from apprenti.domain.service import Caller
from apprenti.flow.service.repeats import Answer, Asked, answer_long_work_once, answer_once
from apprenti.flow.service.service import Service
from apprenti.texts import Lang

UUID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
LARGEST = 2**31 - 1
STATUSES = {
    400: "a value is wrong",
    401: "no token, or none that opens anything",
    403: "the token's role does not reach, or the Host or Origin is not ours",
    404: "nothing has this id in this workspace",
    405: "the path has no such method",
    408: "the body did not arrive in time",
    409: "it does not go with what is there, or the idempotency key had another request",
    413: "the body is too large",
    415: "the body is not JSON",
    422: "the request is malformed, or the image cannot be used",
    429: "too many requests; Retry-After says when to come back",
    503: "the database or the disk does not answer, or everybody is busy",
}
ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorAnswer, "description": words} for status, words in STATUSES.items()
}

Id = Annotated[str, Path(pattern=UUID, examples=["5f0c7a34-0a4b-4a53-9d5e-2a2c7b1f3d10"])]
IdQuery = Annotated[str | None, Query(pattern=UUID)]
Cursor = Annotated[
    str | None,
    Query(max_length=64, pattern=r"^[A-Za-z0-9_-]+$", description="next_cursor of the page before"),
]
Limit = Annotated[int, Query(ge=1, le=500, description="how many at most")]
_SCHEME = HTTPBearer(
    auto_error=False,
    scheme_name="Token",
    description="`Authorization: Bearer SECRET`; `Token SECRET` means the same.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A request that was let in.

    Args:
        service: what answers.
        caller: who asks.
        workspace_id: about which workspace.
        lang: in which language.
    """

    service: Service
    caller: Caller
    workspace_id: str
    lang: Lang

    @property
    def who(self) -> tuple[Service, Caller, str]:
        """What every flow takes first."""
        return self.service, self.caller, self.workspace_id

    def of(self, service: Service) -> tuple[Service, Caller, str]:
        """Return the same with another service, such as one whose transactions are joined."""
        return service, self.caller, self.workspace_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting(Asking):
    """A request that makes something, and may come again because its answer was lost.

    Args:
        key: the sender's word for it; ``None`` where it gave none.
        place: method, path and query.
    """

    key: str | None
    place: str

    def once(self, work: Callable[[Service], Answer], body: BaseModel | None = None) -> JSONResponse:
        """Answer with what ``work`` makes, done once for each key and written together with its answer."""
        if self.key is None:
            return shown(work(self.service))
        said = body.model_dump_json(exclude_unset=True) if body is not None else ""
        return shown(answer_once(self.service, self._asked(said.encode()), work))

    def once_long(self, work: Callable[[Service], Answer], *said: bytes) -> JSONResponse:
        """Answer likewise, for work that takes long and does no harm when it is done twice."""
        if self.key is None:
            return shown(work(self.service))
        return shown(answer_long_work_once(self.service, self._asked(*said), work))

    def _asked(self, *said: bytes) -> Asked:
        parts = [self.place.encode(), self.caller.token_id.encode(), *said]
        whole = hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts))
        return Asked(workspace_id=self.workspace_id, key=self.key or "", sha256=whole.hexdigest())


async def asking(
    request: Request,
    workspace: Annotated[
        str | None,
        Query(pattern=UUID, description="the workspace meant; by default the token's own, or the first"),
    ] = None,
    _: Annotated[object, Security(_SCHEME)] = None,
) -> Asking:
    """Return who asks; the entrance let nobody else through."""
    callers: Callers = request.app.state.callers
    caller: Caller = request.scope[CALLER]
    return Asking(
        service=request.app.state.service,
        caller=caller,
        workspace_id=await callers.workspace_of(caller, workspace),
        lang=asked_lang(request.headers),
    )


async def posting(
    request: Request,
    asked: Annotated[Asking, Depends(asking)],
    idempotency_key: Annotated[
        str | None,
        Header(
            pattern=r"^[\x21-\x7e]{1,200}$",
            description="a word of your own, such as a UUID: sent again within a day, the same request is answered "
            "as it was the first time and nothing is done twice",
        ),
    ] = None,
) -> Posting:
    """Return the same for a request that makes something."""
    place = f"{request.method} {request.url.path}?{request.url.query}"
    return Posting(
        service=asked.service,
        caller=asked.caller,
        workspace_id=asked.workspace_id,
        lang=asked.lang,
        key=idempotency_key,
        place=place,
    )


Asks = Annotated[Asking, Depends(asking)]
Posts = Annotated[Posting, Depends(posting)]


def made(body: BaseModel, *, secrets: tuple[str, ...] = ()) -> Answer:
    """Return the answer to a request that made something."""
    return Answer(status=201, body=body.model_dump(mode="json"), secrets=secrets)


def done(body: BaseModel) -> Answer:
    """Return the answer to a request that changed something."""
    return Answer(status=200, body=body.model_dump(mode="json"))


def shown(answer: Answer) -> JSONResponse:
    """Return an answer as HTTP sends it."""
    headers: Mapping[str, str] = {"idempotent-replayed": "true"} if answer.is_repeat else {}
    return JSONResponse(answer.body, status_code=answer.status, headers=headers)


def nouns(name: str) -> APIRouter:
    """Return an empty router for the routes of a noun."""
    return APIRouter(tags=[name], route_class=CheckedRoute)
