"""Which changes leave a label what it is, told from drawn pictures whose answer is known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from apprenti.domain.symmetry import SYMMETRIES, JudgedSymmetry, SymmetryFinding
from apprenti.stages.train.symmetries import MAX_PHOTOS, MOST_LOST, changed, find_symmetries, told

SIDE_PX = 32
Pixels = NDArray[np.uint8]
Draw = Callable[[ImageDraw.ImageDraw, np.random.Generator, int], None]


def eyes(pixels: Pixels) -> NDArray[np.float32]:
    """Return what a plain network might see: mean light and spread of 4 x 4 cells in each third of the colours."""
    n = len(pixels)
    cells = pixels.reshape(n, 4, SIDE_PX // 4, 4, SIDE_PX // 4, 3).astype(np.float32) / 255
    seen = [cells.mean(axis=(2, 4)), cells.std(axis=(2, 4))]
    return np.concatenate([part.reshape(n, -1) for part in seen], axis=1).astype(np.float32)


def drawn(draw: Draw, n_labels: int, *, n: int = 120, seed: int = 0) -> tuple[Pixels, NDArray[np.int64]]:
    """Return pictures of each class in turn, each shifted a little and on a ground with noise."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % n_labels
    pixels = np.empty((n, SIDE_PX, SIDE_PX, 3), np.uint8)
    for row, label in enumerate(labels):
        image = Image.new("RGB", (2 * SIDE_PX, 2 * SIDE_PX), (235, 235, 235))
        draw(ImageDraw.Draw(image), rng, int(label))
        shifted = np.roll(np.asarray(image.reduce(2)), tuple(rng.integers(-1, 2, 2)), axis=(0, 1))
        pixels[row] = np.clip(shifted + rng.normal(0, 6, shifted.shape), 0, 255)
    return pixels, labels.astype(np.int64)


def bowl_and_stem(draw: ImageDraw.ImageDraw, rng: np.random.Generator, label: int) -> None:
    """b, d, p or q: a ring with a stem at one of four corners."""
    side, up = (-1, 1, -1, 1)[label], label < 2
    size = rng.uniform(0.9, 1.1)
    radius = 11 * size
    y = 32 + (8 if up else -8) * size
    draw.ellipse([32 - radius, y - radius, 32 + radius, y + radius], outline=(20, 20, 20), width=4)
    x = 32 + side * (radius - 2)
    draw.line([(x, y), (x, y + (-34 if up else 34) * size)], fill=(20, 20, 20), width=4)


def letters(draw: ImageDraw.ImageDraw, rng: np.random.Generator, label: int) -> None:
    """Fourteen marks that a mirror leaves alone (a stem and some of four bars), and b and d, as class 14 and 15."""
    if label >= 14:
        return bowl_and_stem(draw, rng, label - 14)
    draw.line([(32, 6), (32, 58)], fill=(20, 20, 20), width=4)
    for bar in range(4):
        if (label + 1) >> bar & 1:
            width, y = rng.uniform(18, 22), 11 + 14 * bar
            draw.line([(32 - width, y), (32 + width, y)], fill=(20, 20, 20), width=5)
    return None


def arrow(draw: ImageDraw.ImageDraw, rng: np.random.Generator, label: int) -> None:
    """An arrow up or down."""
    up = 1 if label == 0 else -1
    length = rng.uniform(18, 24)
    draw.line([(32, 32 - length), (32, 32 + length)], fill=(20, 20, 20), width=4)
    tip = 32 - up * length
    draw.polygon([(32, tip - up * 4), (22, tip + up * 12), (42, tip + up * 12)], fill=(20, 20, 20))


def dots(draw: ImageDraw.ImageDraw, rng: np.random.Generator, label: int) -> None:
    """Dots, small or large, few or many, anywhere."""
    for _ in range((6, 6, 25)[label]):
        x, y = rng.uniform(6, 58, 2)
        radius = (2, 7, 2)[label]
        draw.ellipse([x - radius, y - radius, x + radius, y + radius], fill=(20, 20, 20))


def finding_of(draw: Draw, n_labels: int, *, n: int = 120, seed: int = 0) -> SymmetryFinding:
    pixels, labels = drawn(draw, n_labels, n=n, seed=seed)
    return find_symmetries(pixels, labels, embed=eyes, n_labels=n_labels, seed=seed)


def judged_of(finding: SymmetryFinding, symmetry: str) -> JudgedSymmetry:
    return next(judged for judged in finding.judged if judged.symmetry == symmetry)


def test_dots_may_be_seen_from_any_side() -> None:
    finding = finding_of(dots, 3)
    assert finding.holding == SYMMETRIES
    assert judged_of(finding, "mirror").p_changed > 0.9


def test_a_mirrored_b_is_a_d_and_one_on_its_head_a_q() -> None:
    finding = finding_of(bowl_and_stem, 4)
    assert finding.holding == ()
    mirror = judged_of(finding, "mirror")
    assert mirror.p_expected > 0.95
    assert mirror.p_changed < 0.05
    assert mirror.confused in {(0, 1), (1, 0), (2, 3), (3, 2)}
    assert judged_of(finding, "upside_down").confused in {(0, 3), (3, 0), (1, 2), (2, 1)}


