"""Pictures drawn with Pillow: kinds of data that no photo collection has, with nothing to download.

Each kind is a way to draw one picture of a class; the same (kind, label, number) gives the same picture everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

SIDE_PX = 96
Random = np.random.Generator
Colour = tuple[int, int, int]
Points = list[tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A way to draw pictures.

    Args:
        labels: its classes.
        draw: draws one picture of the class of that number.
    """

    labels: tuple[str, ...]
    draw: Callable[[Random, int], Image.Image]


def pictures(kind: str, n: int) -> Iterator[tuple[str, Image.Image]]:
    """Yield ``n`` pictures of a kind with their labels, the classes in turn."""
    drawn = KINDS[kind]
    for number in range(n):
        label = number % len(drawn.labels)
        seed = sha256(f"{kind} {label} {number}".encode()).digest()
        yield drawn.labels[label], drawn.draw(np.random.default_rng(list(seed[:16])), label)


def _shape(random: Random, label: int) -> Image.Image:
    """One filled shape, turned and coloured at random, on a ground with clutter."""
    image, draw = _ground(random, n_lines=6)
    centre, radius, turn = random.uniform(30, 66, 2), random.uniform(14, 27), random.uniform(0, 2 * math.pi)
    if label < 2:  # a disc, a ring
        box = [*(centre - radius), *(centre + radius)]
        draw.ellipse(box, fill=_colour(random) if label == 0 else None, outline=_colour(random), width=5)
        return image
    n_corners, inner = [(3, 1.0), (4, 1.0), (6, 1.0), (5, 0.45), (4, 0.3), (8, 0.7)][label - 2]
    draw.polygon(_star(centre, radius, turn, n_corners, inner), fill=_colour(random))
    return image


def _texture(random: Random, label: int) -> Image.Image:
    """A surface all over: stripes, checks, dots, waves, bricks, grain."""
    rows, columns = np.mgrid[:SIDE_PX, :SIDE_PX].astype(float)
    turn, period = random.uniform(0, math.pi), random.uniform(7, 18)
    along = (rows * math.sin(turn) + columns * math.cos(turn)) * 2 * math.pi / period
    across = (rows * math.cos(turn) - columns * math.sin(turn)) * 2 * math.pi / period
    level = [
        np.sign(np.sin(along)),
        np.sign(np.sin(along) * np.sin(across)),
        np.where(np.cos(along) + np.cos(across) > 0.9, 1.0, -1.0),
        np.sin(along + 2 * np.sin(across / 2)),
        np.where(
            (np.sin(along) > 0.92) | (np.sin(across / 2 + np.floor(along / 2 / math.pi) * math.pi) > 0.95),
            1,
            -1,
        ),
        random.normal(0, 1, (SIDE_PX, SIDE_PX)),
    ][label]
    image = _blend(random, level)
    return image.filter(ImageFilter.GaussianBlur(random.uniform(0, 1.2)))


def _glyph(random: Random, label: int) -> Image.Image:
    """One of twelve invented letters: three or four strokes, in an unsteady hand, dark on light."""
    strokes = np.random.default_rng(1000 + label).uniform(18, 78, (3 + label % 2, 3, 2))
    middle = SIDE_PX / 2
    turn, size = random.normal(0, 0.12), random.uniform(0.75, 1.1)
    matrix = size * np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    image = Image.new("RGB", (SIDE_PX, SIDE_PX), _grey(random.integers(215, 256)))
    draw = ImageDraw.Draw(image)
    ink, width = _grey(random.integers(0, 70)), int(random.integers(2, 6))
    for stroke in strokes:
        points = (stroke + random.normal(0, 3.0, stroke.shape) - middle) @ matrix + middle
        draw.line(_curve(points), fill=ink, width=width, joint="curve")
    return image


def _colour_patch(random: Random, label: int) -> Image.Image:
    """A patch whose hue is the class, among others, under light of changing strength."""
    hue = (label + random.uniform(-0.3, 0.3)) / 9
    image, draw = _ground(random, n_lines=0)
    patch = _from_hsv(hue, random.uniform(0.45, 1), random.uniform(0.35, 1))
    left, top = random.uniform(6, 40, 2)
    draw.rectangle([left, top, left + random.uniform(30, 50), top + random.uniform(30, 50)], fill=patch)
    return image.filter(ImageFilter.GaussianBlur(random.uniform(0, 2)))


