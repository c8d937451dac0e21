"""Routes of archives: a workspace whole, out of one service and into another."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import IO, Annotated

from anyio import to_thread
from fastapi import Query, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from starlette.concurrency import iterate_in_threadpool

from apprenti.api.refusals import RefusedError
from apprenti.api.v1.asking import Asks, Id, Posts, made, nouns
from apprenti.api.v1.schemas_access import ImportedView
from apprenti.domain.errors import StoreError
from apprenti.domain.service import Role
from apprenti.flow.service import access, exporting, importing, workspaces

ROUTER = nouns("workspaces")
ARCHIVES = "/v1/archives"
MOST_BYTES = 100_000_000_000
"""Of an archive that is sent; the disk is usually full before."""
PIECE_BYTES = 1 << 20
_ZIP = {"application/zip": {"schema": {"type": "string", "format": "binary"}}}


@ROUTER.get(
    "/workspaces/{workspace_id}/archive",
    response_class=Response,
    responses={200: {"description": "every row, image and model, and no token or secret", "content": _ZIP}},
)
def export_workspace(asks: Asks, workspace_id: Id) -> Response:
    """Fetch a workspace as one archive, as it stands at this moment; owners only."""
    access.allow(asks.caller, asks.workspace_id, Role.OWNER)
    workspaces.workspace_meant(asks.service, asks.caller, workspace_id)
    access.allow(asks.caller, workspace_id, Role.OWNER)
    with _disk_told():
        file = _nameless(asks.service.folder)
        try:
            exporting.export_workspace(asks.service, asks.caller, workspace_id, file)
        except BaseException:
            file.close()
            raise
    headers = {
        "content-disposition": f'attachment; filename="{workspace_id}.zip"',
        "content-length": str(file.tell()),
    }
    return StreamingResponse(
        iterate_in_threadpool(_pieces(file)), media_type="application/zip", headers=headers
    )


@ROUTER.post(
    "/archives",
    status_code=201,
    response_model=ImportedView,
    openapi_extra={"requestBody": {"required": True, "content": _ZIP}},
)
async def import_workspace(
    request: Request,
    posts: Posts,
    name: Annotated[
        str | None, Query(max_length=200, description="of the new workspace; by default the one it had")
    ] = None,
) -> JSONResponse:
    """Make a workspace of an archive: all of it, or nothing; operators only."""
    access.require_operator(posts.caller)
    async with _received(request, posts.service.folder) as (archive, sha256):
        return await to_thread.run_sync(
            lambda: posts.once_long(
                lambda service: made(
                    ImportedView.of(importing.import_workspace(service, posts.caller, archive, name=name))
                ),
                sha256,
            )
        )


@asynccontextmanager
async def _received(request: Request, folder: Path) -> AsyncIterator[tuple[IO[bytes], bytes]]:
    """Give the body of a request as a file, and the SHA-256 of it."""
    digest = hashlib.sha256()
    with _disk_told(), _nameless(folder) as file:
        async for piece in request.stream():
            digest.update(piece)
            await to_thread.run_sync(file.write, piece)
        if not file.tell():
            raise RefusedError("body_empty", 400)
        file.seek(0)
        yield file, digest.digest()


def _nameless(folder: Path) -> IO[bytes]:
    """Return a file that is gone as soon as it is closed, however this process ends."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return tempfile.TemporaryFile(dir=folder)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0, os.SEEK_SET)
        while piece := file.read(PIECE_BYTES):
            yield piece


@contextmanager
def _disk_told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError("store_full", cause=error.strerror or str(error)) from error
