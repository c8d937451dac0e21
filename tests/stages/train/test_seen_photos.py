"""The pictures that show a person what training does to photos."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from apprenti.blocks.pixel_rows import PixelRows, write_pixels
from apprenti.domain.policy import Policy
from apprenti.recipes import POLICIES

pytest.importorskip("torch")

from apprenti.stages.train.seen_photos import N_CHANGED, rows_to_show, see_photos

SIDE_PX = 32


@pytest.fixture
def pixels(tmp_path: Path) -> PixelRows:
    """Three photos: dark on the left, bright on the right, each a little brighter than the one before."""
    ramp = np.linspace(0, 150, SIDE_PX, dtype=np.float64)
    photos = np.stack([np.tile(ramp[:, np.newaxis] + 20 * i, (SIDE_PX, 1, 3)) for i in range(3)]).astype(
        np.uint8
    )
    return write_pixels(tmp_path / "pixels.npy", [photos], n=3, size_px=SIDE_PX)


def opened(jpeg: bytes) -> np.ndarray:  # type: ignore[type-arg]
    return np.asarray(Image.open(io.BytesIO(jpeg)), dtype=np.float64)


def test_a_photo_stands_beside_its_changed_selves(pixels: PixelRows) -> None:
    seen = see_photos(pixels, np.array([0, 2]), policy=POLICIES["strong"], symmetries=("mirror",), seed=0)
    assert [photo.row for photo in seen] == [0, 2]
    for photo in seen:
        assert len(set(photo.changed)) == N_CHANGED
        assert {opened(jpeg).shape for jpeg in (photo.plain, *photo.changed)} == {(SIDE_PX, SIDE_PX, 3)}
        assert np.abs(opened(photo.plain) - pixels.take([photo.row])[0]).mean() < 3


def test_where_nothing_may_change_all_are_alike(pixels: PixelRows) -> None:
    (seen,) = see_photos(pixels, np.array([1]), policy=Policy(), symmetries=("mirror",), seed=0)
    assert set(seen.changed) == {seen.plain}


def test_a_mirror_image_is_shown_only_where_it_is_allowed(pixels: PixelRows) -> None:
    policy = Policy(symmetric=True)

    def sides(symmetries: tuple[str, ...]) -> set[bool]:
        seen = see_photos(pixels, np.array([0, 1]), policy=policy, symmetries=symmetries, seed=1)  # type: ignore[arg-type]
        return {
            bool(opened(jpeg)[:, 0].mean() < opened(jpeg)[:, -1].mean()) for s in seen for jpeg in s.changed
        }

    assert sides(()) == {True}
    assert sides(("mirror",)) == {True, False}


def test_the_same_seed_gives_the_same_bytes(pixels: PixelRows) -> None:
    first, second = (
        see_photos(pixels, np.array([0]), policy=POLICIES["photo"], symmetries=(), seed=5) for _ in range(2)
    )
    assert first == second


def test_photos_of_two_classes_are_shown_where_there_are_two() -> None:
    fitted = np.array([4, 1, 2, 0])
    assert rows_to_show(np.array([1, 0, 0, 0, 0]), fitted).tolist() == [4, 0]
    assert rows_to_show(np.zeros(5, dtype=np.int64), fitted).tolist() == [4, 1]
    assert rows_to_show(np.array([[0, 1], [1, 1], [0, 1]]), np.array([0, 2, 1])).tolist() == [0, 1]
    assert rows_to_show(np.array([0.5]), np.array([0])).tolist() == [0]