def _count(random: Random, label: int) -> Image.Image:
    """One to six blobs that do not touch."""
    image, draw = _ground(random, n_lines=2)
    colour = _colour(random)
    placed: list[tuple[float, float, float]] = []
    while len(placed) < label + 1:
        x, y, radius = *random.uniform(12, 84, 2), random.uniform(5, 10)
        if all(math.dist((x, y), other[:2]) > radius + other[2] + 3 for other in placed):
            placed.append((x, y, radius))
            draw.ellipse([x - radius, y - radius, x + radius, y + radius], fill=colour)
    return image


def _arrow(random: Random, label: int) -> Image.Image:
    """An arrow to one of four sides: what mirror images must not be taken for."""
    image, draw = _ground(random, n_lines=3)
    turn = label * math.pi / 2 + random.normal(0, 0.2)
    centre, length, colour = random.uniform(40, 56, 2), random.uniform(18, 30), _colour(random)
    ahead = np.array([math.cos(turn), math.sin(turn)])
    aside = np.array([-ahead[1], ahead[0]])
    tip, tail = centre + length * ahead, centre - length * ahead
    draw.line([tuple(tail), tuple(tip)], fill=colour, width=int(random.integers(4, 9)))
    head = [tip + 6 * ahead, tip - 10 * ahead + 11 * aside, tip - 10 * ahead - 11 * aside]
    draw.polygon([(float(x), float(y)) for x, y in head], fill=colour)
    return image


def _defect(random: Random, label: int) -> Image.Image:
    """A grey surface, whole or with a scratch, a hole, a stain or a crack: little of the picture tells."""
    grain = np.asarray(random.normal(0, random.uniform(3, 9), (SIDE_PX, SIDE_PX)))
    level = np.clip(random.uniform(110, 180) + grain, 0, 255).astype(np.uint8)
    image = Image.fromarray(level).convert("RGB")
    draw = ImageDraw.Draw(image)
    x, y = random.uniform(20, 76, 2)
    dark = _grey(random.integers(40, 95))
    if label == 1:
        dx, dy = random.uniform(-30, 30, 2)
        draw.line([(x - dx, y - dy), (x + dx, y + dy)], fill=_grey(random.integers(190, 240)), width=1)
    elif label == 2:
        radius = random.uniform(3, 7)
        draw.ellipse([x - radius, y - radius, x + radius, y + radius], fill=dark)
    elif label == 3:
        stain = Image.new("L", image.size, 0)
        ImageDraw.Draw(stain).ellipse([x - 16, y - 11, x + 16, y + 11], fill=90)
        image.paste(Image.new("RGB", image.size, dark), mask=stain.filter(ImageFilter.GaussianBlur(5)))
    elif label == 4:
        steps = np.cumsum(random.normal(0, 5, (9, 2)), axis=0) + np.array([x, y])
        draw.line(_curve(steps), fill=dark, width=2)
    return image


def _face(random: Random, label: int) -> Image.Image:
    """A drawn face whose mouth and brows say one of six things: small parts of a picture tell."""
    image, draw = _ground(random, n_lines=2)
    x, y = random.uniform(42, 54, 2)
    radius, skin = (
        random.uniform(26, 36),
        _from_hsv(random.uniform(0.05, 0.18), random.uniform(0.3, 0.8), 0.95),
    )
    draw.ellipse([x - radius, y - radius, x + radius, y + radius], fill=skin, outline=(40, 40, 40))
    open_eyes, brows, mouth = [
        (1, 0, "up"),
        (1, 0, "down"),
        (1, -4, "o"),
        (1, 5, "flat"),
        (0, 0, "up"),
        (0, 0, "flat"),
    ][label]
    for side in (-1, 1):
        at_x, at_y = x + side * radius * 0.4, y - radius * 0.25
        size = radius * random.uniform(0.1, 0.15)
        if open_eyes:
            draw.ellipse([at_x - size, at_y - size, at_x + size, at_y + size], fill=(30, 30, 30))
        else:
            draw.line([(at_x - size, at_y), (at_x + size, at_y)], fill=(30, 30, 30), width=2)
        if brows:
            draw.line(
                [(at_x - 6, at_y - 9 - side * brows), (at_x + 6, at_y - 9 + side * brows)],
                fill=(30, 30, 30),
                width=2,
            )
    low, width = y + radius * 0.4, radius * random.uniform(0.35, 0.5)
    if mouth == "o":
        draw.ellipse([x - 5, low - 5, x + 5, low + 7], fill=(120, 20, 20))
    elif mouth == "flat":
        draw.line([(x - width, low), (x + width, low)], fill=(120, 20, 20), width=2)
    else:
        ends = (20, 160) if mouth == "up" else (200, 340)
        top = low - 12 if mouth == "up" else low
        draw.arc([x - width, top, x + width, top + 16], *ends, fill=(120, 20, 20), width=2)
    return image


