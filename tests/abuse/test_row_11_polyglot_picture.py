"""Row 11: an SVG, or a file that is a picture and a web page at once, runs in the browser of whoever looks at it.

Bitten: Label Studio CVE-2023-47115. Expected: re-encoded (here); nosniff and CSP (with the doors).
"""

from __future__ import annotations

import io

import pytest
from PIL import Image, PngImagePlugin

from apprenti.blocks.reencoding import media_type, reencoded
from apprenti.domain.errors import ItemError

SCRIPT = b"<html><script>alert(document.cookie)</script></html>"


def polyglots() -> dict[str, bytes]:
    """Pictures that every browser shows, each with a page somewhere inside."""
    image = Image.new("RGB", (40, 30), (200, 100, 50))
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", SCRIPT.decode())
    exif = Image.Exif()
    exif[0x010E] = SCRIPT.decode()
    options: dict[str, tuple[str, dict[str, object]]] = {
        "comment": ("JPEG", {"comment": SCRIPT}),
        "exif": ("JPEG", {"exif": exif}),
        "text": ("PNG", {"pnginfo": text}),
        "xmp": ("WEBP", {"xmp": SCRIPT}),
        "gif": ("GIF", {"comment": SCRIPT}),
    }
    made = {}
    for name, (format_, extra) in options.items():
        buffer = io.BytesIO()
        image.save(buffer, format_, **extra)
        made[name] = buffer.getvalue()
    plain = io.BytesIO()
    image.save(plain, "BMP")
    return made | {"behind": plain.getvalue() + SCRIPT}


@pytest.mark.parametrize("name", ["comment", "exif", "text", "xmp", "gif", "behind"])
def test_nothing_of_a_page_inside_a_picture_is_given_back(name: str) -> None:
    data = polyglots()[name]
    assert b"<script>" in data
    anew = reencoded(data, "cat.jpg")
    assert b"script" not in anew
    assert media_type(anew) in ("image/jpeg", "image/png", "image/webp")
    assert Image.open(io.BytesIO(anew)).size == (40, 30)


@pytest.mark.parametrize(
    "data",
    [b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", b"<?xml version='1.0'?><svg/>", SCRIPT,
     b"GIF89a=1;alert(1)//", b"\xef\xbb\xbf<svg/>", b"%PDF-1.7\n" + SCRIPT],
)  # fmt: skip
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(ItemError):
        reencoded(data, "cat.svg")
