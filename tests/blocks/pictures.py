"""Pictures drawn for the tests of decoding."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

WHITE, RED, GREEN, BLUE = (255, 255, 255), (255, 0, 0), (0, 255, 0), (0, 0, 255)


def saved(image: Image.Image, format_: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format_, **options)
    return buffer.getvalue()


def corners(size: tuple[int, int] = (64, 48)) -> Image.Image:
    """A picture whose four quarters are red, green (top), blue and white (bottom)."""
    image = Image.new("RGB", size, WHITE)
    half_width, half_height = size[0] // 2, size[1] // 2
    image.paste(RED, (0, 0, half_width, half_height))
    image.paste(GREEN, (half_width, 0, size[0], half_height))
    image.paste(BLUE, (0, half_height, half_width, size[1]))
    return image


def photo(width: int, height: int, seed: int = 0) -> Image.Image:
    """Something with the smooth and rough parts of a photo."""
    rng = np.random.default_rng(seed)
    small = rng.uniform(0, 255, (7, 9, 3)).astype(np.uint8)
    large = Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC)
    noise = rng.normal(0, 6, (height, width, 1))
    return Image.fromarray(np.clip(np.asarray(large) + noise, 0, 255).astype(np.uint8))
