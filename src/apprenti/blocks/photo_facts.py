"""What a photo is like to the eye, in a few numbers that training and serving measure on the same pixels.

They are cheap enough to be kept with every prediction (a tenth of a millisecond), so that a later change can be put
in plain words: darker, blurrier, smaller than the training photos.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

PHOTO_FACTS = ("brightness", "contrast", "sharpness", "saturation", "warmth", "size")
"""In the order of ``photo_facts``."""

MOST_ROWS = 64
"""Rows of pixels looked at: every second one of a canvas of 128, and so on."""

LEAST_CONTRAST = 1 / 255


def photo_facts(pixels: NDArray[np.uint8], *, width_px: int, height_px: int) -> NDArray[np.float32]:
    """Return what one photo is like, [6] float32, in the order of ``PHOTO_FACTS``.

    Sharpness is the mean step from one pixel to the next in units of the contrast, so that a dim photo is not called
    blurred; noise raises it.

    Args:
        pixels: uint8 [S,S,3], decoded to the canvas of the model.
        width_px: of the original.
        height_px: of the original.

    Returns:
        Brightness, contrast, saturation 0..1; sharpness 0 and more; warmth (red minus blue) -1..1; size, the side in
        pixels of a square of as many pixels as the original, in octaves (log2).

    Example:
        >>> grey = np.full((8, 8, 3), 51, np.uint8)
        >>> [round(float(fact), 3) for fact in photo_facts(grey, width_px=64, height_px=64)]
        [0.2, 0.0, 0.0, 0.0, 0.0, 6.0]
    """
    rows = pixels[:: max(1, len(pixels) // MOST_ROWS)].astype(np.float32) / np.float32(255)
    red, green, blue = (rows[..., channel] for channel in range(3))
    grey = np.float32(0.299) * red + np.float32(0.587) * green + np.float32(0.114) * blue
    contrast = float(grey.std())
    spread = np.maximum(np.maximum(red, green), blue) - np.minimum(np.minimum(red, green), blue)
    return np.array(
        [
            grey.mean(),
            contrast,
            np.abs(grey[:, 1:] - grey[:, :-1]).mean() / max(contrast, LEAST_CONTRAST),
            spread.mean(),
            red.mean() - blue.mean(),
            0.5 * math.log2(width_px * height_px),
        ],
        np.float32,
    )
