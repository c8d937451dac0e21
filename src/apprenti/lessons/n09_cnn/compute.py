"""What lesson 9 shows: convolutions of one photo, the maps of the packaged network, and what covering costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.embedded import N_FEATURES
from apprenti.blocks.pipeline import Pipeline, fit_pipeline
from apprenti.domain.backbone_name import is_packaged
from apprenti.domain.dataset import Split
from apprenti.domain.lesson_context import LessonContext
from apprenti.domain.recipe import Canvas, Recipe
from apprenti.lessons.packaged import first_kernels, packaged_features, packaged_maps
from apprenti.lessons.pictures import grey, picture_url, squares

Floats = NDArray[np.float64]

SIDE = 32
"""Of the grey picture that kernels slide over."""
SOBEL_X = ((-1, 0, 1), (-2, 0, 2), (-1, 0, 1))
UPRIGHT = ((-1, 0, 1), (-1, 0, 1), (-1, 0, 1))
"""The kernel worked out in the text."""
LEVELS = 9
MOST_PICTURES = 6
LOOKED_AT = 24
"""Of these the photo with the clearest edges is worked with."""
NETWORK_PX = 96
MOST_MAPS = 6
COVER_PX = 64
N_COVERS = 7
COVER_SIDE = 16
"""The patch: a quarter of the side, moved in steps that make seven places."""
LEAST_TAUGHT, MOST_TAUGHT = 4, 96
HEAD = Recipe(
    backbones=("pixels",),
    canvas=Canvas(size_px=COVER_PX),
    transform="l2.v1",
    head="logistic.v1",
    parameters={"C": 10.0},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """Nine pixels and what a kernel makes of them.

    Args:
        x: column of their left one.
        y: row of their upper one.
        levels: light from 0 to 9, three rows of three.
        total: the sum of the nine products.
        after: the same after ReLU.
    """

    x: int
    y: int
    levels: tuple[tuple[int, int, int], ...]
    total: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One place on the way through the network.

    Args:
        side: of its maps, in numbers.
        n_channels: maps it makes.
        n_numbers: in all of them.
    """

    side: int
    n_channels: int
    n_numbers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The figures of lesson 9.

    Args:
        n_pictures: photos that can be looked at.
        rows: of those photos; the first is the one worked with.
        names: of them.
        labels: their classes.
        side: of the grey picture.
        picture: its light, 0..255, row by row.
        worked: a place of it with a rise in light, worked out.
        by_hand: a place with a fall, for the learner.
        n_places: where a 3 x 3 kernel fits.
        n_pooled: numbers left after pooling 2 x 2.
        sobel: how the kernel that is sought answers the picture, to compare with.
        own_network: whether the learner's model looks through the packaged network.
        backbones: what the learner's model looks through.
        network_px: side of the square the network is shown here.
        layers: on the way through it.
        n_features: numbers at its end.
        n_unseen: of them, those from maps that are not shown.
        maps: of the first photo: for each layer, small pictures of some channels.
        kernels: the kernels of the network's first layer, as small pictures.
        n_kernels: of them.
        n_weights: numbers in one of them.
        nearest: how like the sought kernel the likest of them is, −1..1.
        has_cover: whether answers on the covered photo could be worked out.
        n_taught: photos the answers on it were taught with.
        sure: how sure the answer is with nothing covered.
        answer: what it is.
        colour: of the patch, as pages write it.
        covered: how sure of it with the patch at each place, row by row.
        least: the lowest of them.
        least_x: where: column of the place, from 1.
        least_y: row of the place, from 1.
        n_covers: places along a side.
        falls: places where the answer changes.
    """

    n_pictures: int
    rows: tuple[int, ...]
    names: tuple[str, ...]
    labels: tuple[str, ...]
    side: int
    picture: tuple[tuple[int, ...], ...]
    worked: Patch
    by_hand: Patch
    n_places: int
    n_pooled: int
    sobel: tuple[tuple[int, ...], ...]
    own_network: bool
    backbones: tuple[str, ...]
    network_px: int
    layers: tuple[Layer, ...]
    n_features: int
    n_unseen: int
    maps: tuple[tuple[str, ...], ...]
    kernels: tuple[str, ...]
    n_kernels: int
    n_weights: int
    nearest: float
    has_cover: bool
    n_taught: int
    sure: float
    answer: str
    colour: str
    covered: tuple[tuple[float, ...], ...]
    least: float
    least_x: int
    least_y: int
    n_covers: int
    falls: int


def compute(context: LessonContext) -> Shown:
    """Return the figures, from photos that were for training or choosing."""
    rows = _rows(context)
    picture = grey(squares(context.photos, rows[:1], side_px=SIDE)[0])
    maps = maps_of(context, rows[0])
    worked, by_hand = _patches(picture)
    kernels = first_kernels()
    cover = _cover(context, rows[0])
    least = np.unravel_index(int(cover.probabilities.argmin()), cover.probabilities.shape)
    layers = tuple(
        Layer(side=one.shape[1], n_channels=one.shape[0], n_numbers=one.size) for one in maps.whole
    )
    return Shown(
        n_pictures=sum(bool(context.photos.thumbnails[row]) for row in rows),
        rows=tuple(rows),
        names=tuple(context.photos.names[row] for row in rows),
        labels=tuple(context.labels[context.photos.labels[row]] for row in rows),
        side=SIDE,
        picture=_whole(picture),
        worked=worked,
        by_hand=by_hand,
        n_places=(SIDE - 2) ** 2,
        n_pooled=((SIDE - 2) // 2) ** 2,
        sobel=_whole(convolved(picture, SOBEL_X)),
        own_network=any(is_packaged(name) for name in context.report.kept.backbones),
        backbones=context.report.kept.backbones,
        network_px=NETWORK_PX,
        layers=layers,
        n_features=N_FEATURES,
        n_unseen=N_FEATURES - sum(layer.n_channels for layer in layers[2:]),
        maps=maps.pictures,
        kernels=tuple(picture_url(_tile(one)) for one in kernels),
        n_kernels=len(kernels),
        n_weights=int(kernels[0].size),
        nearest=max(correlation(one.mean(axis=0), np.array(SOBEL_X)) for one in kernels),
        has_cover=cover.n_taught > 0,
        n_taught=cover.n_taught,
        sure=cover.sure,
        answer=cover.answer,
        colour="#" + bytes(_mean_colour(squares(context.photos, rows[:1], side_px=COVER_PX)[0])).hex(),
        covered=tuple(tuple(round(float(p), 4) for p in line) for line in cover.probabilities),
        least=round(float(cover.probabilities.min()), 4),
        least_x=int(least[1]) + 1,
        least_y=int(least[0]) + 1,
        n_covers=N_COVERS,
        falls=cover.falls,
    )


def respond(context: LessonContext, shown: Shown, question: Mapping[str, float]) -> Mapping[str, Any]:
    """Return the maps of another of the photos: ``picture`` is its place among them."""
    place = min(max(int(question.get("picture", 0)), 0), len(shown.rows) - 1)
    return {"maps": maps_of(context, shown.rows[place]).pictures}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Maps:
    """Every map of one photo, and some of each layer as pictures."""

    whole: list[NDArray[np.float32]]
    pictures: tuple[tuple[str, ...], ...]


def maps_of(context: LessonContext, row: int) -> Maps:
    """Return what the network makes of a photo, layer by layer."""
    whole = packaged_maps(squares(context.photos, [row], side_px=NETWORK_PX)[0])
    return Maps(whole=whole, pictures=tuple(tuple(map(picture_url, _telling(one))) for one in whole))


def convolved(picture: NDArray[Any], kernel: Any) -> Floats:
    """Return a picture [h, w] under a 3 x 3 kernel, [h − 2, w − 2]: not flipped, edges left out."""
    windows = np.lib.stride_tricks.sliding_window_view(picture.astype(np.float64), (3, 3))
    return np.asarray((windows * np.asarray(kernel, np.float64)).sum(axis=(2, 3)))


def correlation(first: NDArray[Any], second: NDArray[Any]) -> float:
    """Return how two maps go together, −1..1; 0 where one of them is flat."""
    a, b = (one.astype(np.float64).ravel() - one.mean() for one in (first, second))
    size = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / size if size > 1e-9 else 0.0


def likeness(picture: Any, kernel: Any) -> float:
    """Return how a kernel's map goes together with the one sought; of a flat picture, how the kernels do."""
    pixels = np.asarray(picture)
    if pixels.std() < 1e-9:
        return correlation(np.asarray(kernel), np.array(SOBEL_X))
    return correlation(convolved(pixels, kernel), convolved(pixels, SOBEL_X))


