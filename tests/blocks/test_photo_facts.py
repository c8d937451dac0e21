from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.photo_facts import PHOTO_FACTS, photo_facts


def photo(side_px: int = 96) -> NDArray[np.uint8]:
    """Draw soft colours with some grain."""
    across, down = np.meshgrid(np.linspace(0, 6, side_px), np.linspace(0, 4, side_px))
    base = np.stack([np.sin(across), np.cos(down), np.sin(across + down)], axis=2)
    grain = np.random.default_rng(0).normal(0, 5, (side_px, side_px, 1))
    return np.clip(120 + 70 * base + grain, 0, 255).astype(np.uint8)


def facts(pixels: NDArray[np.uint8], width_px: int = 640) -> dict[str, float]:
    found = photo_facts(pixels, width_px=width_px, height_px=480)
    return dict(zip(PHOTO_FACTS, map(float, found), strict=True))


def test_half_the_light_lowers_brightness_and_contrast_but_not_sharpness() -> None:
    usual, dim = facts(photo()), facts(photo() // 2)
    assert abs(dim["brightness"] - usual["brightness"] / 2) < 0.01
    assert abs(dim["contrast"] - usual["contrast"] / 2) < 0.01
    assert abs(dim["sharpness"] - usual["sharpness"]) < 0.1 * usual["sharpness"]


def test_blur_lowers_and_noise_raises_sharpness() -> None:
    usual = facts(photo())["sharpness"]
    soft = sum(np.roll(photo().astype(np.float64), k, axis=1) for k in range(5)) / 5
    noise = np.random.default_rng(1).normal(0, 20, photo().shape)
    noisy = np.clip(photo() + noise, 0, 255)
    assert facts(soft.astype(np.uint8))["sharpness"] < usual < facts(noisy.astype(np.uint8))["sharpness"]


def test_a_grey_photo_has_no_saturation_and_no_warmth() -> None:
    grey = np.repeat(photo()[..., :1], 3, axis=2)
    assert facts(grey)["saturation"] == 0
    assert abs(facts(grey)["warmth"]) < 1e-6


def test_twice_the_side_is_one_octave_of_size() -> None:
    small = photo_facts(photo(), width_px=100, height_px=80)
    large = photo_facts(photo(), width_px=200, height_px=160)
    assert round(float(large[-1] - small[-1]), 5) == 1


def test_a_blank_photo_has_finite_facts() -> None:
    assert np.isfinite(
        photo_facts(np.zeros((1, 1, 3), np.uint8)[[0, 0]][:, [0, 0]], width_px=1, height_px=1)
    ).all()
