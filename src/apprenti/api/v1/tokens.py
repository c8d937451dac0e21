"""Routes of tokens."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request, Response
from fastapi.responses import JSONResponse

from apprenti.api.v1.asking import Asks, Cursor, Id, Limit, Posts, made, nouns
from apprenti.api.v1.schemas import Listed
from apprenti.api.v1.schemas_access import MadeToken, NewToken, TokenView
from apprenti.domain.service import Role
from apprenti.flow.service import access
from apprenti.flow.service.repeats import Answer
from apprenti.flow.service.service import Service

ROUTER = nouns("tokens")


@ROUTER.get("/tokens")
def list_tokens(
    asks: Asks,
    all_workspaces: Annotated[
        bool, Query(description="those that open every workspace instead; operators only")
    ] = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Listed[TokenView]:
    """List the tokens of the workspace, without their secrets; owners only."""
    workspace_id = None if all_workspaces else asks.workspace_id
    page = access.list_tokens(asks.service, asks.caller, workspace_id, cursor=cursor, limit=limit)
    return Listed(items=[TokenView.of(token) for token in page.items], next_cursor=page.next_cursor)


@ROUTER.post("/tokens", status_code=201, response_model=MadeToken)
def create_token(posts: Posts, body: NewToken) -> JSONResponse:
    """Make a token; its secret is shown this once. Owners only, and no role above one's own."""

    def make(service: Service) -> Answer:
        workspace_id = None if body.all_workspaces else posts.workspace_id
        new = access.create_token(
            service, posts.caller, workspace_id, name=body.name, role=Role[body.role.upper()]
        )
        return made(MadeToken.with_secret(new.token, new.secret), secrets=("secret",))

    return posts.once(make, body)


@ROUTER.delete("/tokens/{token_id}", status_code=204)
def revoke_token(request: Request, asks: Asks, token_id: Id) -> Response:
    """Take a token back; owners only, and operators those that open every workspace."""
    access.revoke_token(*asks.who, token_id)
    request.app.state.callers.forget()
    return Response(status_code=204)