def _rows(context: LessonContext) -> list[int]:
    """Return photos to look at, of different classes as far as there are; the one with the clearest edges first."""
    photos = context.photos
    known = [int(row) for row in photos.rows(Split.TRAIN, Split.VALIDATION) if photos.thumbnails[row]]
    if not known:
        return [0]
    by_label: dict[int, list[int]] = {}
    for row in known:
        by_label.setdefault(int(photos.labels[row]), []).append(row)
    turns = [rows[turn] for turn in range(LOOKED_AT) for rows in by_label.values() if turn < len(rows)]
    looked = turns[:LOOKED_AT]
    edges = [
        float(np.abs(convolved(grey(one), SOBEL_X)).mean()) for one in squares(photos, looked, side_px=SIDE)
    ]
    first = looked[int(np.argmax(edges))]
    return [first, *[row for row in turns if row != first][: MOST_PICTURES - 1]]


def _patches(picture: NDArray[np.uint8]) -> tuple[Patch, Patch]:
    """Return the place where light rises most to the right, and one where it falls clearly."""
    levels = np.rint(picture / 255 * LEVELS).astype(np.int64)
    totals = np.rint(convolved(levels, UPRIGHT)).astype(np.int64)

    def at(place: int) -> Patch:
        y, x = (int(one) for one in np.unravel_index(place, totals.shape))
        total = int(totals[y, x])
        square = levels[y : y + 3, x : x + 3]
        return Patch(
            x=x,
            y=y,
            levels=tuple((int(a), int(b), int(c)) for a, b, c in square),
            total=total,
            after=max(0, total),
        )

    return at(int(totals.argmax())), at(int(totals.argmin()))


