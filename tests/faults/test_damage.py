"""A database whose pages are damaged is not served and not written to; the last export brings everything back."""

from __future__ import annotations

import hashlib
import io
import os
from pathlib import Path

import pytest
from tests.faults.life import photo
from tests.faults.process import OPERATOR
from tests.faults.running import Running

from apprenti.flow.service.exporting import export_workspace
from apprenti.flow.service.importing import import_workspace
from apprenti.flow.service.workspaces import workspace_meant
from apprenti.opening import Place, open_service

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

N_PHOTOS = 40
PAGE_BYTES = 4096
CHANGES_AT = 24


def hash_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def server(tmp_path: Path) -> Running:
    """Return a server that has photos, and is not running."""
    with Running(tmp_path / "server", options=["--workers", "0"]) as server:
        for number in range(N_PHOTOS):
            server.done("POST", "/images", photo(number, 0, side_px=16), content_type="image/png")
    return server


def exported(server: Running) -> bytes:
    out = io.BytesIO()
    with open_service(Place(folder=server.data), os.environ) as service:
        export_workspace(service, OPERATOR, workspace_meant(service, OPERATOR, None).id, out)
    return out.getvalue()


def damage(path: Path, first_page: int) -> None:
    """Write over every page from one on; those in memory are out of date, as if another process had written."""
    with path.open("r+b") as file:
        file.seek(CHANGES_AT)
        n_changes = int.from_bytes(file.read(4), "big")
        file.seek(CHANGES_AT)
        file.write((n_changes + 1).to_bytes(4, "big"))
        file.seek(first_page * PAGE_BYTES)
        file.write(b"\xa5" * (path.stat().st_size - first_page * PAGE_BYTES))


@pytest.mark.parametrize("kind", ["truncated", "overwritten", "no database"])
def test_a_damaged_database_is_not_served_nor_written(kind: str, server: Running) -> None:
    path = server.data / "apprenti.db"
    if kind == "truncated":
        os.truncate(path, path.stat().st_size // 2 // PAGE_BYTES * PAGE_BYTES + 100)
    elif kind == "overwritten":
        damage(path, path.stat().st_size // PAGE_BYTES // 2)
    else:
        path.write_bytes(b"\xa5" * 10_000)
    before = hash_of(path)
    with pytest.raises(RuntimeError, match=r"the database is damaged \(.*restore the last export"):
        server.start()
    assert hash_of(path) == before


def test_a_page_damaged_under_a_running_server_is_told_and_nothing_is_written_after(server: Running) -> None:
    path = server.data / "apprenti.db"
    with server:
        damage(path, 1)
        answered = [server.ask("GET", place) for place in ("/images", "/tasks", "/audit", "/labels")]
        assert {(one.status, one.code) for one in answered if not one.ok} == {(503, "store_damaged")}
        before = hash_of(path)
        for number in range(3):
            sent = server.ask("POST", "/images", photo(100 + number, 0), content_type="image/png")
            assert (sent.status, sent.code) == (503, "store_damaged")
        assert hash_of(path) == before
        assert server.ask("GET", "/health/live").ok
        assert server.ask("GET", "/health/ready").status == 503


def test_the_last_export_brings_everything_back(server: Running, tmp_path: Path) -> None:
    archive = exported(server)
    damage(server.data / "apprenti.db", 1)
    with Running(tmp_path / "restored", options=["--workers", "0"]) as restored:
        restored.kill()
        with open_service(Place(folder=restored.data), os.environ) as service:
            came = import_workspace(service, OPERATOR, io.BytesIO(archive), name="restored")
        restored.start()
        there = restored.done("GET", "/images", limit=500, workspace=came.workspace.id)["items"]
        assert len(there) == N_PHOTOS
        for number, image in enumerate(there):
            place = f"/images/{image['id']}/file"
            data = restored.ask("GET", place, workspace=came.workspace.id).data
            assert data == photo(number, 0, side_px=16)
