"""Row 5: deleting outside the root. What is deleted is named by an id or a hash; anything else is not there.

Source: MLflow CVE-2024-1560.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.fake_service import OPERATOR, default_workspace, make_service, picture

from apprenti.domain.errors import NotFoundError
from apprenti.flow.service import images, labels, tasks, versions, workspaces
from apprenti.store.blobs import FolderBlobs


def tree(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "lock"
    }


@pytest.mark.parametrize("id_", ["../outside", "%2e%2e/outside", "/", "..", "outside\x00", "*"])
def test_nothing_is_deleted_by_a_path_and_the_tree_is_unchanged(tmp_path: Path, id_: str) -> None:
    (tmp_path / "outside").write_bytes(b"precious")
    service = replace(make_service(tmp_path / "service"), blobs=FolderBlobs(tmp_path / "blobs"))
    here = default_workspace(service)
    images.add_image(service, OPERATOR, here, picture())
    before = tree(tmp_path)
    for delete in (
        lambda: images.delete_images(service, OPERATOR, here, [id_]),
        lambda: labels.delete_label(service, OPERATOR, here, id_, with_images=True),
        lambda: tasks.delete_task(service, OPERATOR, here, id_),
        lambda: versions.delete_version(service, OPERATOR, here, id_, 1),
        lambda: workspaces.delete_workspace(service, OPERATOR, id_),
    ):
        with pytest.raises(NotFoundError):
            delete()
    assert tree(tmp_path) == before
