"""Row 8: a pixel bomb: 20 KB of PNG that claim 169 megapixels and 822 MB of memory.

Bitten: whoever relied on Pillow, which only warns. Expected: megapixels are capped from the header, before decoding.
"""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Callable

import pytest
from PIL import Image
from tests.blocks.test_image_files import bomb

from apprenti.blocks.decoding import decode, look, read_header, thumbnail
from apprenti.blocks.reencoding import reencoded
from apprenti.domain.errors import ItemError
from apprenti.domain.recipe import Canvas

READERS: dict[str, Callable[[bytes], object]] = {
    "read_header": lambda data: read_header(data, item="a"),
    "decode": lambda data: decode(data, Canvas(size_px=64), item="a"),
    "look": lambda data: look(data, item="a"),
    "thumbnail": lambda data: thumbnail(data, item="a"),
    "reencoded": lambda data: reencoded(data, "a"),
}


def flat(format_: str, **options: object) -> bytes:
    """A true picture of 121 megapixels, all of one grey, that takes a few kilobytes."""
    buffer = io.BytesIO()
    Image.new("1", (11_000, 11_000)).save(buffer, format_, **options)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def bombs() -> dict[str, bytes]:
    return {
        "PNG": bomb(13_000),
        "huge": bomb(2**31 - 1),
        "TIFF": flat("TIFF", compression="group4"),
        "GIF": flat("GIF"),
    }


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("kind", ["PNG", "huge", "TIFF", "GIF"])
def test_a_pixel_bomb_is_refused_before_a_pixel_is_decoded(
    bombs: dict[str, bytes], kind: str, reader: str
) -> None:
    assert len(bombs[kind]) < 200_000
    tracemalloc.start()
    try:
        with pytest.raises(ItemError) as caught:
            READERS[reader](bombs[kind])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert caught.value.key == "too_many_pixels"
    assert peak < 2_000_000
