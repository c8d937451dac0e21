"""From the bytes of a file to a square of RGB pixels: one function, shared by training and serving.

Only six formats are ever tried, the header is judged before a pixel is decoded, and whatever Pillow says of a
damaged file becomes one kind of error. Sixteen-bit values are scaled by their full range, transparent parts
lie on white, EXIF turning is applied, and of several frames the first counts. Colour profiles are ignored.
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from apprenti.blocks.image_files import (
    ACCEPTED_FORMATS,
    MAX_MEGAPIXELS,
    damage_named,
    format_of,
    opened,
    quiet_pillow,
)
from apprenti.domain.dataset import ImageFacts
from apprenti.domain.recipe import Canvas

__all__ = ["ACCEPTED_FORMATS", "ImageHeader", "Look", "decode", "look", "read_header", "thumbnail", "upright"]

SIGNATURE_SIDE_PX = 16
DETAIL_SIDE_PX = 32
TINT_SIDE_PX = 4
CROP_SHARE = 0.875
"""Share of the shorter side that ``crop`` keeps: the usual 224 of 256."""

PAD_GREY = 128
DRAFT_GAP = 1.5
"""A JPEG is decoded at a fraction of its size, but at least this many times the side that is needed."""

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ORIENTATION = 0x0112
_WHITE = (255, 255, 255, 255)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageHeader:
    """What the first bytes of a file say; no pixel has been decoded yet.

    Args:
        format: one of ``ACCEPTED_FORMATS``.
        width_px: width as stored, before EXIF rotation.
        height_px: height as stored, before EXIF rotation.
    """

    format: str
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one look at an image gives.

    Args:
        facts: size, brightness, contrast, colour.
        signature: uint8 [16,16], the whole picture squashed to a small grey one.
        detail: uint8 [32,32], the same, finer: what a likeness of signatures is confirmed on.
        tint: uint8 [4,4,3], the same in colour, coarser: two pictures can be alike in all but colour.
    """

    facts: ImageFacts
    signature: NDArray[np.uint8]
    detail: NDArray[np.uint8]
    tint: NDArray[np.uint8]


def read_header(data: bytes, *, item: str, max_megapixels: float = MAX_MEGAPIXELS) -> ImageHeader:
    """Return format and size of an image, from its header alone.

    Args:
        data: the bytes of the file.
        item: its name, for the message.
        max_megapixels: images of more pixels are refused; above 178 Pillow refuses by itself.

    Raises:
        ItemError: empty, of a format that is not accepted, damaged, or of too many pixels.
    """
    with quiet_pillow():
        image = opened(data, item, max_megapixels)
        return ImageHeader(format=format_of(image), width_px=image.width, height_px=image.height)


def decode(data: bytes, canvas: Canvas, *, item: str) -> NDArray[np.uint8]:
    """Return the image as a square of pixels.

    Args:
        data: the bytes of a JPEG, PNG, WebP, GIF, BMP or TIFF file.
        canvas: side of the square, and how the image is brought into it.
        item: the name of the image, for the message.

    Returns:
        uint8 [S,S,3], RGB, S = ``canvas.size_px``.

    Raises:
        ItemError: the file is not a usable image.

    Example:
        >>> square = io.BytesIO()
        >>> Image.new("L", (300, 200)).save(square, "PNG")
        >>> decode(square.getvalue(), Canvas(size_px=64), item="black.png").shape
        (64, 64, 3)
    """
    with quiet_pillow(), damage_named(item):
        image = opened(data, item, MAX_MEGAPIXELS)
        return np.asarray(_on_canvas(image, canvas))


def look(data: bytes, *, item: str) -> Look:
    """Return the facts of an image and two small grey pictures of it, from one decoding.

    Raises:
        ItemError: the file is not a usable image.
    """
    with quiet_pillow(), damage_named(item):
        image = opened(data, item, MAX_MEGAPIXELS)
        format_ = format_of(image)
        width, height = image.size
        turn = _turn(image)
        small = _on_canvas(image, Canvas(size_px=2 * DETAIL_SIDE_PX))
        if turn in (5, 6, 7, 8):
            width, height = height, width
    grey = small.convert("L")
    levels = np.asarray(grey, dtype=np.float32) / 255.0
    # one channel after the other: a reduction along an axis of three costs more than the decoding
    from_grey = [
        np.abs(np.asarray(channel, dtype=np.float32) / 255.0 - levels).mean() for channel in small.split()
    ]
    facts = ImageFacts(
        width_px=width,
        height_px=height,
        format=format_,
        brightness=round(float(levels.mean()), 6),
        contrast=round(float(levels.std()), 6),
        colourfulness=round(float(np.mean(from_grey)), 6),
    )
    return Look(
        facts=facts,
        signature=_shrunk(grey, SIGNATURE_SIDE_PX),
        detail=_shrunk(grey, DETAIL_SIDE_PX),
        tint=_shrunk(small, TINT_SIDE_PX),
    )


