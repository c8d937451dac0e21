"""Merging is a union, and nothing that goes wrong in the middle of it costs anything."""

from __future__ import annotations

import errno
import itertools
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.made_knowledge import a_record, files_in, learn
from tests.store import mergers

from apprenti.domain.errors import KnowledgeFileError, UserError
from apprenti.store import imports, own_records, read_cells, records_by_digest
from apprenti.store.imports import add_import
from apprenti.store.knowledge_lines import digest_of, line_of

ROOT = Path(__file__).parents[2]


def lines_of(*numbers: int) -> dict[str, bytes]:
    lines = [line_of(a_record(number)) for number in numbers]
    return {digest_of(line): line for line in lines}


def merge(folder: Path, *numbers: int) -> int:
    folder.mkdir(exist_ok=True)
    return add_import(folder, lines_of(*numbers), own=own_records(folder).keys())


def numbers_in(folder: Path) -> list[int]:
    return sorted(round(record.profile.brightness * 1000) for record in read_cells(folder))


def test_what_is_merged_is_there_beside_what_was_learnt_and_is_told_apart(tmp_path: Path) -> None:
    learn(tmp_path, 1, 2)
    assert merge(tmp_path, 3, 4) == 2
    assert numbers_in(tmp_path) == [1, 2, 3, 4]
    assert [record.foreign for record in read_cells(tmp_path)] == [False, False, True, True]


def test_a_training_that_comes_back_from_others_stays_ones_own(tmp_path: Path) -> None:
    learn(tmp_path, 1, 2)
    assert merge(tmp_path, 1, 2, 3) == 1
    assert numbers_in(tmp_path) == [1, 2, 3]
    assert sum(record.foreign for record in read_cells(tmp_path)) == 1
    before = files_in(tmp_path)
    assert merge(tmp_path, 1, 2) == 0
    assert files_in(tmp_path) == before


def test_merging_again_changes_nothing(tmp_path: Path) -> None:
    merge(tmp_path, 1, 2, 3)
    before = files_in(tmp_path)
    assert merge(tmp_path, 3, 2, 1) == 0
    assert merge(tmp_path, 2) == 0
    assert files_in(tmp_path) == before


def test_a_later_export_of_the_same_people_takes_the_place_of_the_older_one(tmp_path: Path) -> None:
    merge(tmp_path, 1, 2)
    assert merge(tmp_path, 1, 2, 3) == 1
    assert numbers_in(tmp_path) == [1, 2, 3]
    assert len(files_in(tmp_path)) == 1


@pytest.mark.parametrize("seed", range(4))
def test_imports_end_in_the_same_files_in_whatever_order_they_come(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    subsets = [rng.sample(range(8), rng.randint(1, 6)) for _ in range(4)]
    ends = []
    orders = rng.sample(list(itertools.permutations(subsets)), 8)
    for place, order in enumerate(orders):
        folder = tmp_path / str(place)
        learn(folder, 0, 1)
        for subset in order:
            merge(folder, *subset)
        ends.append(files_in(folder))
        assert numbers_in(folder) == sorted({0, 1}.union(*subsets))
    assert all(end == ends[0] for end in ends)


def test_an_import_that_is_damaged_is_passed_over_and_can_be_merged_again(tmp_path: Path) -> None:
    merge(tmp_path, 1, 2)
    (path,) = imports.import_files(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-10])
    assert read_cells(tmp_path) == []
    assert merge(tmp_path, 1, 2) == 2
    assert path.read_bytes() == whole


def test_a_damaged_import_is_not_thrown_away_because_another_comes(tmp_path: Path) -> None:
    merge(tmp_path, 1, 2)
    (path,) = imports.import_files(tmp_path)
    path.write_bytes(path.read_bytes()[:-10])
    merge(tmp_path, 3)
    assert path.exists()


def test_there_is_an_end_to_what_others_may_add(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "MAX_IMPORTED", 3)
    learn(tmp_path, 1, 2)
    merge(tmp_path, 1, 2, 3, 4, 5)
    before = files_in(tmp_path)
    with pytest.raises(KnowledgeFileError) as caught:
        merge(tmp_path, 6)
    assert caught.value.key == "knowledge_full"
    assert "{" not in caught.value.said("fr")
    assert files_in(tmp_path) == before
    learn(tmp_path, 7)  # one's own are never refused
    assert 7 in numbers_in(tmp_path)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_a_full_disk_in_the_middle_leaves_the_knowledge_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    learn(tmp_path, 1)
    merge(tmp_path, 2, 3)
    before = files_in(tmp_path)

    def fail(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(UserError):
        merge(tmp_path, 2, 3, 4)
    assert files_in(tmp_path) == before


def test_ctrl_c_in_the_middle_leaves_the_knowledge_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learn(tmp_path, 1)
    merge(tmp_path, 2, 3)
    before = files_in(tmp_path)

    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        merge(tmp_path, 2, 3, 4)
    assert files_in(tmp_path) == before


def start(folder: Path, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.store.mergers", str(folder), *words]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_trainings_and_merges_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    running = [start(tmp_path, "merge"), start(tmp_path, "merge-backwards"), start(tmp_path, "learn")]
    for process in running:
        process.communicate(timeout=60)
        assert process.returncode == 0
    assert numbers_in(tmp_path) == sorted([*mergers.MERGED, *mergers.LEARNT])


def test_a_merge_that_is_killed_leaves_knowledge_that_is_whole(tmp_path: Path) -> None:
    delays = random.Random(0)
    for _ in range(4):
        process = start(tmp_path, "merge")
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(delays.uniform(0, 0.05))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        known = records_by_digest(tmp_path)
        assert known.keys() <= lines_of(*mergers.MERGED).keys()
        assert all(imports.imports_in(tmp_path).values())
    start(tmp_path, "merge").communicate(timeout=60)
    assert numbers_in(tmp_path) == list(mergers.MERGED)
