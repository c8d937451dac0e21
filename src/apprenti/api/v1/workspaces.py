"""Routes of workspaces, and of who one is."""

from __future__ import annotations

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from apprenti.api.v1.asking import Asks, Cursor, Id, Limit, Posts, made, nouns
from apprenti.api.v1.schemas import Listed
from apprenti.api.v1.schemas_access import CallerView, NewWorkspace, WorkspaceView
from apprenti.flow.service import workspaces

ROUTER = nouns("workspaces")


@ROUTER.get("/me")
async def show_caller(asks: Asks) -> CallerView:
    """Say who the token says you are."""
    return CallerView.of(asks.caller, asks.workspace_id)


@ROUTER.get("/workspaces")
def list_workspaces(asks: Asks, cursor: Cursor = None, limit: Limit = 50) -> Listed[WorkspaceView]:
    """List the workspaces the token opens."""
    page = workspaces.list_workspaces(asks.service, asks.caller, cursor=cursor, limit=limit)
    return Listed(items=[WorkspaceView.of(one) for one in page.items], next_cursor=page.next_cursor)


@ROUTER.post("/workspaces", status_code=201, response_model=WorkspaceView)
def create_workspace(posts: Posts, body: NewWorkspace) -> JSONResponse:
    """Make a workspace; operators only."""
    return posts.once(
        lambda service: made(
            WorkspaceView.of(workspaces.create_workspace(service, posts.caller, name=body.name))
        ),
        body,
    )


@ROUTER.get("/workspaces/{workspace_id}")
def show_workspace(asks: Asks, workspace_id: Id) -> WorkspaceView:
    """Show a workspace."""
    return WorkspaceView.of(workspaces.workspace_meant(asks.service, asks.caller, workspace_id))


@ROUTER.delete("/workspaces/{workspace_id}", status_code=204)
def delete_workspace(request: Request, asks: Asks, workspace_id: Id) -> Response:
    """Delete a workspace with everything in it; operators only."""
    workspaces.delete_workspace(asks.service, asks.caller, workspace_id)
    request.app.state.callers.forget()
    return Response(status_code=204)