def thumbnail(data: bytes, *, item: str, max_side_px: int = 96) -> bytes:
    """Return a small JPEG of the image, its longer side at most ``max_side_px``, without any of its metadata.

    Raises:
        ItemError: the file is not a usable image.
    """
    with quiet_pillow(), damage_named(item):
        small = _rgb(upright(opened(data, item, MAX_MEGAPIXELS), max_side_px=max_side_px))
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=80)
    return buffer.getvalue()


def upright(image: Image.Image, *, max_side_px: int) -> Image.Image:
    """Return the first frame as a person sees it, turned as its EXIF says, without any of its metadata.

    Args:
        image: not loaded yet.
        max_side_px: the longer side is made no longer than that; small pictures stay as they are.

    Returns:
        In a mode of 8 bits: L, RGB, LA or RGBA.
    """
    turn = _turn(image)
    scale = min(1.0, max_side_px / max(image.size))
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    image.draft(None, _draft_size(size))
    small = _turned(_resized(_plain(image), size), turn)
    small.info = {}  # no EXIF, no comment, no profile goes with it
    return small


def _on_canvas(image: Image.Image, canvas: Canvas) -> Image.Image:
    """Return ``image``, not loaded yet, as an RGB square.

    The square is turned last: every fit is centred, so the result is the same and the work is less.
    """
    side = canvas.size_px
    turn = _turn(image)
    match canvas.fit:
        case "squash":
            image.draft(None, _draft_size((side, side)))
            square = _resized(_plain(image), (side, side))
        case "crop":
            image.draft(None, _draft_size((side / CROP_SHARE,) * 2))
            image = _plain(image)
            square = _resized(image, (side, side), _centre_box(image.size))
        case "pad":
            square = _padded(image, side)
    return _turned(_rgb(square), turn)


def _padded(image: Image.Image, side: int) -> Image.Image:
    scale = side / max(image.size)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    image.draft(None, _draft_size(size))
    square = Image.new("RGB", (side, side), (PAD_GREY,) * 3)
    square.paste(_rgb(_resized(_plain(image), size)), ((side - size[0]) // 2, (side - size[1]) // 2))
    return square


def _draft_size(size: tuple[float, float]) -> tuple[int, int]:
    return (math.ceil(size[0] * DRAFT_GAP), math.ceil(size[1] * DRAFT_GAP))


def _centre_box(size: tuple[int, int]) -> tuple[float, float, float, float]:
    """Return the centred square of ``CROP_SHARE`` of the shorter side: left, upper, right, lower."""
    side = CROP_SHARE * min(size)
    left, upper = (size[0] - side) / 2, (size[1] - side) / 2
    return (left, upper, left + side, upper + side)


def _resized(
    image: Image.Image, size: tuple[int, int], box: tuple[float, float, float, float] | None = None
) -> Image.Image:
    """Return the image antialiased: far larger ones are first averaged over whole blocks, which is cheap."""
    return image.resize(size, Image.Resampling.BILINEAR, box=box, reducing_gap=2.0)


def _plain(image: Image.Image) -> Image.Image:
    """Return the first frame, decoded, in a mode that can be averaged: L, RGB, LA or RGBA."""
    image.load()
    if image.mode.startswith(("I", "F")):
        return Image.fromarray(_eight_bits(np.asarray(image), sixteen=image.mode.startswith("I;16")))
    if image.has_transparency_data:
        return image if image.mode in ("LA", "RGBA") else image.convert("RGBA")
    if image.mode == "1":
        return image.convert("L")
    return image if image.mode in ("L", "RGB") else image.convert("RGB")


def _eight_bits(values: NDArray[np.generic], *, sixteen: bool) -> NDArray[np.uint8]:
    """Return grey values of any depth as 8 bits; for 32-bit ones the largest value tells the range.

    Args:
        values: [h,w] uint16, int32 or float32.
        sixteen: the format itself says 16 bits.
    """
    levels = np.nan_to_num(np.asarray(values, dtype=np.float32), posinf=0.0, neginf=0.0)
    peak = float(levels.max(initial=0.0))
    ranges = (65535.0,) if sixteen else (1.0, 255.0, 65535.0)
    full = next((full for full in ranges if peak <= full), peak)
    scaled: NDArray[np.uint8] = np.rint(np.clip(levels / full, 0.0, 1.0) * 255.0).astype(np.uint8)
    return scaled


def _rgb(image: Image.Image) -> Image.Image:
    """Return the image as RGB, what is transparent lying on white."""
    if image.mode in ("LA", "RGBA"):
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, _WHITE), image)
    return image if image.mode == "RGB" else image.convert("RGB")


def _turn(image: Image.Image) -> int:
    """Return the EXIF orientation, 1 to 8; 1 for TIFF, which Pillow turns by itself."""
    if image.format == "TIFF":
        return 1
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # damaged EXIF must not cost the picture
        return 1


def _turned(image: Image.Image, turn: int) -> Image.Image:
    return image.transpose(_TURNS[turn]) if turn in _TURNS else image


def _shrunk(image: Image.Image, side: int) -> NDArray[np.uint8]:
    return np.asarray(image.resize((side, side), Image.Resampling.BOX))
