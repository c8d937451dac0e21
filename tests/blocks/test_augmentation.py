"""Photos changed at random: what a policy allows happens, nothing else does."""

from __future__ import annotations

import math
from collections.abc import Collection

import numpy as np
import pytest

from apprenti.domain.policy import Policy
from apprenti.domain.symmetry import Symmetry
from apprenti.recipes.policies import POLICIES

torch = pytest.importorskip("torch", reason="needs PyTorch: pip install 'apprenti[deep]'")


def smooth_pictures(n: int, side_px: int) -> np.ndarray:
    """Return pictures of a few soft spots, uint8 [n, side_px, side_px, 3], no two alike and none symmetric."""
    draw = np.random.default_rng(0)
    place = (np.arange(side_px) + 0.5) / side_px
    y, x = place[:, np.newaxis], place
    made = np.zeros((n, side_px, side_px, 3))
    for picture in made:
        for _ in range(6):
            spot = np.exp(-((x - draw.uniform()) ** 2 + (y - draw.uniform()) ** 2) / 0.02)
            picture += spot[:, :, np.newaxis] * draw.uniform(0, 160, 3)
    return np.clip(made, 0, 255).astype(np.uint8)


def changed(
    pictures: np.ndarray,
    policy: Policy,
    *,
    side_px: int | None = None,
    symmetries: Collection[Symmetry] = (),
    seed: int = 0,
) -> np.ndarray:
    """Return the changed pictures, float32 [n, 3, side_px, side_px]."""
    from apprenti.blocks.augmentation import augmented

    return np.asarray(
        augmented(
            torch.from_numpy(pictures),
            side_px=side_px or pictures.shape[1],
            policy=policy,
            symmetries=symmetries,
            generator=torch.Generator().manual_seed(seed),
        )
    )


def unchanged(pictures: np.ndarray, side_px: int | None = None) -> np.ndarray:
    from apprenti.blocks.augmentation import plain

    return np.asarray(plain(torch.from_numpy(pictures), side_px=side_px or pictures.shape[1]))


@pytest.mark.parametrize(("from_px", "to_px"), [(64, 64), (96, 64), (160, 48), (48, 64), (63, 50)])
def test_a_policy_that_changes_nothing_shows_what_validation_sees(from_px: int, to_px: int) -> None:
    pictures = np.random.default_rng(0).integers(0, 256, (4, from_px, from_px, 3), np.uint8)
    seen = changed(pictures, POLICIES["none"], side_px=to_px, symmetries=("mirror", "quarter_turn"))
    assert seen.shape == (4, 3, to_px, to_px)
    assert seen.dtype == np.float32
    assert np.abs(seen - unchanged(pictures, to_px)).max() <= 0.01


def test_shrinking_averages_instead_of_skipping_pixels() -> None:
    stripes = np.zeros((1, 128, 128, 3), np.uint8)
    stripes[:, :, ::2] = 255
    for seen in (unchanged(stripes, 32), changed(stripes, POLICIES["photo"], side_px=32, seed=1)):
        assert seen.std() < 8


