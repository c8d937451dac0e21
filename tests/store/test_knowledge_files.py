"""The disk tells how much knowledge there is and since when, and forgetting leaves none of it there."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
from tests.made_knowledge import a_record, files_in, learn

from apprenti.domain.errors import UserError
from apprenti.store import own_records, read_cells, storage_facts
from apprenti.store.imports import add_import, import_files
from apprenti.store.knowledge_files import forget
from apprenti.store.knowledge_lines import digest_of, line_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Knowledge of two own trainings and one import, with what a crash left of two others."""
    knowledge = tmp_path / "knowledge"
    learn(knowledge, 1, 2)
    line = line_of(a_record(3))
    add_import(knowledge, {digest_of(line): line}, own=own_records(knowledge).keys())
    (knowledge / ".0123456789abcdef.part").write_bytes(line)
    (knowledge / "imported" / ".0123456789abcdef.part").write_bytes(line)
    (tmp_path / "outside.json").write_text("not ours")
    (knowledge / "notes.json").write_text("not ours")
    return knowledge


def test_facts_come_from_the_disk_alone(folder: Path) -> None:
    for path in folder.glob("*.json"):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    for path in import_files(folder):  # when others learnt is not told
        os.utime(path, (0, 0))
    (folder / "notes.json").unlink()
    facts = storage_facts(folder)
    assert (facts.since, facts.n_damaged) == (date(2023, 11, 14), 0)
    whole = [content for name, content in files_in(folder).items() if not name.endswith(".part")]
    assert facts.n_bytes == sum(map(len, whole))


def test_a_damaged_file_is_counted(folder: Path) -> None:
    next(iter(sorted(folder.glob("[0-9a-f]*.json")))).write_bytes(b"")
    next(import_files(folder)).write_bytes(b"")
    assert storage_facts(folder).n_damaged == 2


def test_nothing_is_known_of_a_folder_that_is_not_there(tmp_path: Path) -> None:
    facts = storage_facts(tmp_path / "missing")
    assert (facts.n_bytes, facts.n_damaged, facts.since) == (0, 0, None)
    forget(tmp_path / "missing")


def test_forgetting_leaves_nothing_of_ours_and_everything_else(folder: Path) -> None:
    forget(folder)
    assert read_cells(folder) == []
    assert list(files_in(folder)) == ["notes.json"]
    assert (folder.parent / "outside.json").exists()


def test_forgetting_what_others_taught_keeps_ones_own(folder: Path) -> None:
    forget(folder, imports_only=True)
    assert [record.foreign for record in read_cells(folder)] == [False, False]
    assert list((folder / "imported").iterdir()) == []


def test_forgetting_damaged_files_too(folder: Path) -> None:
    for path in (*folder.glob("*.json"), *import_files(folder)):
        path.write_bytes(b"half of a train")
    forget(folder)
    assert list(files_in(folder)) == ["notes.json"]


def test_a_link_is_deleted_and_what_it_leads_to_stays(folder: Path) -> None:
    link = folder / f"{'0' * 64}.json"
    link.symlink_to(folder.parent / "outside.json")
    forget(folder)
    assert not link.is_symlink()
    assert (folder.parent / "outside.json").read_text() == "not ours"


def test_a_training_can_be_kept_right_after_forgetting(folder: Path) -> None:
    forget(folder)
    learn(folder, 9)
    assert len(read_cells(folder)) == 1


def test_a_file_that_cannot_be_deleted_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", fail)
    with pytest.raises(UserError, match="could not be deleted") as caught:
        forget(folder)
    assert "{" not in caught.value.said("fr")
