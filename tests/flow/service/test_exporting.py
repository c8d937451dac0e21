"""A workspace goes into an archive and comes out the same, here and in another database."""

from __future__ import annotations

import contextlib
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.fake_service import OPERATOR, make_service, picture
from tests.flow.service.full_workspace import Full, fill
from tests.postgres import INSTALL, postgres_programs, postgres_server

from apprenti.domain.errors import AccessError, NotFoundError
from apprenti.domain.service import Caller, Role
from apprenti.flow.service import images, looking_back, predictions, trainings, workspaces
from apprenti.flow.service.exporting import CARD, export_workspace
from apprenti.flow.service.importing import Imported, import_workspace
from apprenti.flow.service.service import Service
from apprenti.store.database.whole import PARTS, rows_of


@pytest.fixture
def full(tmp_path: Path) -> Full:
    return fill(make_service(tmp_path / "here"), tmp_path)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Service:
    return make_service(tmp_path / "elsewhere", url=f"sqlite:///{tmp_path}/elsewhere.db")


def rows(service: Service, workspace_id: str) -> dict[str, list[dict[str, Any]]]:
    """Return every row of a workspace without what must differ: whose they are, and trainings put to rest."""
    with service.database.read() as tx:
        found = {part.name: [dict(row) for row in rows_of(tx, part, workspace_id)] for part in PARTS}
    for row in (row for of in found.values() for row in of):
        row.pop("workspace_id", None)
    for row in found["trainings"]:
        row["state"] = "cancelled" if row["state"] == "queued" else row["state"]
    return found


def taken_in(service: Service, archive: bytes, **options: str) -> Imported:
    return import_workspace(service, OPERATOR, io.BytesIO(archive), **options)


def same_in(full: Full, elsewhere: Service) -> None:
    came = taken_in(elsewhere, full.exported(), name="restored")
    assert came.workspace.name == "restored"
    assert not came.has_new_ids
    assert rows(elsewhere, came.workspace.id) == rows(full.service, full.here)
    assert all(came.n_rows.values())
    for image_id in full.images:
        there = images.image_bytes(elsewhere, OPERATOR, came.workspace.id, image_id)
        assert there == images.image_bytes(full.service, OPERATOR, full.here, image_id)
    photo = picture((3, 200, 70), side_px=50)
    asked = [
        predictions.classify(service, OPERATOR, here, full.task.id, photo, keeps_image=False)
        for service, here in ((full.service, full.here), (elsewhere, came.workspace.id))
    ]
    assert asked[0].answer == asked[1].answer
    assert asked[0].distance == asked[1].distance


def test_everything_comes_out_as_it_went_in_and_the_model_answers_the_same(
    full: Full, elsewhere: Service
) -> None:
    same_in(full, elsewhere)


@pytest.mark.slow
def test_what_was_in_sqlite_comes_out_the_same_in_postgresql(full: Full, tmp_path: Path) -> None:
    programs = postgres_programs()
    if programs is None:
        pytest.skip(f"no PostgreSQL here: {INSTALL}")
    with postgres_server(programs) as server:
        there = make_service(tmp_path / "there", url=server.new_url())
        with contextlib.closing(there.database):
            same_in(full, there)
            again = taken_in(there, full.exported())
            assert again.has_new_ids


def test_taken_in_beside_itself_all_ids_are_new_and_nothing_names_the_old_ones(full: Full) -> None:
    came = taken_in(full.service, full.exported())
    assert came.has_new_ids
    before, after = rows(full.service, full.here), rows(full.service, came.workspace.id)
    assert {name: len(of) for name, of in before.items()} == {name: len(of) for name, of in after.items()}
    old = {row["id"] for of in before.values() for row in of if "id" in row}
    said = json.dumps(after)
    assert not [id_ for id_ in old if id_ in said]
    photo = picture((3, 200, 70), side_px=50)
    (task_id,) = [row["id"] for row in after["tasks"]]
    answered = predictions.classify(full.service, OPERATOR, came.workspace.id, task_id, photo)
    assert answered.answer["labels"][0]["id"] in {row["id"] for row in after["labels"]}


def test_a_training_under_way_is_not_begun_again_where_it_comes_out(full: Full, elsewhere: Service) -> None:
    came = taken_in(elsewhere, full.exported())
    listed = trainings.list_trainings(elsewhere, OPERATOR, came.workspace.id).items
    assert sorted(job.state.value for job in listed) == ["cancelled", "done"]


def test_no_token_no_secret_and_no_address_is_in_an_archive(full: Full) -> None:
    with zipfile.ZipFile(io.BytesIO(full.exported())) as opened:
        names = [name for name in opened.namelist() if not name.startswith("blobs/")]
        said = b"".join(opened.read(name) for name in names)
    assert sorted(names) == sorted([CARD, *(f"rows/{part.name}.jsonl" for part in PARTS)])
    assert not [word for word in (b"secret", b'token"', b"webhook", b"http") if word in said]


def test_the_same_workspace_gives_the_same_bytes(full: Full) -> None:
    assert full.exported() == full.exported()


def test_both_stand_in_the_audit_log_and_take_an_owner_and_an_operator(
    full: Full, elsewhere: Service
) -> None:
    archive = full.exported()
    came = taken_in(elsewhere, archive)
    entries = looking_back.list_audit(full.service, OPERATOR, full.here, limit=500).items
    assert ("export", "workspace", full.here) in [(one.verb, one.noun, one.noun_id) for one in entries]
    entries = looking_back.list_audit(elsewhere, OPERATOR, came.workspace.id, limit=500).items
    assert [(one.verb, one.noun, one.details) for one in entries] == [
        ("import", "workspace", {"new_ids": False})
    ]
    editor = Caller(token_id="e", role=Role.EDITOR, workspace_id=full.here)
    owner = replace(editor, role=Role.OWNER)
    with pytest.raises(AccessError):
        export_workspace(full.service, editor, full.here, io.BytesIO())
    with pytest.raises(NotFoundError):
        export_workspace(elsewhere, owner, came.workspace.id, io.BytesIO())
    with pytest.raises(AccessError):
        import_workspace(full.service, owner, io.BytesIO(archive))


@pytest.fixture
def swept(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    from apprenti.flow.service import upkeep

    monkeypatch.setattr(upkeep, "ORPHANS_KEPT_SECONDS", 0.0)
    return upkeep.sweep_blobs


def test_a_deleted_workspace_leaves_no_bytes_but_those_that_another_needs(full: Full, swept: Any) -> None:
    other = workspaces.create_workspace(full.service, OPERATOR, name="other")
    shared = images.image_bytes(full.service, OPERATOR, full.here, full.images[0])
    kept, _ = images.add_image(full.service, OPERATOR, other.id, shared)
    workspaces.delete_workspace(full.service, OPERATOR, full.here)
    swept(full.service)
    assert list(full.service.blobs.hashes()) == [kept.sha256]
    with full.service.database.read() as tx:
        assert not [part.name for part in PARTS if list(rows_of(tx, part, full.here))]
    workspaces.create_workspace(full.service, OPERATOR, name="the last, which stays")
    workspaces.delete_workspace(full.service, OPERATOR, other.id)
    swept(full.service)
    assert list(full.service.blobs.hashes()) == []
