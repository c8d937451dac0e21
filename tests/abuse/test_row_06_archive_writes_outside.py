"""Row 6: a zip or tar writes outside its folder, by a name or by a link.

Bitten: Ludwig CVE-2026-104103. Expected: the archive is refused, nothing is written.
"""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.stages.ingest.photos import png, read

from apprenti.domain.errors import DataError
from apprenti.error_table import outcome_of

NAMES = ["../evil.png", "a/../../evil.png", "/tmp/evil.png", "..\\evil.png", "C:\\evil.png", "\\\\host\\evil.png",
         "a/..", "//host/evil.png", "a\\..\\..\\evil.png"]  # fmt: skip


def a_zip(path: Path, name: str, link_to: str = "") -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("cat/1.png", png(1))
        entry = zipfile.ZipInfo("x")
        entry.filename = name
        entry.create_system = 3
        entry.external_attr = (0o120777 if link_to else 0o100644) << 16
        archive.writestr(entry, link_to or png(2))


def a_tar(path: Path, name: str, link_to: str = "") -> None:
    with tarfile.open(path, "w:gz") as archive:
        for member, data in (("cat/1.png", png(1)), (name, png(2))):
            entry = tarfile.TarInfo(member)
            entry.size = len(data)
            if link_to and member == name:
                entry.type, entry.linkname, entry.size = tarfile.SYMTYPE, link_to, 0
            archive.addfile(entry, io.BytesIO(data))


def refused(archive: Path) -> None:
    """Read it as a user's upload would be, and make sure that nothing at all was written anywhere near."""
    workspace = archive.parent / "workspace"
    with pytest.raises(DataError) as caught:
        read(archive, workspace)
    assert outcome_of(caught.value).http_status == 422
    assert sorted(path.name for path in archive.parent.rglob("*")) == sorted([archive.name, "workspace"])
    assert not Path("/tmp/evil.png").exists()


@pytest.mark.parametrize("make", [a_zip, a_tar])
@pytest.mark.parametrize("name", NAMES)
def test_a_member_that_leads_outside_refuses_the_archive(
    tmp_path: Path, make: Callable[[Path, str], None], name: str
) -> None:
    make(tmp_path / "photos.archive", name)
    refused(tmp_path / "photos.archive")


@pytest.mark.parametrize("make", [a_zip, a_tar])
@pytest.mark.parametrize("link_to", ["/etc", "../..", "cat/1.png"])
def test_a_link_refuses_the_archive_wherever_it_leads(
    tmp_path: Path, make: Callable[[Path, str, str], None], link_to: str
) -> None:
    make(tmp_path / "photos.archive", "cat/link", link_to)
    refused(tmp_path / "photos.archive")
