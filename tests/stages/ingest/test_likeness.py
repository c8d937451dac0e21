"""The same picture again is found; look-alikes are left alone."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageEnhance
from tests.stages.ingest.photos import encoded, picture

from apprenti.blocks.decoding import look
from apprenti.stages.ingest.likeness import MAX_GROUP, alike
from apprenti.stages.ingest.looking import Looked


def looked(image: Image.Image, format_: str = "PNG", **options: object) -> Looked:
    found = look(encoded(image, format_, **options), item="x")
    return Looked(
        content_hash="", facts=found.facts, signature=found.signature, detail=found.detail, tint=found.tint
    )


def groups(looks: list[Looked]) -> list[list[int]]:
    return [group.tolist() for group in alike(looks)]


def half(image: Image.Image) -> Image.Image:
    return image.resize((image.width // 2, image.height // 2), Image.Resampling.BICUBIC)


COPIES = {
    "quality 60": lambda image: looked(image, "JPEG", quality=60),
    "half size": lambda image: looked(half(image)),
    "brighter": lambda image: looked(ImageEnhance.Brightness(image).enhance(1.1)),
    "darker": lambda image: looked(ImageEnhance.Brightness(image).enhance(0.9)),
    "both": lambda image: looked(half(ImageEnhance.Brightness(image).enhance(0.9)), "JPEG", quality=60),
}


@pytest.mark.parametrize("kind", COPIES)
def test_a_copy_is_found_however_it_was_made(kind: str) -> None:
    pictures = [picture(seed, 200, 150) for seed in range(24)]
    looks = [looked(image) for image in pictures] + [COPIES[kind](image) for image in pictures]
    found = groups(looks)
    assert len(found) >= 23
    assert all(pair == [pair[0], pair[0] + 24] for pair in found)


def test_different_pictures_are_left_alone() -> None:
    assert groups([looked(picture(seed)) for seed in range(150)]) == []


@pytest.mark.parametrize("n", [0, 1])
def test_few_pictures_have_no_groups(n: int) -> None:
    assert groups([looked(picture(0))] * n) == []


def test_plain_pictures_are_never_alike() -> None:
    assert groups([looked(Image.new("L", (40, 40), grey)) for grey in (10, 10, 200, 200)]) == []


def test_smooth_surfaces_that_share_only_their_shading_are_not_alike() -> None:
    ramp = np.linspace(60, 200, 96)[None].repeat(72, 0)
    looks = []
    for seed in range(6):
        grain = np.random.default_rng(seed).normal(0, 12, (9, 12))
        rough = np.asarray(
            Image.fromarray(grain.astype(np.float32)).resize((96, 72), Image.Resampling.BICUBIC)
        )
        looks.append(looked(Image.fromarray(np.clip(ramp + rough / 2, 0, 255).astype(np.uint8))))
    assert groups(looks) == []


def test_the_same_drawing_in_another_colour_is_another_picture() -> None:
    def disc(colour: tuple[int, int, int]) -> Image.Image:
        y, x = np.mgrid[:64, :64]
        inside = (x - 30) ** 2 + (y - 34) ** 2 < 400
        return Image.fromarray(np.where(inside[..., None], colour, 255).astype(np.uint8))

    assert groups([looked(disc((200, 40, 40))), looked(disc((40, 40, 200)))]) == []
    assert groups([looked(disc((200, 40, 40))), looked(disc((190, 38, 38)))]) == [[0, 1]]


def test_another_shape_or_a_far_darker_exposure_is_another_picture() -> None:
    image = picture(3, 100, 100)
    dark = ImageEnhance.Brightness(image).enhance(0.3)
    assert groups([looked(image), looked(image.resize((100, 60))), looked(dark)]) == []


def morph(n: int, step: float, seed: int = 5) -> list[Looked]:
    """Pictures each a little further from the first."""
    first, last = (np.asarray(picture(at, 96, 72), dtype=np.float64) for at in (seed, seed + 1))
    return [
        looked(Image.fromarray((first * (1 - i * step) + last * i * step).astype(np.uint8))) for i in range(n)
    ]


def test_a_chain_of_look_alikes_is_not_one_picture() -> None:
    chain = morph(40, 0.025)
    found = groups(chain)
    assert all(len(group) < 12 for group in found)
    assert not any({0, 39} <= set(group) for group in found)


def test_a_crowd_before_a_fixed_camera_is_not_one_picture() -> None:
    scene = np.asarray(picture(9, 96, 72), dtype=np.float64)
    frames = []
    for seed in range(MAX_GROUP + 30):
        noise = np.random.default_rng(seed).normal(0, 9, (18, 24, 1))
        grain = np.kron(noise, np.ones((4, 4, 1)))
        frames.append(looked(Image.fromarray(np.clip(scene + grain, 0, 255).astype(np.uint8))))
    assert all(len(group) <= MAX_GROUP for group in groups(frames))


def test_a_true_copy_inside_a_crowd_is_still_found() -> None:
    looks = morph(30, 0.03)
    looks.append(looks[12])
    assert any({12, 30} <= set(group) for group in groups(looks))


def test_the_order_of_the_pictures_does_not_matter() -> None:
    looks = [looked(picture(seed)) for seed in range(20)] + [looked(half(picture(seed))) for seed in range(5)]
    order = np.random.default_rng(0).permutation(len(looks))
    shuffled = groups([looks[at] for at in order])
    assert {frozenset(int(order[at]) for at in group) for group in shuffled} == {
        frozenset(group) for group in groups(looks)
    }


def test_no_picture_is_missed_by_comparing_bands_only() -> None:
    rng = np.random.default_rng(1)
    looks = [looked(picture(seed)) for seed in range(400)]
    picked = rng.choice(400, 40, replace=False)
    looks += [looked(picture(int(seed)), "JPEG", quality=60) for seed in picked]
    assert sorted(group[0] for group in groups(looks)) == sorted(picked.tolist())
