"""What ``deep.py`` measured, put side by side: differences on the same photos, and what a choice lost."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.metrics import Z_95
from apprenti.stages.select.comparison import bootstrap_interval
from results import Row

Floats = NDArray[np.float64]
N_HALVINGS = 200


class Measured(NamedTuple):
    """What was measured: one side of the comparison on one set in so many minutes."""

    set: str
    minutes: float
    side: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What one side answered, over all its seeds.

    Args:
        right: [n] float64, for each test photo the share of seeds that answered it rightly; no model answers none.
        photos: digest of the test photos, in order.
        rows: one for each seed that gave a model.
    """

    right: Floats
    photos: str
    rows: tuple[Row, ...]

    @property
    def failed(self) -> bool:
        """Whether no seed gave a model."""
        return not self.rows

    @property
    def accuracy(self) -> float:
        """Mean over seeds, 0..1."""
        return float(self.right.mean())


class Difference(NamedTuple):
    """Percentage points between two means, with their 95 % interval."""

    points: float
    low: float
    high: float


Scores = Mapping[Measured, Score]


def packed(right: Sequence[bool]) -> str:
    """Return one bit a photo as hex digits, so that a row of thousands stays small.

    Example:
        >>> packed([True, False, False, True])
        '90'
    """
    return np.packbits(np.asarray(right, dtype=bool)).tobytes().hex()


def unpacked_bits(text: str, n: int) -> Floats:
    """Return what ``packed`` packed for ``n`` photos: [n] of 0 and 1."""
    bits = np.unpackbits(np.frombuffer(bytes.fromhex(text), dtype=np.uint8), count=n)
    return bits.astype(np.float64)


def scores(rows: Iterable[Row], *, on_gpu: bool = False) -> dict[Measured, Score]:
    """Return the scores of one kind of machine; a run that failed counts where no other seed gave a model.

    Args:
        rows: as ``deep.py`` keeps them.
        on_gpu: those measured with a GPU, or those without.

    Raises:
        ValueError: seeds of one side were tested on different photos.
    """
    together: dict[Measured, list[Row]] = {}
    for row in rows:
        if (row["device"] != "cpu") is on_gpu:
            together.setdefault(Measured(row["set"], row["minutes"], row["side"]), []).append(row)
    return {key: _score(key, same) for key, same in together.items()}


def _score(key: Measured, rows: Sequence[Row]) -> Score:
    photos = {row["photos"] for row in rows}
    if len(photos) > 1:
        raise ValueError(f"{key}: seeds were tested on different photos; measure it --again")
    done = tuple(row for row in rows if "failed" not in row)
    each = [unpacked_bits(row["right"], row["n_photos"]) for row in done]
    right = np.mean(each, axis=0) if each else np.zeros(rows[0]["n_photos"])
    return Score(right=right, photos=photos.pop(), rows=done)


def difference(after: Score | None, before: Score | None) -> Difference | None:
    """Return how much better ``after`` is; nothing where one gave no model or they were tested on different photos.

    The interval is over photos, each with the mean of its seeds. For one seed it is the paired interval of Agresti
    and Min that ``apprenti.blocks.metrics.paired_interval`` gives, which adds half a photo to each of four cells.
    """
    if after is None or before is None or after.failed or before.failed or after.photos != before.photos:
        return None
    change = after.right - before.right
    total = len(change) + 2
    centre = change.sum() / total
    half = Z_95 * math.sqrt(((change**2).sum() + 1) / total - centre**2) / math.sqrt(total)
    low, high = max(centre - half, -1.0), min(centre + half, 1.0)
    return Difference(100 * float(change.mean()), 100 * float(low), 100 * float(high))


def mean_difference(points: Sequence[float]) -> Difference | None:
    """Return the mean over sets, with the interval of drawing sets again and again; nothing without any."""
    if not points:
        return None
    values = np.asarray(points, dtype=np.float64)
    interval = bootstrap_interval(values, np.arange(len(values)), seed=0)
    return Difference(float(values.mean()), interval.low, interval.high)


def of_side(all_scores: Scores, side: str, minutes: float) -> dict[str, Score]:
    """Return the scores of one side in so many minutes, by set."""
    return {key.set: score for key, score in all_scores.items() if (key.side, key.minutes) == (side, minutes)}


def regrets(all_scores: Scores, minutes: float, *, side: str = "all") -> dict[str, float]:
    """Return, by set, the points by which the better of frozen and deep recipes alone is ahead of ``side``.

    The better one is found by the very test photos it is then judged by, so chance is on its side and this is rather
    too large. Where the two together beat both, it is negative. Sets on which one of the three was not measured, or
    on other photos, or on which ``side`` gave no model, are left out; of the better of the two, only one need give one.
    """
    trios = _trios(all_scores, minutes, side)
    return {
        name: 100 * (max(frozen.accuracy, deep.accuracy) - chosen.accuracy)
        for name, (frozen, deep, chosen) in trios.items()
    }


def crossed_regrets(
    all_scores: Scores, minutes: float, *, side: str = "all", seed: int = 0
) -> dict[str, float]:
    """Return the same with the better one found on one half of the test photos and judged on the other.

    It is the mean over many halvings; chance finds the wrong one now and then, so this is rather too small.
    """
    random = np.random.default_rng(seed)
    return {
        name: 100 * float(np.mean([_crossed(trio, random) for _ in range(N_HALVINGS)]))
        for name, trio in _trios(all_scores, minutes, side).items()
    }


def _trios(all_scores: Scores, minutes: float, side: str) -> dict[str, tuple[Score, Score, Score]]:
    frozen, deep, chosen = (of_side(all_scores, each, minutes) for each in ("frozen", "deep", side))
    trios = {
        name: (frozen[name], deep[name], chosen[name]) for name in sorted({*frozen} & {*deep} & {*chosen})
    }
    return {
        name: trio
        for name, trio in trios.items()
        if len({score.photos for score in trio}) == 1 and not trio[2].failed
    }


def _crossed(trio: Sequence[Score], random: np.random.Generator) -> float:
    """Return one draw: accuracy of the better of the first two on the other half, minus that of the third."""
    shuffled = random.permutation(len(trio[0].right))
    here, there = np.array_split(shuffled, 2)
    better = max(trio[:2], key=lambda score: float(score.right[here].mean()))
    return float((better.right[there] - trio[2].right[there]).mean())
