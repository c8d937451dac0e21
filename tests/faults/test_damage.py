"""A database whose pages are damaged is not served and not written to; the last export brings everything back."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.faults.life import photo
from tests.faults.running import ROOT, Running
from tests.faults.wholeness import problems_of

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


def run_command(*words: object) -> str:
    """Run ``apprenti`` as an operator does, and return what it says."""
    done = subprocess.run(
        [sys.executable, "-m", "apprenti", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


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
    archive = tmp_path / "everything.zip"
    run_command("workspace", "export", archive, "--data", server.data)
    damage(server.data / "apprenti.db", 1)
    restored = Running(tmp_path / "restored", options=["--workers", "0"])
    run_command("workspace", "import", archive, "--data", restored.data)
    with restored:
        there = restored.done("GET", "/images", limit=500)["items"]
        assert len(there) == N_PHOTOS
        for number, image in enumerate(there):
            data = restored.ask("GET", f"/images/{image['id']}/file").data
            assert data == photo(number, 0, side_px=16)
    assert problems_of(restored.data, ignoring="audit") == []
