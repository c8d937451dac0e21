"""Every way a file can be broken, foreign or a trap."""

from __future__ import annotations

import contextlib
import io
import struct
import threading
import time
import warnings
import zlib

import numpy as np
import pytest
from PIL import Image, TiffImagePlugin
from tests.blocks.pictures import photo, saved

from apprenti.blocks.decoding import ACCEPTED_FORMATS, decode, look, read_header, thumbnail
from apprenti.domain.errors import ItemError
from apprenti.domain.recipe import Canvas


def problem(data: bytes) -> str:
    with pytest.raises(ItemError) as caught:
        decode(data, Canvas(size_px=16), item="photo.jpg")
    assert "photo.jpg" in caught.value.said("fr")
    return caught.value.key


def test_an_empty_file_is_called_empty() -> None:
    assert problem(b"") == "empty_file"


@pytest.mark.parametrize("format_", ACCEPTED_FORMATS)
def test_a_truncated_file_is_called_damaged(format_: str) -> None:
    data = saved(photo(200, 150), format_)
    assert problem(data[: len(data) // 2]) == "damaged_image"
    assert problem(data[:20]) == "damaged_image"


@pytest.mark.parametrize("format_", ACCEPTED_FORMATS)
def test_damaged_bytes_never_raise_anything_but_an_item_error(format_: str) -> None:
    data = bytearray(saved(photo(60, 40), format_))
    rng = np.random.default_rng(0)
    for _ in range(25):
        damaged = bytearray(data)
        for at in rng.integers(0, len(data), 8):
            damaged[at] = rng.integers(256)
        for use in (decode_small, look_only, thumbnail_only):
            with contextlib.suppress(ItemError):
                use(bytes(damaged))


def decode_small(data: bytes) -> None:
    decode(data, Canvas(size_px=16), item="x")


def look_only(data: bytes) -> None:
    look(data, item="x")


def thumbnail_only(data: bytes) -> None:
    thumbnail(data, item="x")


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "not_an_image"),
        (b"<html><script>alert(1)</script></html>", "not_an_image"),
        (b"%PDF-1.7\n", "not_an_image"),
        (b"just words, nothing else", "not_an_image"),
        (b"\0\0\0\x18ftypheic\0\0\0\0heic", "heic_image"),
    ],
)
def test_a_foreign_file_is_named_for_what_it_is(data: bytes, key: str) -> None:
    assert problem(data) == key


@pytest.mark.parametrize("format_", ["PPM", "ICO", "TGA", "PCX", "SGI", "JPEG2000", "DDS", "EPS", "SPIDER"])
def test_abuse_09_an_exotic_decoder_is_never_tried(format_: str) -> None:
    mode = "F" if format_ == "SPIDER" else "RGB"
    data = saved(Image.new(mode, (32, 32)), format_)
    assert problem(data) == "not_an_image"


def bomb(side: int, bytes_there: int = 2000) -> bytes:
    """A tiny PNG whose header claims side x side pixels."""
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * bytes_there)
    parts = [(b"IHDR", header), (b"IDAT", body), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )


@pytest.mark.parametrize("side", [10_001, 13_000, 40_000, 2**31 - 1])
def test_abuse_08_a_pixel_bomb_is_refused_from_its_header(side: int) -> None:
    data = bomb(side)
    for use in (decode_small, look_only, thumbnail_only, lambda data: read_header(data, item="x")):
        begun = time.process_time()
        with pytest.raises(ItemError) as caught:
            use(data)
        assert caught.value.key == "too_many_pixels"
        assert time.process_time() - begun < 0.2


def test_the_megapixel_cap_is_an_argument() -> None:
    data = saved(Image.new("L", (1000, 1001)))
    assert read_header(data, item="x", max_megapixels=1.1).width_px == 1000
    with pytest.raises(ItemError, match="more than 1 megapixels"):
        read_header(data, item="x", max_megapixels=1.0)


def test_a_header_is_read_without_decoding_pixels() -> None:
    data = saved(photo(300, 200), "JPEG")
    header = read_header(data[:700], item="x")
    assert (header.format, header.width_px, header.height_px) == ("JPEG", 300, 200)


def test_warnings_of_pillow_never_leak_and_others_stay() -> None:
    palette = Image.new("P", (16, 16), 0)
    palette.putpalette([0, 0, 0, 255, 0, 0])
    tiff = io.BytesIO()
    info = TiffImagePlugin.ImageFileDirectory_v2()
    info[0x8298] = "x"
    Image.new("L", (16, 16)).save(tiff, "TIFF", tiffinfo=info, compression="tiff_lzw")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        decode_small(saved(palette, transparency=b"\0\x80"))
        decode_small(tiff.getvalue())
        with pytest.raises(ItemError):
            decode_small(tiff.getvalue()[:-30])
        with pytest.raises(ItemError):
            decode_small(bomb(10_001))
        warnings.warn("mine", UserWarning, stacklevel=1)
    assert [str(warning.message) for warning in caught] == ["mine"]


def test_filters_of_warnings_come_back_after_threads_decoded_side_by_side() -> None:
    data = saved(photo(64, 64), "JPEG")
    before = list(warnings.filters)
    threads = [threading.Thread(target=lambda: [decode_small(data) for _ in range(30)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(warnings.filters) == before
