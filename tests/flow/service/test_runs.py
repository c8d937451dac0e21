"""What lessons need of a training belongs to its version, and to its workspace alone."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.fake_service import OPERATOR, make_service
from tests.flow.service.full_workspace import Full, fill, with_row
from tests.lessons.contexts import context_named

from apprenti.blocks.run_file import write_run
from apprenti.domain.errors import AccessError, DataError, NotFoundError
from apprenti.domain.lesson_context import LessonContext
from apprenti.domain.service import Caller, Role, Version
from apprenti.flow.service import runs, tasks, versions, workspaces
from apprenti.flow.service.importing import import_workspace
from apprenti.flow.service.upkeep import sweep_blobs
from apprenti.store.database import versions as table


@pytest.fixture
def full(tmp_path: Path) -> Full:
    return fill(make_service(tmp_path / "work"), tmp_path)


def once(key: str, read: Callable[[], LessonContext]) -> LessonContext:
    return read()


def version_of(full: Full) -> Version:
    return versions.get_version(full.service, OPERATOR, full.here, full.task.id, 1)


def test_a_version_is_offered_and_opened_by_the_first_digits_of_its_model(full: Full) -> None:
    (kept,) = runs.list_runs(full.service, OPERATOR, full.here)
    assert kept.id == version_of(full).model_sha256[:12]
    assert kept.name == "clothes · 1"
    found = runs.find_run(full.service, OPERATOR, full.here, kept.id)
    context = runs.open_kept_run(full.service, OPERATOR, found, once=once)
    assert (context.run_id, context.name) == (kept.id, "clothes · 1")
    assert context.report == context_named("four_photos").report


def test_what_people_put_right_is_part_of_it(full: Full) -> None:
    (kept,) = runs.list_runs(full.service, OPERATOR, full.here)
    (corrected,) = runs.open_kept_run(full.service, OPERATOR, kept, once=once).corrections
    names = {
        label.id: label.name
        for label, _ in tasks.task_labels(full.service, OPERATOR, full.here, full.task.id)
    }
    assert {corrected.answered, corrected.corrected} <= set(names.values())
    assert corrected.name.startswith("images/")


def test_the_newest_version_comes_first(full: Full) -> None:
    second = replace(version_of(full), id=full.service.new_id(), number=2, model_sha256="b" * 64)
    without = replace(second, id=full.service.new_id(), number=3, run_sha256="")
    with full.service.database.write() as tx:
        table.insert(tx, second, without)
    found = runs.list_runs(full.service, OPERATOR, full.here)
    assert [kept.name for kept in found] == ["clothes · 2", "clothes · 1"]


@pytest.mark.parametrize("run_id", ["", "%", "_" * 12, "0" * 12, "0" * 64, "../../etc", "digits"])
def test_there_is_no_run_of_another_name(full: Full, run_id: str) -> None:
    with pytest.raises(NotFoundError):
        runs.find_run(full.service, OPERATOR, full.here, run_id)


def test_a_run_of_one_workspace_is_not_there_in_another(full: Full) -> None:
    other = workspaces.create_workspace(full.service, OPERATOR, name="Other").id
    (kept,) = runs.list_runs(full.service, OPERATOR, full.here)
    assert runs.list_runs(full.service, OPERATOR, other) == ()
    with pytest.raises(NotFoundError):
        runs.find_run(full.service, OPERATOR, other, kept.id)
    stranger = Caller(token_id="stranger", role=Role.OWNER, workspace_id=other)
    for ask in (
        lambda: runs.list_runs(full.service, stranger, full.here),
        lambda: runs.find_run(full.service, stranger, full.here, kept.id),
        lambda: runs.open_kept_run(full.service, stranger, kept, once=once),
    ):
        with pytest.raises((AccessError, NotFoundError)):
            ask()


def test_it_is_swept_with_its_version_and_not_before(full: Full) -> None:
    run = version_of(full).run_sha256
    sweep_blobs(full.service)
    assert full.service.blobs.has(run)
    tasks.delete_task(full.service, OPERATOR, full.here, full.task.id)
    sweep_blobs(full.service)
    assert not full.service.blobs.has(run)


def test_it_is_deleted_with_its_version(full: Full) -> None:
    run = version_of(full).run_sha256
    tasks.change_task(full.service, OPERATOR, full.here, full.task.id)
    with full.service.database.write() as tx:
        runs.task_table.change(tx, full.here, full.task.id, production_version=None)
    versions.delete_version(full.service, OPERATOR, full.here, full.task.id, 1)
    assert not full.service.blobs.has(run)


def test_it_travels_with_its_workspace(full: Full) -> None:
    made = import_workspace(full.service, OPERATOR, io.BytesIO(full.exported()), name="Copy")
    (kept,) = runs.list_runs(full.service, OPERATOR, made.workspace.id)
    assert runs.open_kept_run(full.service, OPERATOR, kept, once=once).corrections


def test_an_archive_whose_run_is_something_else_is_refused(full: Full) -> None:
    reference = version_of(full).known_sha256
    with pytest.raises(DataError):
        import_workspace(full.service, OPERATOR, with_row(full.exported(), "versions", run_sha256=reference))


def test_an_older_archive_without_runs_is_taken(full: Full) -> None:
    archive = with_row(full.exported(), "versions", run_sha256="")
    made = import_workspace(full.service, OPERATOR, archive, name="Older")
    assert runs.list_runs(full.service, OPERATOR, made.workspace.id) == ()


def test_a_training_leaves_its_run_as_a_blob_and_nothing_where_it_left_none(
    full: Full, tmp_path: Path
) -> None:
    model = tmp_path / "model.apprenti"
    assert runs.keep_run(full.service, model) == ""
    model.with_suffix(".run").write_bytes(b"broken")
    assert runs.keep_run(full.service, model) == ""
    data = write_run(context_named("four_photos"))
    model.with_suffix(".run").write_bytes(data)
    assert full.service.blobs.get(runs.keep_run(full.service, model)) == data
