"""Rows 4, 5 and 6, for the archive of a workspace: `../`, absolute and odd paths, links, as members and in rows.

Expected: the archive is refused and nothing is written; no name in it ever becomes part of a path.
"""

from __future__ import annotations

import io
import stat
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from tests.fake_service import OPERATOR, make_service
from tests.flow.service.full_workspace import Full, changed, with_row

from apprenti.domain.errors import DataError
from apprenti.flow.service.importing import import_workspace
from apprenti.store.blobs import FolderBlobs

PATHS = (
    "../outside",
    "/tmp/outside",
    "..\\outside",
    "%2e%2e/outside",
    "blobs/../../outside",
    "blobs/" + "A" * 64,
)


def refuse(archive: io.BytesIO, folder: Path) -> None:
    inside = folder / "inside"
    elsewhere = replace(make_service(inside / "work"), blobs=FolderBlobs(inside / "blobs"))
    before = sorted(folder.rglob("*"))
    with pytest.raises(DataError):
        import_workspace(elsewhere, OPERATOR, archive)
    assert [path for path in sorted(folder.rglob("*")) if path not in before and path.name != "lock"] == []


@pytest.mark.parametrize("path", PATHS)
def test_a_member_with_another_path_is_refused(path: str, full: Full, tmp_path: Path) -> None:
    refuse(changed(full.exported(), lambda members: members.update({path: b"x"})), tmp_path)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("table", "field"),
    [("images", "sha256"), ("images", "format"), ("versions", "model_sha256"), ("tasks", "id")],
)
def test_a_row_with_a_path_is_refused(table: str, field: str, path: str, full: Full, tmp_path: Path) -> None:
    refuse(with_row(full.exported(), table, **{field: path}), tmp_path)


def test_a_link_is_refused(full: Full, tmp_path: Path) -> None:
    archive = io.BytesIO(full.exported())
    with zipfile.ZipFile(archive, "a") as opened:
        link = zipfile.ZipInfo("blobs/" + "0" * 64)
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        opened.writestr(link, "/etc/passwd")
    archive.seek(0)
    refuse(archive, tmp_path)


def test_a_member_that_is_there_twice_is_refused(full: Full, tmp_path: Path) -> None:
    archive = io.BytesIO(full.exported())
    with zipfile.ZipFile(archive, "a") as opened, pytest.warns(UserWarning, match="Duplicate"):
        opened.writestr("rows/tasks.jsonl", b"")
    archive.seek(0)
    refuse(archive, tmp_path)
