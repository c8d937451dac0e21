"""Row 9: one of Pillow's forty decoders that nobody needs has a hole.

Bitten: Pillow CVE-2026-40192. Expected: only JPEG, PNG, WebP, GIF (first frame), BMP and TIFF, by explicit list.
"""

from __future__ import annotations

import io

import pytest
from PIL import Image
from tests.abuse.test_row_08_pixel_bomb import READERS

from apprenti.blocks.decoding import ACCEPTED_FORMATS
from apprenti.domain.errors import ItemError

EXOTIC = {
    "DDS",
    "EPS",
    "ICNS",
    "ICO",
    "JPEG2000",
    "MSP",
    "PCX",
    "PPM",
    "SGI",
    "SPIDER",
    "TGA",
    "XBM",
    "AVIF",
    "QOI",
}
STARTS = {
    "FITS": b"SIMPLE  =                    T", "PSD": b"8BPS\0\1",
    "FLI": b"\0\0\0\0\x11\xaf", "WMF": b"\xd7\xcd\xc6\x9a\0\0",
    "EPS": b"%!PS-Adobe-3.0 EPSF-3.0\n", "HDF5": b"\x89HDF\r\n\x1a\n", "GRIB": b"GRIB\0\0\0\1",
    "DCX": b"\xb1\x68\xde\x3a",
    "MPEG": b"\0\0\1\xb3", "FPX": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "MCIDAS": b"\0\0\0\0\0\0\0\4",
}  # fmt: skip


def drawn(format_: str) -> bytes:
    Image.init()
    if format_ not in Image.SAVE:
        pytest.skip(f"this Pillow cannot write {format_}")
    mode = {"SPIDER": "F", "MSP": "1", "XBM": "1"}.get(format_, "RGB")
    buffer = io.BytesIO()
    Image.new(mode, (32, 32)).save(buffer, format_)
    return buffer.getvalue()


def test_the_list_is_the_one_that_was_decided() -> None:
    assert set(ACCEPTED_FORMATS) == {"JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF"}


@pytest.mark.parametrize("format_", sorted(EXOTIC))
def test_a_true_picture_of_another_format_is_refused_by_every_reader(format_: str) -> None:
    data = drawn(format_)
    for read in READERS.values():
        with pytest.raises(ItemError) as caught:
            read(data)
        assert caught.value.key in ("not_an_image", "heic_image")


@pytest.mark.parametrize("format_", sorted(STARTS))
def test_what_begins_as_one_reaches_no_decoder(format_: str, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.init()
    for name, (factory, _) in dict(Image.OPEN).items():
        if name not in ACCEPTED_FORMATS:
            monkeypatch.setitem(Image.OPEN, name, (lambda *_: pytest.fail("it was tried"), None))  # type: ignore[arg-type]
            assert factory is not None
    for read in READERS.values():
        with pytest.raises(ItemError):
            read(STARTS[format_] + bytes(600))


def test_of_an_animation_only_the_first_frame_is_read() -> None:
    frames = [Image.new("RGB", (32, 32), colour) for colour in ((255, 0, 0), (0, 255, 0), (0, 0, 255))]
    for format_ in ("GIF", "WEBP", "PNG", "TIFF"):
        buffer = io.BytesIO()
        frames[0].save(buffer, format_, save_all=True, append_images=frames[1:])
        anew = READERS["reencoded"](buffer.getvalue())
        image = Image.open(io.BytesIO(anew))  # type: ignore[arg-type]
        red, green, blue = image.convert("RGB").getpixel((16, 16))  # type: ignore[misc]
        assert getattr(image, "n_frames", 1) == 1
        assert red > 240 > 20 > max(green, blue)
