"""Decoded photos in a file: what goes in comes out, and memory does not grow with them."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from apprenti.blocks.pixel_rows import PixelRows, write_pixels

SIDE_PX = 32
MIB = 2**20


def photos(n: int) -> NDArray[np.uint8]:
    return np.random.default_rng(0).integers(0, 256, (n, SIDE_PX, SIDE_PX, 3), np.uint8)


def test_photos_come_back_in_any_order_and_more_than_once(tmp_path: Path) -> None:
    whole = photos(10)
    parts = (whole[:3], whole[3:3], np.asfortranarray(whole[3:]))
    rows = write_pixels(tmp_path / "a.npy", parts, n=10, size_px=SIDE_PX)
    assert (rows.n, rows.size_px) == (10, SIDE_PX)
    assert np.array_equal(rows.take([7, 0, 7, 9]), whole[[7, 0, 7, 9]])
    assert np.array_equal(rows.take(np.arange(10)), whole)
    assert rows.take([]).shape == (0, SIDE_PX, SIDE_PX, 3)
    assert np.array_equal(PixelRows.open(tmp_path / "a.npy").take([4]), whole[[4]])
    assert np.array_equal(np.load(tmp_path / "a.npy"), whole)  # anybody's array


@pytest.mark.parametrize("n", [9, 11])
def test_a_file_with_more_or_fewer_photos_than_were_told_does_not_come_to_be(n: int, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=f"expected {n} photos, got 10"):
        write_pixels(tmp_path / "a.npy", [photos(10)], n=n, size_px=SIDE_PX)
    assert not (tmp_path / "a.npy").exists()


def test_a_write_that_was_stopped_leaves_no_file_of_that_name(tmp_path: Path) -> None:
    def stopped() -> Iterator[NDArray[np.uint8]]:
        yield photos(2)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_pixels(tmp_path / "a.npy", stopped(), n=4, size_px=SIDE_PX)
    assert not (tmp_path / "a.npy").exists()


def test_memory_is_that_of_a_batch_however_many_photos_there_are(tmp_path: Path) -> None:
    n, part = 4000, photos(50)
    tracemalloc.start()
    rows = write_pixels(tmp_path / "a.npy", (part for _ in range(n // 50)), n=n, size_px=SIDE_PX)
    for first in range(0, n, 400):
        rows.take(range(first, first + 32))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (tmp_path / "a.npy").stat().st_size > 11 * MIB
    assert peak < MIB
