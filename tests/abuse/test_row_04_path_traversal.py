"""Row 4: `../`, `%252e`, backslash, absolute path. Names are words for people: no path is ever made of one.

Source: MLflow CVE-2023-1177, CVE-2023-2356, CVE-2023-2780.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.fake_service import OPERATOR, default_workspace, make_service, picture

from apprenti.domain.errors import NotFoundError, OptionError
from apprenti.flow.service import images, labels, tasks, trainings
from apprenti.flow.service.images import ImageWords, Said
from apprenti.flow.service.snapshot import unique_names
from apprenti.flow.service.tasks import TaskSettings
from apprenti.store.blobs import FolderBlobs

NAMES = ("../../etc/passwd", "/etc/passwd", "..\\..\\boot.ini", "%252e%252e%252fetc", "C:\\x", "a/../b", "..")


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_is_a_path_is_a_name(tmp_path: Path, name: str) -> None:
    service = make_service(tmp_path / "service")
    here = default_workspace(service)
    label = labels.create_label(service, OPERATOR, here, name=name)
    task = tasks.create_task(service, OPERATOR, here, TaskSettings(name=name))
    words = ImageWords(name=name)
    image, _ = images.add_image(
        service, OPERATOR, here, picture(), words=words, shows=[Said(label_id=label.id)]
    )
    assert images.get_image(service, OPERATOR, here, image.id).name == name
    assert tasks.get_task(service, OPERATOR, here, task.id).name == name
    assert list(unique_names([label]).values()) == [name]
    assert list(tmp_path.rglob("*passwd*")) == []


@pytest.mark.parametrize("name", [*NAMES, "", "ab" * 31, "AB" * 32, "g" * 64, "ab" * 32 + "/x"])
def test_a_blob_is_asked_for_by_a_hash_and_by_nothing_else(tmp_path: Path, name: str) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(b"secret")
    blobs = FolderBlobs(tmp_path / "blobs")
    for ask in (blobs.get, blobs.has, blobs.delete):
        with pytest.raises((ValueError, OptionError, NotFoundError)):
            ask(name)
    assert outside.read_bytes() == b"secret"


@pytest.mark.parametrize("id_", NAMES)
def test_an_id_that_is_a_path_is_an_id_nobody_has(tmp_path: Path, id_: str) -> None:
    service = make_service(tmp_path)
    here = default_workspace(service)
    for ask in (tasks.get_task, labels.get_label, images.image_bytes, trainings.get_training):
        with pytest.raises(NotFoundError):
            ask(service, OPERATOR, here, id_)