@pytest.mark.parametrize("name", [name for name in POLICIES if name != "none"])
def test_the_same_generator_gives_the_same_photos_and_another_one_others(name: str) -> None:
    pictures = smooth_pictures(8, 48)
    first, again, other = (changed(pictures, POLICIES[name], side_px=32, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert np.abs(first - other).mean() > 1
    assert first.min() >= 0
    assert first.max() <= 255


WAYS: dict[tuple[Symmetry, ...], int] = {
    (): 1,
    ("mirror",): 2,
    ("upside_down",): 2,
    ("mirror", "upside_down"): 4,
    ("upside_down", "quarter_turn"): 4,
    ("mirror", "upside_down", "quarter_turn"): 8,
}


@pytest.mark.parametrize("symmetries", WAYS, ids=lambda names: "+".join(names) or "none")
def test_photos_are_shown_in_every_way_that_is_allowed_equally_often_and_in_no_other(
    symmetries: tuple[Symmetry, ...],
) -> None:
    one = smooth_pictures(1, 32)
    seen = changed(np.repeat(one, 800, axis=0), Policy(symmetric=True), symmetries=symmetries)
    planes = unchanged(one)[0]
    ways = {
        (mirrored, turns): np.rot90(planes[:, :, ::-1] if mirrored else planes, turns, axes=(1, 2))
        for turns in range(4)
        for mirrored in (False, True)
    }
    counts = {way: sum(np.abs(photo - like).max() < 0.1 for photo in seen) for way, like in ways.items()}
    assert sum(counts.values()) == 800
    met = {way: count for way, count in counts.items() if count}
    assert len(met) == WAYS[symmetries]
    assert min(met.values()) > 0.7 * 800 / len(met)
    assert any(mirrored for mirrored, _ in met) == ("mirror" in symmetries)
    assert {turns for _, turns in met} >= ({0, 2} if "upside_down" in symmetries else {0})


def test_a_policy_that_is_not_symmetric_turns_nothing() -> None:
    pictures = smooth_pictures(16, 32)
    seen = changed(pictures, Policy(), symmetries=("mirror", "upside_down", "quarter_turn"))
    assert np.abs(seen - unchanged(pictures)).max() < 0.01


def spots(seen: np.ndarray) -> np.ndarray:
    """Return the centre of gravity of each photo, x and y as shares of the side, [n, 2]."""
    light = seen.mean(axis=1)
    place = (np.arange(light.shape[1]) + 0.5) / light.shape[1]
    total = light.sum(axis=(1, 2))
    x, y = light.sum(axis=1) @ place / total, light.sum(axis=2) @ place / total
    return np.stack([x, y], axis=1)


def one_spot(x: float, y: float, *, side_px: int = 64, width: float = 0.04) -> np.ndarray:
    place = (np.arange(side_px) + 0.5) / side_px
    light = 255 * np.exp(-((place - x) ** 2 + (place[:, np.newaxis] - y) ** 2) / (2 * width**2))
    return np.repeat(light[np.newaxis, :, :, np.newaxis], 3, axis=3).astype(np.uint8)


def test_shifts_stay_within_their_share_and_use_all_of_it() -> None:
    seen = changed(np.repeat(one_spot(0.5, 0.5), 500, axis=0), Policy(shift_share=0.2))
    moved = spots(seen) - 0.5
    assert np.abs(moved).max() < 0.21
    assert (np.abs(moved).max(axis=0) > 0.17).all()
    assert np.abs(moved.mean(axis=0)).max() < 0.02


def test_angles_stay_within_their_degrees_and_turn_both_ways() -> None:
    seen = changed(np.repeat(one_spot(0.8, 0.5), 500, axis=0), Policy(rotation_degrees=30))
    x, y = (spots(seen) - 0.5).T
    degrees = np.degrees(np.arctan2(y, x))
    assert degrees.max() == pytest.approx(30, abs=2)
    assert degrees.min() == pytest.approx(-30, abs=2)
    assert np.hypot(x, y) == pytest.approx(0.3, abs=0.02)


def test_parts_have_the_area_and_the_shape_they_are_drawn_with() -> None:
    from apprenti.blocks.augmentation import _where

    policy = Policy(area=(0.25, 1.0), aspect=(0.5, 2.0))
    where = _where(torch.rand(8, 4000, generator=torch.Generator().manual_seed(0)), policy, ()).numpy()
    width, height = where[:, 0, 0], where[:, 1, 1]
    assert width.max() <= 1
    assert height.max() <= 1
    assert (np.abs(where[:, 0, 2]) <= 1 - width + 1e-6).all()  # never past the photo's edge
    assert (np.abs(where[:, 1, 2]) <= 1 - height + 1e-6).all()
    small = (width < 1) & (height < 1)
    area, aspect = (width * height)[small], (width / height)[small]
    assert area.min() == pytest.approx(0.25, abs=0.01)
    assert aspect.min() == pytest.approx(0.5, abs=0.01)
    assert np.log(aspect).mean() == pytest.approx(0, abs=0.03)


def test_looking_past_the_edge_shows_reflections_not_black() -> None:
    white = np.full((20, 32, 32, 3), 200, np.uint8)
    seen = changed(white, Policy(area=(1.5, 2.0), shift_share=0.3, rotation_degrees=45))
    assert np.abs(seen - 200).max() < 0.01


def test_brightness_contrast_and_saturation_each_change_what_they_name_and_nothing_else() -> None:
    pictures = np.repeat(smooth_pictures(1, 32) // 3 + 80, 200, axis=0)  # far from 0 and 255
    before = unchanged(pictures)
    luma = np.array([0.299, 0.587, 0.114])

    light = changed(pictures, Policy(brightness=0.2)) / before
    assert light.std(axis=(1, 2, 3)).max() < 1e-4
    assert light.min() == pytest.approx(0.8, abs=0.02)
    assert light.max() == pytest.approx(1.2, abs=0.02)

    seen = changed(pictures, Policy(contrast=0.2))
    spread = seen.std(axis=(1, 2, 3)) / before.std(axis=(1, 2, 3))
    assert (spread.min(), spread.max()) == pytest.approx((0.8, 1.2), abs=0.02)
    grey = np.einsum("ncij,c->n", seen - before, luma)
    assert np.abs(grey / 32**2).max() < 0.01

    seen = changed(pictures, Policy(saturation=0.5))
    assert np.abs(np.einsum("ncij,c->nij", seen - before, luma)).max() < 0.01
    colour = seen.std(axis=1).mean(axis=(1, 2)) / before.std(axis=1).mean(axis=(1, 2))
    assert (colour.min(), colour.max()) == pytest.approx((0.5, 1.5), abs=0.03)


def test_colours_never_leave_0_to_255() -> None:
    pictures = np.random.default_rng(0).integers(0, 256, (50, 16, 16, 3), np.uint8)
    seen = changed(pictures, Policy(brightness=1, contrast=1, saturation=1))
    assert seen.min() >= 0
    assert seen.max() <= 255


def test_erasing_hides_one_rectangle_of_the_share_it_may() -> None:
    pictures = np.full((600, 40, 40, 3), 10, np.uint8)
    pictures[:, :, :20] = 240  # the mean is met nowhere else
    hidden = np.abs(changed(pictures, Policy(erase_share=0.3))[:, 0] - 125) < 1
    share = hidden.mean(axis=(1, 2))
    assert share.max() == pytest.approx(0.3, abs=0.03)
    assert share.mean() == pytest.approx(0.15, abs=0.02)
    rows, columns = hidden.any(axis=2).sum(axis=1), hidden.any(axis=1).sum(axis=1)
    assert np.array_equal(hidden.sum(axis=(1, 2)), rows * columns)
    assert hidden.any(axis=0).all()  # no place is safe


def test_mixing_blends_photos_and_their_targets_alike() -> None:
    from apprenti.blocks.augmentation import mixed

    n = 400
    values = torch.rand(n, generator=torch.Generator().manual_seed(1))
    pixels = values.reshape(n, 1, 1, 1).expand(n, 3, 4, 4)
    targets = torch.stack([values, 1 - values], dim=1)
    seen, aims = mixed(pixels, targets, alpha=1.0, generator=torch.Generator().manual_seed(0))
    again, _ = mixed(pixels, targets, alpha=1.0, generator=torch.Generator().manual_seed(0))
    assert torch.equal(seen, again)
    assert torch.allclose(seen[:, 0, 0, 0], aims[:, 0], atol=1e-6)
    assert torch.allclose(aims.sum(dim=1), torch.ones(n), atol=1e-6)
    assert (seen[:, 0, 0, 0] - values).abs().mean() > 0.05


def test_no_mixing_leaves_everything_as_it_is() -> None:
    from apprenti.blocks.augmentation import mixed

    pixels, targets = torch.rand(4, 3, 8, 8), torch.eye(4)
    seen, aims = mixed(pixels, targets, alpha=0.0, generator=torch.Generator())
    assert seen is pixels
    assert aims is targets


def test_a_photos_own_share_is_at_least_a_half() -> None:
    from apprenti.blocks.augmentation import mixed

    _, aims = mixed(torch.rand(300, 3, 2, 2), torch.eye(300), alpha=0.4, generator=torch.Generator())
    assert aims.diagonal().min() >= 0.5
    assert math.isclose(float(aims.sum()), 300, rel_tol=1e-5)
