"""What more photos should bring: a learning curve continued by a power law.

The balanced error falls as n^−c. The curve of one small data set says little of its own exponent, so what it says is
weighed against the exponent most data sets share, each by its variance (a normal prior). Photos of one class lower the
error of that class by the same law, and do to the other classes what its last doubling did to them, times ``again``.

All constants were tuned by ``benchmarks/learning_curves.py``, and how often statements were right was counted there on
data sets left out of the tuning; ``tests/stages/profile/test_more_photos.py`` compares.

Source: J. Hestness et al., "Deep learning scaling is predictable, empirically", 2017 (power laws of error).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apprenti.domain.more_photos import WORTH_SAYING, Gain, MorePhotos
from apprenti.domain.recipe import Interval
from apprenti.stages.profile.learning_curve import SHARES, LearningCurve

Floats = NDArray[np.float64]
LEVEL = 0.8
"""Share of the statements whose interval should hold what is gained."""
DOUBT = 0.5
"""Standard deviation of what a doubling brings, as a share of it, however many photos a curve rests on; not tuned."""
LEAST_HALF_WIDTH = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """What data sets have in common.

    Args:
        exponent: c of error ~ n^−c.
        spread: standard deviation of the exponent over data sets.
        again: what the next doubling of a class does to the others, as a share of what the last one did.
        width_of_every: half-widths of intervals for photos of every class, in standard deviations.
        width_of_one: the same for photos of one class.
    """

    exponent: float
    spread: float
    again: float
    width_of_every: float
    width_of_one: float


LAW = Law(exponent=0.35, spread=0.03, again=0.6, width_of_every=0.79, width_of_one=1.0)
P_RIGHT = 0.71
"""How often the gain measured lay within the interval, on data sets that ``LAW`` was not tuned on."""


def foretell_gains(
    curve: LearningCurve, n_per_label: Mapping[str, int], *, law: Law = LAW, p_right: float = P_RIGHT
) -> MorePhotos:
    """Return what more photos of every class, and of the class that would gain most, should bring.

    Args:
        curve: measured on some or all of the photos to learn from.
        n_per_label: all photos to learn from of each class, in the order of the curve's labels.
        law: what data sets have in common.
        p_right: how often such statements were right.
    """
    n_photos = np.asarray(list(n_per_label.values()), dtype=np.int64)
    names = list(n_per_label)
    singles = [
        gain_of_one(curve, n_photos, label=label, name=names[label], law=law)
        for label in curve.effect_on_others
    ]
    best = max(singles, key=lambda gain: gain.gain, default=None)
    return MorePhotos(
        every_class=gain_of_every(curve, n_photos, law=law),
        one_class=best if best is not None and best.gain >= WORTH_SAYING else None,
        p_right=p_right,
    )


def gain_of_every(curve: LearningCurve, n_photos: NDArray[np.int64], *, law: Law) -> Gain:
    """Return what twice the photos of every class should bring.

    Args:
        curve: measured on some or all of the photos.
        n_photos: [K] int64 photos of each class.
        law: what data sets have in common.
    """
    c = exponent_of(curve, law)
    seen = SHARES[0] * curve.n_per_label.sum()
    error = float(np.nanmean(1 - curve.recalls[0])) * (seen / n_photos.sum()) ** c
    gain = error * (1 - 2**-c)
    sd = float(np.hypot(DOUBT * gain, _chance(curve)))
    return _gain(None, int(n_photos.sum()), gain, law.width_of_every * sd)


def gain_of_one(
    curve: LearningCurve, n_photos: NDArray[np.int64], *, label: int, name: str, law: Law
) -> Gain:
    """Return what about twice the photos of one class should bring, other classes as they are."""
    n_more = readable(int(n_photos[label]))
    doublings = float(np.log2(1 + n_more / n_photos[label]))
    n_present = int((curve.n_per_label > 0).sum())
    beyond = (SHARES[0] * curve.n_per_label[label] / n_photos[label]) ** law.exponent
    own = (1 - curve.recalls[0, label]) * beyond * (1 - 2 ** (-law.exponent * doublings)) / n_present
    others = law.again * doublings * curve.effect_on_others[label]
    sd = float(np.sqrt((DOUBT * own) ** 2 + (DOUBT * others) ** 2 + _chance(curve, label) ** 2))
    return _gain(name, n_more, float(own + others), law.width_of_one * sd)


def exponent_of(curve: LearningCurve, law: Law) -> float:
    """Return the exponent of a data set: what its curve says, weighed against that of most data sets."""
    errors = np.nanmean(1 - curve.recalls, axis=1)
    errors = np.clip(errors, 0.5 / curve.n_per_label.sum(), 1.0)
    weights = (errors / _chance(curve)) ** 2  # one over the variance of the logarithm
    steps = np.log(SHARES) - np.average(np.log(SHARES), weights=weights)
    precision = float((weights * steps**2).sum())
    slope = -float((weights * steps * np.log(errors)).sum()) / precision
    posterior = (slope * precision + law.exponent / law.spread**2) / (precision + 1 / law.spread**2)
    return max(0.0, posterior)


def readable(n: int) -> int:
    """Return ``n`` or a little less, so that it can be read at a glance.

    Example:
        >>> [readable(n) for n in (7, 17, 48, 99, 140, 640, 1234)]
        [7, 15, 40, 90, 100, 600, 1000]
    """
    if n < 10:
        return n
    step = 5 if n < 20 else 10 ** (len(str(n)) - 1)
    return n - n % step


def _chance(curve: LearningCurve, label: int | None = None) -> float:
    """Return the standard error of the balanced accuracy, or of the part in it that one class has."""
    counts = np.maximum(curve.n_per_label, 1)
    hits = np.nan_to_num(curve.recalls[0]) * counts
    p = (hits + 1) / (counts + 2)  # Laplace's rule: a class of which all were right is not sure to stay so
    variances = np.where(curve.n_per_label > 0, p * (1 - p) / counts, 0.0)
    n_present = int((curve.n_per_label > 0).sum())
    return float(np.sqrt(variances.sum() if label is None else variances[label])) / n_present


def _gain(label: str | None, n_photos: int, gain: float, half_width: float) -> Gain:
    half = max(half_width, LEAST_HALF_WIDTH)
    interval = Interval(low=gain - half, high=gain + half, level=LEVEL)
    return Gain(label=label, n_photos=n_photos, gain=gain, interval=interval)
