"""The edge to Pillow: which files it may open, and one kind of error for whatever it says of them."""

from __future__ import annotations

import io
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import (
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from apprenti.domain.errors import ItemError

# Imported plugins are found at once; otherwise Pillow loads all of its forty at the first WebP or TIFF.
_PLUGINS = (BmpImagePlugin, GifImagePlugin, JpegImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin)
ACCEPTED_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
MAX_MEGAPIXELS = 100.0


def opened(data: bytes, item: str, max_megapixels: float) -> Image.Image:
    """Return the image with its header read, after judging format and number of pixels."""
    if not data:
        raise ItemError("empty_file", item=item)
    limit = ItemError("too_many_pixels", item=item, limit=f"{max_megapixels:g}")
    try:
        image = Image.open(io.BytesIO(data), formats=ACCEPTED_FORMATS)
    except Image.DecompressionBombError as error:
        raise limit from error
    except UnidentifiedImageError as error:
        raise ItemError(_foreign(data), item=item) from error
    except Exception as error:  # a plugin may raise anything on a damaged header
        raise ItemError("damaged_image", item=item) from error
    if image.width * image.height > max_megapixels * 1e6:
        raise limit
    return image


def _foreign(data: bytes) -> str:
    """Return the error key for bytes no accepted format claims: damaged, HEIC, or something else."""
    starts = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM", b"II*\0", b"MM\0*")
    if data.startswith(starts) or data[:4] + data[8:12] == b"RIFFWEBP":
        return "damaged_image"
    if data[4:8] == b"ftyp" and data[8:12] in (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif"):
        return "heic_image"
    return "not_an_image"


def format_of(image: Image.Image) -> str:
    """Return the format; phones write JPEG with a second picture behind it, which Pillow calls MPO."""
    return "JPEG" if image.format == "MPO" else str(image.format)


@contextmanager
def damage_named(item: str) -> Iterator[None]:
    """Turn whatever Pillow raises on damaged pixels into one error that names the item."""
    try:
        yield
    except ItemError:
        raise
    except Exception as error:  # a decoder may raise anything on damaged bytes
        raise ItemError("damaged_image", item=item) from error


_quiet_lock = threading.Lock()
_quiet_stack: list[warnings.catch_warnings[None]] = []
_quiet_users = [0]


@contextmanager
def quiet_pillow() -> Iterator[None]:
    """Silence Pillow's warnings while any thread decodes; the filters come back when the last one is done.

    ``catch_warnings`` alone is not enough: two threads that overlap would put back each other's filters.
    """
    with _quiet_lock:
        if not _quiet_users[0]:
            _quiet_stack.append(warnings.catch_warnings())
            _quiet_stack[0].__enter__()
            warnings.filterwarnings("ignore", module=r"(PIL|apprenti\.blocks)(\.|$)")
        _quiet_users[0] += 1
    try:
        yield
    finally:
        with _quiet_lock:
            _quiet_users[0] -= 1
            if not _quiet_users[0]:
                _quiet_stack.pop().__exit__(None, None, None)
