"""A request to these routes, read: who asks, in which workspace, and what."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError
from starlette.datastructures import URL, QueryParams

from apprenti.api.refusals import RefusedError, asked_lang
from apprenti.domain.errors import NotFoundError
from apprenti.domain.service import Caller
from apprenti.flow.service.access import DEFAULT_WORKSPACE
from apprenti.flow.service.service import Service
from apprenti.flow.service.workspaces import workspace_meant
from apprenti.texts import Lang

Body = TypeVar("Body", bound=BaseModel)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request.

    Args:
        service: what to work with.
        caller: on whose behalf.
        workspace_id: the workspace it names, or the one meant where it names none.
        body: JSON object; empty where there is none.
        query: after the question mark.
        path: the variable parts of its path.
        url: as the caller wrote it, with the Host it used.
        base: where all paths begin, with a slash at its end.
        lang: which language the caller reads.
    """

    service: Service
    caller: Caller
    workspace_id: str
    body: Mapping[str, Any] = field(default_factory=dict)
    query: QueryParams = field(default_factory=QueryParams)
    path: Mapping[str, Any] = field(default_factory=dict)
    url: URL
    base: str
    lang: Lang

    @classmethod
    def read(cls, service: Service, caller: Caller, request: Request, body: Mapping[str, Any]) -> Asked:
        """Return the request, its workspace found.

        Raises:
            NotFoundError: it names a workspace that is not the caller's.
        """
        named = body.get("workspace") or request.query_params.get("workspace")
        wanted = None if named in (None, "", DEFAULT_WORKSPACE) else uuid_in(named, "workspace")
        return cls(
            service=service,
            caller=caller,
            workspace_id=workspace_meant(service, caller, wanted).id,
            body=body,
            query=request.query_params,
            path=request.path_params,
            url=request.url,
            base=str(request.base_url),
            lang=asked_lang(request.headers),
        )

    @property
    def here(self) -> tuple[Service, Caller, str]:
        """What every flow takes first."""
        return self.service, self.caller, self.workspace_id

    def id_of(self, noun: str) -> str:
        """Return the id of a noun in the path.

        Raises:
            NotFoundError: it is no id, so nothing has it.
        """
        return uuid_in(self.path["id"], noun)

    def words(self, kind: type[Body]) -> Body:
        """Return the body as ``kind`` describes it; other fields are left aside.

        Raises:
            RefusedError: a field is missing or of another kind (400).
        """
        return checked(kind, self.body)


def checked(kind: type[Body], data: object) -> Body:
    """Return ``data`` as ``kind`` describes it.

    Raises:
        RefusedError: a field is missing or of another kind (400).
    """
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        fields = dict.fromkeys(".".join(str(part) for part in problem["loc"]) for problem in error.errors())
        raise RefusedError("request_malformed", 400, detail=", ".join(fields)[:200]) from error


def uuid_in(text: object, noun: str) -> str:
    """Return an id in lower case; nothing else reaches the database.

    Raises:
        NotFoundError: it is no id, so nothing has it.
    """
    id_ = text.strip().lower() if isinstance(text, str) else ""
    if not _UUID.fullmatch(id_):
        raise NotFoundError("not_found", noun=noun, id=str(text)[:100])
    return id_