def _ground(random: Random, *, n_lines: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """Return a ground that fades from one colour to another, with some lines, and what draws on it."""
    turn = random.uniform(0, 2 * math.pi)
    rows, columns = np.mgrid[-1 : 1 : SIDE_PX * 1j, -1 : 1 : SIDE_PX * 1j]
    image = _blend(random, rows * math.sin(turn) + columns * math.cos(turn))
    draw = ImageDraw.Draw(image)
    for _ in range(n_lines):
        ends = random.uniform(0, SIDE_PX, 4)
        draw.line([(ends[0], ends[1]), (ends[2], ends[3])], fill=_colour(random), width=1)
    return image, draw


def _blend(random: Random, level: np.ndarray) -> Image.Image:
    """Return a picture that goes from one colour, where ``level`` is −1 or less, to another, where it is 1 or more."""
    share = np.clip((np.asarray(level, float) + 1) / 2, 0, 1)[..., np.newaxis]
    one, other = (np.asarray(_colour(random), float) for _ in range(2))
    noise = random.normal(0, random.uniform(0, 8), (SIDE_PX, SIDE_PX, 1))
    return Image.fromarray(np.clip(one * share + other * (1 - share) + noise, 0, 255).astype(np.uint8))


def _star(centre: np.ndarray, radius: float, turn: float, n_corners: int, inner: float) -> Points:
    """Return a polygon, or a star where ``inner`` is below 1."""
    n = n_corners * (1 if inner == 1 else 2)
    radii = [radius * (inner if i % 2 and inner < 1 else 1) for i in range(n)]
    angles = [turn + 2 * math.pi * i / n for i in range(n)]
    return [
        (float(centre[0] + r * math.cos(a)), float(centre[1] + r * math.sin(a)))
        for r, a in zip(radii, angles, strict=True)
    ]


def _curve(points: np.ndarray) -> Points:
    return [(float(x), float(y)) for x, y in points]


def _colour(random: Random) -> Colour:
    return _from_hsv(random.uniform(0, 1), random.uniform(0, 1), random.uniform(0.2, 1))


def _grey(level: float | np.integer) -> Colour:
    return (int(level), int(level), int(level))


def _from_hsv(hue: float, saturation: float, value: float) -> Colour:
    from colorsys import hsv_to_rgb

    red, green, blue = hsv_to_rgb(hue % 1, saturation, value)
    return (int(255 * red), int(255 * green), int(255 * blue))


KINDS: Mapping[str, Kind] = {
    "shapes": Kind(
        labels=("disc", "ring", "triangle", "square", "hexagon", "star", "spark", "cog"), draw=_shape
    ),
    "textures": Kind(labels=("stripes", "checks", "dots", "waves", "bricks", "grain"), draw=_texture),
    "glyphs": Kind(labels=tuple(f"letter-{i + 1:02d}" for i in range(12)), draw=_glyph),
    "colours": Kind(
        labels=("red", "orange", "yellow", "green", "mint", "sky", "blue", "violet", "pink"),
        draw=_colour_patch,
    ),
    "counting": Kind(labels=("one", "two", "three", "four", "five", "six"), draw=_count),
    "arrows": Kind(labels=("right", "down", "left", "up"), draw=_arrow),
    "defects": Kind(labels=("whole", "scratch", "hole", "stain", "crack"), draw=_defect),
    "faces": Kind(labels=("happy", "sad", "surprised", "stern", "laughing", "asleep"), draw=_face),
}
