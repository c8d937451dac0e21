"""Kept photos as squares of pixels, and numbers as small pictures: what lessons about pixels work with."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.decoding import decode
from apprenti.domain.errors import ItemError
from apprenti.domain.lesson_context import KeptPhotos
from apprenti.domain.recipe import Canvas


def squares(photos: KeptPhotos, rows: Sequence[int], *, side_px: int) -> NDArray[np.uint8]:
    """Return kept photos as squares, squashed as a training does it; grey where one has no small picture.

    Args:
        photos: the kept ones.
        rows: which.
        side_px: of the squares.

    Returns:
        uint8 [n, side_px, side_px, 3], RGB.
    """
    found = np.full((len(rows), side_px, side_px, 3), 127, np.uint8)
    canvas = Canvas(size_px=side_px)
    for place, row in enumerate(rows):
        data = photos.thumbnails[row]
        if not data:
            continue
        try:
            found[place] = decode(data, canvas, item=photos.names[row])
        except ItemError:
            continue
    return found


def grey(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the light of pixels [..., 3], as the eye weighs the colours, [...] uint8."""
    weighed = pixels.astype(np.float64) @ np.array([0.299, 0.587, 0.114])
    return np.asarray(np.rint(weighed), np.uint8)


def picture_url(values: NDArray[np.uint8]) -> str:
    """Return a picture, [h, w] or [h, w, 3] uint8, as an address that holds it."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(values).save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
