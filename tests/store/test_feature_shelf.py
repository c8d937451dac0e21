"""What a shelf on disk must survive: kills, other writers, garbage, a full disk, its own size."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from tests.store import writers
from tests.store.writers import ROWS_PER_PUT, content_hash, row_of

from apprenti.store import FeatureShelf
from apprenti.store import feature_shelf as feature_shelf_file

ROOT = Path(__file__).parents[2]
KEY = "mobile.v1@224-squash"
HASHES = [content_hash(0, number) for number in range(100)]
ROWS = np.stack([row_of(content_hash, 8) for content_hash in HASHES])


def rows_file(folder: Path) -> Path:
    (path,) = folder.glob("*.rows")
    return path


def start_writer(folder: Path, seed: int, n_puts: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, writers.__file__, str(folder), KEY, str(seed), str(n_puts)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_rows_outlive_the_shelf_object(tmp_path: Path) -> None:
    FeatureShelf(tmp_path).put(KEY, HASHES, ROWS)
    assert set(FeatureShelf(tmp_path).get(KEY, HASHES)) == set(HASHES)


def test_two_processes_may_write_at_once(tmp_path: Path) -> None:
    running = [start_writer(tmp_path, seed, 40) for seed in (1, 2)]
    for writer in running:
        writer.communicate(timeout=60)
        assert writer.returncode == 0
    hashes = [content_hash(seed, n) for seed in (1, 2) for n in range(40 * ROWS_PER_PUT)]
    found = FeatureShelf(tmp_path).get(KEY, hashes)
    assert len(found) == len(hashes)
    for content_hash_, row in found.items():
        np.testing.assert_array_equal(row, row_of(content_hash_))


def test_a_writer_killed_in_the_middle_leaves_only_whole_rows(tmp_path: Path) -> None:
    delays = random.Random(0)
    for seed in range(5):
        writer = start_writer(tmp_path, seed, 100_000)
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        time.sleep(0.02 + delays.random() * 0.03)
        writer.kill()
        writer.communicate()
    hashes = [content_hash(seed, n) for seed in range(5) for n in range(5000)]
    shelf = FeatureShelf(tmp_path)
    found = shelf.get(KEY, hashes)
    assert len({seed for seed in range(5) if content_hash(seed, 0) in found}) >= 4
    for content_hash_, row in found.items():
        np.testing.assert_array_equal(row, row_of(content_hash_))
    shelf.put(KEY, HASHES, np.stack([row_of(content_hash_) for content_hash_ in HASHES]))
    assert set(shelf.get(KEY, [*found, *HASHES])) == {*found, *HASHES}


@pytest.mark.parametrize("n_lost", range(1, 60, 7))
def test_a_torn_tail_is_not_seen_and_is_cut_off_by_the_next_writer(tmp_path: Path, n_lost: int) -> None:
    shelf = FeatureShelf(tmp_path)
    shelf.put(KEY, HASHES[:10], ROWS[:10])
    path = rows_file(tmp_path)
    os.truncate(path, path.stat().st_size - n_lost)
    assert set(shelf.get(KEY, HASHES)) == set(HASHES[:9])
    shelf.put(KEY, HASHES[50:60], ROWS[50:60])
    assert set(shelf.get(KEY, HASHES)) == {*HASHES[:9], *HASHES[50:60]}


def test_a_damaged_row_is_not_seen_and_hides_no_other(tmp_path: Path) -> None:
    shelf = FeatureShelf(tmp_path)
    shelf.put(KEY, HASHES[:10], ROWS[:10])
    path = rows_file(tmp_path)
    data = bytearray(path.read_bytes())
    data[24 + 3 * 68 + 40] ^= 1  # one bit of the fourth row
    path.write_bytes(data)
    assert set(shelf.get(KEY, HASHES)) == {*HASHES[:3], *HASHES[4:10]}


def test_zeros_left_by_a_power_cut_are_not_rows(tmp_path: Path) -> None:
    shelf = FeatureShelf(tmp_path)
    shelf.put(KEY, HASHES[:2], ROWS[:2])
    with rows_file(tmp_path).open("ab") as file:
        file.write(bytes(68 * 3))
    assert set(shelf.get(KEY, [*HASHES, "00" * 32])) == set(HASHES[:2])


@pytest.mark.parametrize(
    "garbage",
    [b"", b"garbage", b"apprenti-rows", bytes(1000), b"\xff" * 5000],
    ids=lambda data: str(len(data)),
)
def test_a_file_that_is_not_ours_is_replaced(tmp_path: Path, garbage: bytes) -> None:
    shelf = FeatureShelf(tmp_path)
    shelf.put(KEY, HASHES[:1], ROWS[:1])
    rows_file(tmp_path).write_bytes(garbage)
    assert shelf.get(KEY, HASHES) == {}
    shelf.put(KEY, HASHES, ROWS)
    assert set(shelf.get(KEY, HASHES)) == set(HASHES)


def test_the_keys_used_longest_ago_make_room(tmp_path: Path) -> None:
    shelf = FeatureShelf(tmp_path, max_bytes=3 * (24 + 100 * 68))
    for second, key in enumerate(["a", "b", "c"]):
        before = set(tmp_path.glob("*.rows"))
        shelf.put(key, HASHES, ROWS)
        (new,) = set(tmp_path.glob("*.rows")) - before
        os.utime(new, (second, second))
    assert set(shelf.get("a", HASHES)) == set(HASHES)  # now "b" was used longest ago
    shelf.put("d", HASHES, ROWS)
    assert {key: len(shelf.get(key, HASHES)) for key in "abcd"} == {"a": 100, "b": 0, "c": 100, "d": 100}


def test_one_key_alone_forgets_its_oldest_rows_and_stays_within_the_size(tmp_path: Path) -> None:
    max_bytes = 24 + 60 * 68
    shelf = FeatureShelf(tmp_path, max_bytes=max_bytes)
    for begin in range(0, 100, 10):
        shelf.put(KEY, HASHES[begin : begin + 10], ROWS[begin : begin + 10])
        assert rows_file(tmp_path).stat().st_size <= max_bytes
    found = shelf.get(KEY, HASHES)
    assert 30 <= len(found) <= 60
    assert list(found) == HASHES[-len(found) :]
    for content_hash_, row in found.items():
        np.testing.assert_array_equal(row, row_of(content_hash_, 8))


def test_more_rows_than_there_is_room_for_are_kept_in_part(tmp_path: Path) -> None:
    shelf = FeatureShelf(tmp_path, max_bytes=24 + 60 * 68)
    shelf.put(KEY, HASHES, ROWS)
    assert set(shelf.get(KEY, HASHES)) == set(HASHES[:60])


def test_a_full_disk_costs_rows_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = FeatureShelf(tmp_path)
    shelf.put(KEY, HASHES[:10], ROWS[:10])
    whole = feature_shelf_file._write_whole

    def write_a_part(file: object, data: bytes) -> None:
        whole(file, data[:100])  # type: ignore[arg-type]
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(feature_shelf_file, "_write_whole", write_a_part)
        shelf.put(KEY, HASHES[10:20], ROWS[10:20])
    assert set(shelf.get(KEY, HASHES)) == set(HASHES[:11])
    shelf.put(KEY, HASHES[20:30], ROWS[20:30])
    assert set(shelf.get(KEY, HASHES)) == {*HASHES[:11], *HASHES[20:30]}


def test_a_place_where_no_folder_can_be_is_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OSError, match="file"):
        FeatureShelf(tmp_path / "file" / "features")


def test_only_the_user_may_look_into_the_folder(tmp_path: Path) -> None:
    shelf = FeatureShelf(tmp_path / "features")
    shelf.put(KEY, HASHES, ROWS)
    assert (tmp_path / "features").stat().st_mode & 0o077 == 0
    assert rows_file(tmp_path / "features").stat().st_mode & 0o077 == 0


def test_reading_needs_little_more_memory_than_the_rows(tmp_path: Path) -> None:
    rows = np.ones((8000, 500), dtype=np.float32)  # 16 MB
    hashes = [content_hash(9, number) for number in range(len(rows))]
    shelf = FeatureShelf(tmp_path)
    shelf.put(KEY, hashes, rows)
    tracemalloc.start()
    found = shelf.get(KEY, hashes)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found) == len(hashes)
    assert peak_bytes < 2 * rows.nbytes
