from __future__ import annotations

from pathlib import Path

import pytest

from apprenti.domain.errors import InterruptedWorkError, UserError
from apprenti.domain.seams import Journal
from apprenti.store import FolderJournal, MemoryJournal


def taken_over() -> None:
    raise InterruptedWorkError("work_interrupted", item="training")


def journals(folder: Path) -> list[Journal]:
    return [FolderJournal(folder / "journal"), MemoryJournal()]


def test_what_was_recorded_is_recalled_and_what_was_not_is_not(tmp_path: Path) -> None:
    for journal in journals(tmp_path):
        assert journal.recall("read") is None
        journal.record("read", b"photos")
        journal.record("race-0001", b"")
        assert journal.recall("read") == b"photos"
        assert journal.recall("race-0001") == b""
        assert journal.recall("race-0002") is None


def test_another_process_recalls_it_too(tmp_path: Path) -> None:
    FolderJournal(tmp_path).record("read", b"photos")
    assert FolderJournal(tmp_path).recall("read") == b"photos"


def test_a_step_is_recorded_once(tmp_path: Path) -> None:
    for journal in journals(tmp_path):
        journal.record("read", b"photos")
        with pytest.raises(ValueError, match="has been recorded"):
            journal.record("read", b"others")
        assert journal.recall("read") == b"photos"


def test_forgotten_steps_can_be_recorded_again(tmp_path: Path) -> None:
    for journal in journals(tmp_path):
        journal.record("read", b"photos")
        journal.forget()
        assert journal.recall("read") is None
        journal.record("read", b"others")
        assert journal.recall("read") == b"others"


def test_a_torn_or_altered_record_is_not_seen_and_gives_way_to_a_whole_one(tmp_path: Path) -> None:
    journal = FolderJournal(tmp_path)
    journal.record("read", b"photos of cats")
    path = tmp_path / "read.step"
    whole = path.read_bytes()
    altered = whole[:-1] + bytes([whole[-1] ^ 1])
    for torn in (*(whole[:length] for length in range(len(whole))), altered, whole + b"\0"):
        path.write_bytes(torn)
        assert journal.recall("read") is None
    journal.record("read", b"photos of dogs")
    assert journal.recall("read") == b"photos of dogs"


def test_a_record_under_the_name_of_another_step_is_not_seen(tmp_path: Path) -> None:
    journal = FolderJournal(tmp_path)
    journal.record("read", b"photos")
    (tmp_path / "read.step").rename(tmp_path / "reached.step")
    assert journal.recall("reached") is None


def test_who_lost_the_work_records_and_forgets_nothing(tmp_path: Path) -> None:
    MemoryJournal().record("read", b"photos")
    FolderJournal(tmp_path).record("read", b"photos")
    lost = FolderJournal(tmp_path, still_mine=taken_over)
    for refused in (lambda: lost.record("landmarks", b""), lost.forget):
        with pytest.raises(InterruptedWorkError):
            refused()
    assert lost.recall("read") == b"photos"
    assert lost.recall("landmarks") is None
    in_memory = MemoryJournal(still_mine=taken_over)
    with pytest.raises(InterruptedWorkError):
        in_memory.record("read", b"photos")
    assert in_memory.steps == {}


def test_a_step_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    for name in ("../read", "a/b", "", "READ", "read.step", "read\n"):
        with pytest.raises(ValueError, match="no name of a step"):
            FolderJournal(tmp_path / "journal").record(name, b"")
    assert not (tmp_path / "read.step").exists()


def test_a_place_that_cannot_be_written_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UserError):
        FolderJournal(tmp_path / "file").record("read", b"photos")


def test_what_a_kill_left_half_written_goes_with_the_rest(tmp_path: Path) -> None:
    journal = FolderJournal(tmp_path)
    journal.record("read", b"photos")
    (tmp_path / ".0123456789abcdef.part").write_bytes(b"half")
    journal.forget()
    assert list(tmp_path.iterdir()) == []
