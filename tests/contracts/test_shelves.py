"""What every shelf keeps to, on disk or in memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.store.writers import content_hash, row_of

from apprenti.domain.seams import Shelf
from apprenti.store import FeatureShelf, MemoryShelf

KEY = "classic.v1@64-squash"
HASHES = [content_hash(0, number) for number in range(50)]
ROWS = np.stack([row_of(name, 5) for name in HASHES])


@pytest.fixture(params=["disk", "memory"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Shelf:
    return FeatureShelf(tmp_path / "features") if request.param == "disk" else MemoryShelf()


def test_an_empty_shelf_knows_nothing(shelf: Shelf) -> None:
    assert shelf.get(KEY, HASHES) == {}


def test_rows_come_back_to_the_last_bit(shelf: Shelf) -> None:
    shelf.put(KEY, HASHES, ROWS)
    found = shelf.get(KEY, HASHES)
    assert list(found) == HASHES
    for name, row in zip(HASHES, ROWS, strict=True):
        assert found[name].dtype == np.float32
        np.testing.assert_array_equal(found[name], row)


def test_extreme_numbers_come_back_too(shelf: Shelf) -> None:
    row = np.array([[0.0, -0.0, np.inf, -np.inf, np.nan, 1e-45, 3.4e38]], dtype=np.float32)
    shelf.put(KEY, HASHES[:1], row)
    assert shelf.get(KEY, HASHES[:1])[HASHES[0]].tobytes() == row.tobytes()


def test_only_what_is_asked_for_and_known_comes_back(shelf: Shelf) -> None:
    shelf.put(KEY, HASHES[:30], ROWS[:30])
    assert set(shelf.get(KEY, HASHES[20:])) == set(HASHES[20:30])
    assert shelf.get(KEY, []) == {}


def test_rows_put_later_stand_beside_the_earlier_ones(shelf: Shelf) -> None:
    for begin in range(0, 50, 10):
        shelf.put(KEY, HASHES[begin : begin + 10], ROWS[begin : begin + 10])
    assert set(shelf.get(KEY, HASHES)) == set(HASHES)


def test_the_last_row_put_for_a_hash_counts(shelf: Shelf) -> None:
    shelf.put(KEY, HASHES[:2], ROWS[:2])
    shelf.put(KEY, HASHES[:1], ROWS[7:8])
    np.testing.assert_array_equal(shelf.get(KEY, HASHES[:1])[HASHES[0]], ROWS[7])


def test_keys_do_not_mix(shelf: Shelf) -> None:
    shelf.put("a@64-squash", HASHES[:1], ROWS[:1])
    shelf.put("b@64-squash", HASHES[:1], ROWS[1:2])
    np.testing.assert_array_equal(shelf.get("a@64-squash", HASHES[:1])[HASHES[0]], ROWS[0])
    np.testing.assert_array_equal(shelf.get("b@64-squash", HASHES[:1])[HASHES[0]], ROWS[1])


@pytest.mark.parametrize("key", ["../../outside", "/etc/passwd", "a/b\\c:d\0e", "", "é" * 500])
def test_any_text_will_do_as_a_key(shelf: Shelf, key: str, tmp_path: Path) -> None:
    shelf.put(key, HASHES[:1], ROWS[:1])
    np.testing.assert_array_equal(shelf.get(key, HASHES[:1])[HASHES[0]], ROWS[0])
    outside = [path for path in tmp_path.rglob("*") if path.parent not in (tmp_path, tmp_path / "features")]
    assert outside == []


def test_rows_of_another_length_replace_those_before(shelf: Shelf) -> None:
    shelf.put(KEY, HASHES[:10], ROWS[:10])
    shelf.put(KEY, HASHES[10:12], ROWS[10:12, :3])
    found = shelf.get(KEY, HASHES)
    assert set(found) == set(HASHES[10:12])
    np.testing.assert_array_equal(found[HASHES[10]], ROWS[10, :3])


def test_changing_what_was_given_or_returned_changes_nothing_kept(shelf: Shelf) -> None:
    rows = ROWS[:2].copy()
    shelf.put(KEY, HASHES[:2], rows)
    rows[:] = 0
    shelf.get(KEY, HASHES[:2])[HASHES[0]][:] = 0
    np.testing.assert_array_equal(shelf.get(KEY, HASHES[:2])[HASHES[0]], ROWS[0])


def test_no_rows_are_nothing_to_keep(shelf: Shelf) -> None:
    shelf.put(KEY, [], np.empty((0, 5), dtype=np.float32))
    shelf.put(KEY, [], np.empty((0, 0), dtype=np.float32))
    assert shelf.get(KEY, HASHES) == {}


@pytest.mark.parametrize(
    ("hashes", "rows"),
    [(HASHES[:2], ROWS[:3]), (HASHES[:5], ROWS[0]), (["abc"], ROWS[:1]), (HASHES[:1], ROWS[:1, :0])],
    ids=["one row too many", "not a table", "not a hash", "no features"],
)
def test_rows_that_do_not_fit_their_hashes_are_refused(
    shelf: Shelf, hashes: list[str], rows: np.ndarray[tuple[int, ...], np.dtype[np.float32]]
) -> None:
    with pytest.raises(ValueError, match=r"expected"):
        shelf.put(KEY, hashes, rows)
