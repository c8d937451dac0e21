"""Changes to photos that make another data set of one: what cameras, scanners and thumbnails do."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from PIL import Image, ImageFilter

Change = Callable[[Image.Image, np.random.Generator], Image.Image]
NOISE_LEVELS = 28
"""Standard deviation of added noise, of 255."""
BLUR_SHARE = 0.02
"""Radius of the blur, as a share of the longer side."""


def _grey(image: Image.Image, random: np.random.Generator) -> Image.Image:
    return image.convert("L")


def _noisy(image: Image.Image, random: np.random.Generator) -> Image.Image:
    pixels = np.asarray(image, np.float32)
    return Image.fromarray(
        np.clip(pixels + random.normal(0, NOISE_LEVELS, pixels.shape), 0, 255).astype(np.uint8)
    )


def _blurred(image: Image.Image, random: np.random.Generator) -> Image.Image:
    return image.filter(ImageFilter.GaussianBlur(BLUR_SHARE * max(image.size)))


def _at_most(side_px: int) -> Change:
    def small(image: Image.Image, random: np.random.Generator) -> Image.Image:
        image = image.copy()
        image.thumbnail((side_px, side_px))
        return image

    return small


CHANGES: Mapping[str, Change] = {
    "grey": _grey,
    "noisy": _noisy,
    "blurred": _blurred,
    "24 px": _at_most(24),
    "32 px": _at_most(32),
}
