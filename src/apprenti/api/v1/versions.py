"""Routes of versions: which model answers, and going back in one call."""

from __future__ import annotations

import time
from typing import Annotated

from fastapi import Path, Query, Response
from fastapi.responses import JSONResponse

from apprenti.api.v1.asking import LARGEST, Asks, Cursor, Id, Limit, Posts, done, nouns
from apprenti.api.v1.schemas import Listed
from apprenti.api.v1.schemas_comparisons import ComparisonView
from apprenti.api.v1.schemas_tasks import TaskView
from apprenti.api.v1.schemas_trainings import Promotion, VersionView
from apprenti.domain.service import Role
from apprenti.flow.export import ENDINGS, Format, exported
from apprenti.flow.service import access, comparing, versions

ROUTER = nouns("versions")
Number = Annotated[int, Path(ge=1, le=LARGEST)]
_EXPORTS = {
    "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
    "text/plain": {"schema": {"type": "string"}},
}
_FILE = {"application/zip": {"schema": {"type": "string", "format": "binary"}}}


@ROUTER.get("/tasks/{task_id}/versions")
def list_versions(asks: Asks, task_id: Id, cursor: Cursor = None, limit: Limit = 50) -> Listed[VersionView]:
    """List the versions of a task, newest first."""
    page = versions.list_versions(*asks.who, task_id=task_id, cursor=cursor, limit=limit)
    return Listed(
        items=[VersionView.of(version, asks.lang) for version in page.items], next_cursor=page.next_cursor
    )


@ROUTER.get("/tasks/{task_id}/versions/{number}")
def show_version(asks: Asks, task_id: Id, number: Number) -> VersionView:
    """Show a version and how it scored."""
    return VersionView.of(versions.get_version(*asks.who, task_id, number), asks.lang)


@ROUTER.get(
    "/tasks/{task_id}/versions/{number}/model",
    response_class=Response,
    responses={200: {"description": "an .apprenti file", "content": _FILE}},
)
def download_model(asks: Asks, task_id: Id, number: Number) -> Response:
    """Fetch the model file of a version, to serve or export it elsewhere; owners only."""
    access.allow(asks.caller, asks.workspace_id, Role.OWNER)
    data = versions.model_file(*asks.who, task_id, number)
    name = f'attachment; filename="{task_id}-{number}.apprenti"'
    return Response(data, media_type="application/zip", headers={"content-disposition": name})


@ROUTER.get(
    "/tasks/{task_id}/versions/{number}/export",
    response_class=Response,
    responses={200: {"description": "the file", "content": _EXPORTS}},
)
def export_model(
    asks: Asks,
    task_id: Id,
    number: Number,
    form: Annotated[
        Format,
        Query(description="a graph for any ONNX runtime, the same in 8 bits, or the labels, one a line"),
    ] = Format.ONNX,
    force: Annotated[bool, Query(description="8 bits although they cost too much")] = False,
) -> Response:
    """Export a version for other programs, checked before it is handed out; owners only."""
    access.allow(asks.caller, asks.workspace_id, Role.OWNER)
    data = versions.model_file(*asks.who, task_id, number)
    content = exported(data, form, item=str(number), force=force, cpu_clock=time.thread_time)
    name = f'attachment; filename="{task_id}-{number}{ENDINGS[form]}"'
    kind = "text/plain" if form is Format.LABELS else "application/octet-stream"
    return Response(content, media_type=kind, headers={"content-disposition": name})


@ROUTER.get("/tasks/{task_id}/versions/{number}/comparison")
def compare_versions(
    asks: Asks,
    task_id: Id,
    number: Number,
    other: Annotated[
        int | None, Query(ge=1, le=LARGEST, description="the one in production by default")
    ] = None,
) -> ComparisonView:
    """Compare a version with another on the task's test photos; where that takes long, asking again goes on with it."""
    made = comparing.compare(*asks.who, task_id, other, number)
    return ComparisonView.of(made)


@ROUTER.delete("/tasks/{task_id}/versions/{number}", status_code=204)
def delete_version(asks: Asks, task_id: Id, number: Number) -> Response:
    """Delete a version and its model file, unless it is the one that answers; owners only."""
    versions.delete_version(*asks.who, task_id, number)
    return Response(status_code=204)


@ROUTER.post("/tasks/{task_id}/versions/{number}/promote", response_model=TaskView)
def promote_version(posts: Posts, task_id: Id, number: Number, body: Promotion | None = None) -> JSONResponse:
    """Let a version answer from now on; owners only."""
    how = body or Promotion()
    return posts.once(
        lambda service: done(TaskView.of(versions.promote(*posts.of(service), task_id, number, pin=how.pin))),
        how,
    )


@ROUTER.post("/tasks/{task_id}/roll-back", response_model=TaskView)
def roll_back_task(posts: Posts, task_id: Id) -> JSONResponse:
    """Let the version answer that did before the present one; owners only."""
    return posts.once(lambda service: done(TaskView.of(versions.roll_back(*posts.of(service), task_id))))


@ROUTER.post("/tasks/{task_id}/unpin", response_model=TaskView)
def unpin_task(posts: Posts, task_id: Id) -> JSONResponse:
    """Let better challengers take the place of the version in production again; owners only."""
    return posts.once(lambda service: done(TaskView.of(versions.unpin(*posts.of(service), task_id))))