def test_two_letters_of_sixteen_that_a_mirror_swaps_forbid_it_though_the_others_stay() -> None:
    mirror = judged_of(finding_of(letters, 16, n=320), "mirror")
    assert mirror.p_expected - mirror.p_changed < 0.16
    assert mirror.p_lost_at_most < MOST_LOST
    assert mirror.confused in {(14, 15), (15, 14)}
    assert not mirror.holds


def test_the_same_letters_without_one_of_the_pair_may_be_mirrored() -> None:
    mirror = judged_of(finding_of(letters, 15, n=300), "mirror")
    assert mirror.confused is None
    assert mirror.holds


def test_an_arrow_may_be_mirrored_and_never_turned() -> None:
    finding = finding_of(arrow, 2)
    assert finding.holding == ("mirror",)
    assert judged_of(finding, "upside_down").confused is not None


def test_quarter_turns_are_not_looked_at_where_half_turns_fail() -> None:
    assert [judged.symmetry for judged in finding_of(arrow, 2).judged] == ["mirror", "upside_down"]


def test_too_few_photos_to_tell_forbid_everything() -> None:
    finding = finding_of(dots, 3, n=18)
    assert finding.holding == ()
    (sentence,) = told(finding, ("few", "large", "many"))
    assert "18" in sentence.said("en")
    assert "18" in sentence.said("fr")


def test_a_few_dozen_clear_photos_are_enough_for_a_mirror() -> None:
    assert "mirror" in finding_of(arrow, 2, n=40).holding


def test_labels_that_nothing_in_the_photos_tells_allow_nothing() -> None:
    pixels, labels = drawn(dots, 3)
    shuffled = np.random.default_rng(1).permutation(labels)
    assert find_symmetries(pixels, shuffled, embed=eyes, n_labels=3, seed=0).holding == ()


def test_one_class_allows_nothing() -> None:
    pixels, labels = drawn(dots, 3, n=20)
    assert find_symmetries(pixels, np.zeros_like(labels), embed=eyes, n_labels=1, seed=0).holding == ()


def test_a_large_class_does_not_speak_for_the_small_ones() -> None:
    pixels, labels = drawn(bowl_and_stem, 4, n=120)
    many, _ = drawn(dots, 3, n=200, seed=1)
    finding = find_symmetries(
        np.concatenate([many, pixels]),
        np.concatenate([np.full(len(many), 4), labels]),
        embed=eyes,
        n_labels=5,
        seed=0,
    )
    assert judged_of(finding, "mirror").p_changed < 0.4
    assert finding.holding == ()


def test_copies_of_one_photo_are_never_on_both_sides() -> None:
    """What is recognised only because a copy was learnt is no evidence."""
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (40, SIDE_PX, SIDE_PX, 3), np.uint8)
    pixels, labels = np.repeat(noise, 4, axis=0), np.repeat(np.arange(40) % 2, 4)
    groups = np.repeat(np.arange(40), 4)

    def expected(given: NDArray[np.int64] | None) -> float:
        finding = find_symmetries(pixels, labels, embed=eyes, n_labels=2, seed=0, groups=given)
        return finding.judged[0].p_expected

    assert expected(None) > 0.95
    assert expected(groups) < 0.75


def test_the_same_seed_gives_the_same_finding_of_at_most_so_many_photos() -> None:
    pixels, labels = drawn(arrow, 2, n=MAX_PHOTOS + 50)
    first, again = (find_symmetries(pixels, labels, embed=eyes, n_labels=2, seed=3) for _ in range(2))
    assert first == again
    assert first.n == MAX_PHOTOS


def test_classes_without_a_photo_do_no_harm() -> None:
    pixels, labels = drawn(arrow, 2)
    finding = find_symmetries(pixels, 3 * labels + 1, embed=eyes, n_labels=9, seed=0)
    assert finding.holding == ("mirror",)


def test_changes_are_what_they_are_called() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (2, 8, 8, 3), np.uint8)
    assert np.array_equal(changed(pixels, "mirror")[:, :, 0], pixels[:, :, 7])
    assert np.array_equal(changed(pixels, "upside_down")[:, 0, 0], pixels[:, 7, 7])
    left, right = changed(pixels, "quarter_turn", ways=np.array([0, 1]))
    assert np.array_equal(left, np.rot90(pixels[0]))
    assert np.array_equal(right, np.rot90(pixels[1], -1))
    assert np.array_equal(
        changed(changed(pixels, "quarter_turn"), "quarter_turn"), changed(pixels, "upside_down")
    )


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_every_verdict_is_told_with_its_reason(lang: str) -> None:
    labels = ("six", "nine")
    for symmetry in SYMMETRIES:
        shares = {"p_expected": 0.984, "p_changed": 0.971, "p_lost_at_most": 0.03}
        holds, fails = (
            JudgedSymmetry(symmetry=symmetry, holds=verdict, **shares) for verdict in (True, False)
        )
        confused = JudgedSymmetry(symmetry=symmetry, holds=False, confused=(0, 1), **shares)
        said = [
            sentence.said(lang)  # type: ignore[arg-type]
            for sentence in told(SymmetryFinding(judged=(holds, fails, confused), n=100), labels)
        ]
        assert len(set(said)) == 3
        assert "97" in said[0]
        assert "98" in said[0]
        assert "six" in said[2]
        assert "nine" in said[2]