def _telling(maps: NDArray[np.float32]) -> list[NDArray[np.uint8]]:
    """Return the maps of some channels as pictures: those whose answer differs most from place to place."""
    spread = maps.reshape(len(maps), -1).std(axis=1)
    chosen = sorted(np.argsort(-spread, kind="stable")[:MOST_MAPS])
    return [np.asarray(255 * maps[one] / (maps[one].max() or 1.0), np.uint8) for one in chosen]


def _tile(kernel: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return a kernel [3, 3, 3] as pixels: grey for 0, its largest weight at the end of the scale."""
    scale = float(np.abs(kernel).max()) or 1.0
    return np.asarray(np.rint(127.5 + 127.5 * kernel.transpose(1, 2, 0) / scale), np.uint8)


def _whole(values: NDArray[Any]) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(round(float(value)) for value in line) for line in values)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cover:
    """Answers on a photo with a patch at each place."""

    n_taught: int
    sure: float
    answer: str
    probabilities: Floats
    falls: int


def _cover(context: LessonContext, row: int) -> Cover:
    taught = [one for one in _taught(context) if one != row]
    labels = context.photos.labels[taught]
    if len(taught) < LEAST_TAUGHT or len(np.unique(labels)) < 2 or not context.photos.thumbnails[row]:
        return Cover(n_taught=0, sure=0.0, answer="", probabilities=np.zeros((N_COVERS, N_COVERS)), falls=0)
    features = packaged_features(squares(context.photos, taught, side_px=COVER_PX))
    head = fit_pipeline(HEAD, features, labels, n_labels=len(context.labels), seed=context.seed)
    photo = squares(context.photos, [row], side_px=COVER_PX)[0]
    pixels = np.concatenate([photo[None], _covered(photo)])
    p = _probabilities(head, packaged_features(pixels))
    answer = int(p[0].argmax())
    return Cover(
        n_taught=len(taught),
        sure=float(p[0, answer]),
        answer=context.labels[answer],
        probabilities=p[1:, answer].reshape(N_COVERS, N_COVERS),
        falls=int((p[1:].argmax(axis=1) != answer).sum()),
    )


def _taught(context: LessonContext) -> list[int]:
    """Return photos to teach the answers with: of every class as many, and never for the test."""
    photos = context.photos
    known = [int(row) for row in photos.rows(Split.TRAIN, Split.VALIDATION) if photos.thumbnails[row]]
    each = max(2, MOST_TAUGHT // max(1, len(context.labels)))
    counts: dict[int, int] = {}
    chosen = []
    for row in known:
        label = int(photos.labels[row])
        if counts.get(label, 0) < each:
            counts[label] = counts.get(label, 0) + 1
            chosen.append(row)
    return chosen


def _covered(photo: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the photo with a patch of its mean colour at each place, row by row."""
    step = (COVER_PX - COVER_SIDE) // (N_COVERS - 1)
    colour = _mean_colour(photo)
    copies = np.repeat(photo[None], N_COVERS**2, axis=0)
    for place, one in enumerate(copies):
        y, x = (step * part for part in divmod(place, N_COVERS))
        one[y : y + COVER_SIDE, x : x + COVER_SIDE] = colour
    return copies


def _mean_colour(photo: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(photo.reshape(-1, 3).mean(axis=0), np.uint8)


def _probabilities(head: Pipeline, features: NDArray[np.float32]) -> Floats:
    logits = head.logits(features).astype(np.float64)
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))
