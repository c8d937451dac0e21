"""Pictures as they are given back to browsers: decoded and written anew, so that only pixels are left of them.

A file can be a picture and a web page at once, and a photo tells where and with what it was taken. Neither survives:
nothing of the bytes that came is among those that leave.
"""

from __future__ import annotations

import io
from collections.abc import Mapping

from apprenti.blocks.decoding import upright
from apprenti.blocks.image_files import MAX_MEGAPIXELS, damage_named, format_of, opened, quiet_pillow

MAX_SIDE_PX = 2048
JPEG_QUALITY = WEBP_QUALITY = 90

MEDIA_TYPE_OF_START: Mapping[bytes, str] = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"RIFF": "image/webp",
}


def reencoded(data: bytes, item: str, *, max_side_px: int = MAX_SIDE_PX) -> bytes:
    """Return an accepted picture anew: upright, without metadata, of limited size.

    JPEG and WebP stay what they were (quality 90); PNG, GIF, BMP and TIFF become PNG, in 8 bits. Transparent parts
    stay transparent, of several frames the first is left, colour profiles go with the rest of the metadata.

    Args:
        data: the bytes of a JPEG, PNG, WebP, GIF, BMP or TIFF file.
        item: its name, for the message.
        max_side_px: the longer side is made no longer than that.

    Returns:
        A JPEG, PNG or WebP file; ``media_type`` tells which.

    Raises:
        ItemError: the file is not a usable image.
    """
    buffer = io.BytesIO()
    with quiet_pillow(), damage_named(item):
        image = opened(data, item, MAX_MEGAPIXELS)
        came_as = format_of(image)
        picture = upright(image, max_side_px=max_side_px)
        if came_as == "JPEG":
            picture.save(buffer, "JPEG", quality=JPEG_QUALITY)
        elif came_as == "WEBP":
            picture.save(buffer, "WEBP", quality=WEBP_QUALITY)
        else:
            picture.save(buffer, "PNG")
    return buffer.getvalue()


def media_type(data: bytes) -> str:
    """Return the media type of what ``reencoded`` or ``thumbnail`` gave.

    Example:
        >>> media_type(b"RIFF....WEBP")
        'image/webp'
    """
    return next(kind for start, kind in MEDIA_TYPE_OF_START.items() if data.startswith(start))
