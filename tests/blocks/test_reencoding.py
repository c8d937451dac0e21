"""What is given back to a browser is the picture and nothing else."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageCms, PngImagePlugin
from tests.blocks.pictures import corners, photo, saved

from apprenti.blocks.reencoding import media_type, reencoded
from apprenti.domain.errors import ItemError

SECRET = b"taken at 48.8584 N, 2.2945 E"


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def with_everything(format_: str) -> bytes:
    """A picture with EXIF (position, orientation 6), a comment, a profile and text, each with the secret in it."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = SECRET.decode()
    options: dict[str, object] = {"exif": exif}
    options["icc_profile"] = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes() + SECRET
    if format_ == "JPEG":
        options["comment"] = SECRET
    if format_ == "PNG":
        text = PngImagePlugin.PngInfo()
        text.add_text("Comment", SECRET.decode())
        options["pnginfo"] = text
    if format_ == "WEBP":
        options["xmp"] = SECRET
    return saved(corners(), format_, **options)


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
def test_nothing_of_the_metadata_is_left_and_the_picture_stands_upright(format_: str) -> None:
    data = with_everything(format_) + b"<script>alert(1)</script>"
    assert SECRET in data
    anew = reencoded(data, "a")
    assert SECRET not in anew
    assert b"<script" not in anew
    image = opened(anew)
    assert image.format == format_
    assert image.size == (48, 64)  # 64 x 48 before it was turned
    assert not image.getexif()
    assert set(image.info) <= {
        "jfif",
        "jfif_version",
        "jfif_unit",
        "jfif_density",
        "loop",
        "background",
        "timestamp",
        "duration",
    }
    red, green, blue = image.convert("RGB").getpixel((40, 8))  # type: ignore[misc]
    assert red > 200 > 60 > max(green, blue)


@pytest.mark.parametrize(
    ("format_", "leaves_as"),
    [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp"), ("GIF", "image/png"), ("BMP", "image/png"),
     ("TIFF", "image/png")],
)  # fmt: skip
def test_every_accepted_format_leaves_as_one_that_browsers_show(format_: str, leaves_as: str) -> None:
    anew = reencoded(saved(photo(60, 40), format_), "a")
    assert media_type(anew) == leaves_as
    assert opened(anew).size == (60, 40)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "CMYK"])
def test_every_mode_leaves_with_its_picture(mode: str) -> None:
    if mode == "I;16":
        image = Image.fromarray(np.full((20, 30), 65535, dtype=np.uint16))
    else:
        image = Image.new("RGB", (30, 20), (255, 255, 255)).convert(mode)
    format_ = "JPEG" if mode == "CMYK" else "PNG"
    anew = opened(reencoded(saved(image, format_), "a"))
    assert anew.convert("L").getpixel((3, 3)) == 255
    assert anew.size == (30, 20)


def test_transparent_parts_stay_transparent() -> None:
    anew = opened(reencoded(saved(Image.new("RGBA", (8, 8), (255, 0, 0, 0))), "a"))
    assert anew.convert("RGBA").getpixel((0, 0))[3] == 0  # type: ignore[index]


def test_a_large_picture_leaves_no_larger_than_asked() -> None:
    assert opened(reencoded(saved(photo(300, 200), "JPEG"), "a", max_side_px=120)).size == (120, 80)
    assert opened(reencoded(saved(Image.new("L", (3000, 30))), "a")).size == (2048, 20)


def test_a_picture_of_one_pixel_in_height_keeps_it() -> None:
    assert opened(reencoded(saved(Image.new("L", (4000, 1))), "a")).size == (2048, 1)


def test_the_same_picture_gives_the_same_bytes() -> None:
    data = with_everything("JPEG")
    assert reencoded(data, "a") == reencoded(data, "a")


@pytest.mark.parametrize(
    "data",
    [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", saved(photo(60, 40), "JPEG")[:300], b"<html></html>"],
)
def test_what_is_no_whole_picture_is_refused(data: bytes) -> None:
    with pytest.raises(ItemError) as caught:
        reencoded(data, "a.jpg")
    assert "a.jpg" in caught.value.said("en")
