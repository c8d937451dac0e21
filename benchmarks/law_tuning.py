"""Tunes the law of ``stages/profile/more_photos.py`` on situations measured, and judges statements where it was not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

import results
from apprenti.domain.more_photos import Gain
from apprenti.stages.profile.learning_curve import LearningCurve
from apprenti.stages.profile.more_photos import (
    LEAST_HALF_WIDTH,
    LEVEL,
    Law,
    foretell_gains,
    gain_of_every,
    gain_of_one,
)

EXPONENTS = tuple(round(0.05 * step, 2) for step in range(3, 13))
SPREADS = (0.03, 0.06, 0.1)
AGAIN = tuple(round(0.1 * step, 1) for step in range(13))
UNIT = Law(exponent=0.3, spread=0.06, again=0.5, width_of_every=1.0, width_of_one=1.0)


@dataclass(frozen=True)
class Situation:
    """What was known of a data set, and what more photos brought.

    Args:
        set: name of the image set it was made from.
        curve: measured on what was seen.
        n_photos: [K] int64, photos known of each class.
        every: change of the balanced accuracy by twice the photos of every class.
        one: the change by more photos of one class, for each class of which a statement can be made.
    """

    set: str
    curve: LearningCurve
    n_photos: NDArray[np.int64]
    every: float
    one: Mapping[int, float]


@dataclass(frozen=True)
class Verdict:
    """A statement and what came true.

    Args:
        set: name of the image set.
        said: the statement.
        measured: change of the balanced accuracy.
        by_chance: the mean change by more photos of any one class; of a statement about every class, the same change.
    """

    set: str
    said: Gain
    measured: float
    by_chance: float

    @property
    def is_right(self) -> bool:
        """Whether the change lies within the interval."""
        return self.said.interval.low <= self.measured <= self.said.interval.high


def tuned(situations: Sequence[Situation]) -> Law:
    """Return the law that misses least, with intervals that hold as often as they should; every set counts alike."""
    laws = [replace(UNIT, exponent=c, spread=spread) for c in EXPONENTS for spread in SPREADS]
    law = min(laws, key=lambda law: mean_of_sets(about_every_class(situations, law), _miss))
    # what is said of one class is a straight line in ``again``: its two ends tell all
    none, once = (about_each_class(situations, replace(law, again=end)) for end in (0.0, 1.0))
    law = replace(law, again=min(AGAIN, key=lambda again: _miss_between(none, once, again)))
    return replace(
        law,
        width_of_every=_width(about_every_class(situations, law)),
        width_of_one=_width(about_one_class(situations, law)),
    )


def judged(situations: Sequence[Situation]) -> Iterator[results.Row]:
    """Yield how often statements were right: set by set with constants tuned on the others, then over all sets."""
    kinds = {"every class": about_every_class, "one class": about_one_class}
    rows: dict[str, list[results.Row]] = {kind: [] for kind in kinds}
    for name in dict.fromkeys(one.set for one in situations):
        others = [one for one in situations if one.set != name]
        left_out, law = [one for one in situations if one.set == name], tuned(others)
        for kind, say in kinds.items():
            if found := say(left_out, law):
                same = mean_of_sets(say(others, law), lambda verdict: verdict.measured)
                rows[kind].append({"set": name, "kind": kind, **figures(found, same)})
    for kind, of_kind in rows.items():
        yield from of_kind
        yield {"set": "all", "kind": kind, **_mean_row(of_kind)}
    # a set of which no class was worth naming counts by its other statements
    shares = [
        np.average([row["right"] for row in both], weights=[row["n"] for row in both])
        for name in dict.fromkeys(one.set for one in situations)
        if (both := [row for of_kind in rows.values() for row in of_kind if row["set"] == name])
    ]
    n = sum(row["n"] for of_kind in rows.values() for row in of_kind)
    yield {"set": "all", "kind": "both", "n": n, "right": float(np.mean(shares))}


def figures(verdicts: Sequence[Verdict], same: float) -> results.Row:
    """Return how often statements about one set were right, and how far off, beside saying the same of every set."""
    measured = np.asarray([verdict.measured for verdict in verdicts])
    return {
        "n": len(verdicts),
        "right": float(np.mean([verdict.is_right for verdict in verdicts])),
        "sign_right": float(np.mean([(v.said.gain > 0) == (v.measured > 0) for v in verdicts])),
        "said_points": 100 * float(np.mean([verdict.said.gain for verdict in verdicts])),
        "measured_points": 100 * float(measured.mean()),
        "by_chance_points": 100 * float(np.mean([verdict.by_chance for verdict in verdicts])),
        "miss_points": 100 * float(np.mean([_miss(verdict) for verdict in verdicts])),
        "miss_saying_none_points": 100 * float(np.mean(np.abs(measured))),
        "miss_saying_same_points": 100 * float(np.mean(np.abs(measured - same))),
        "half_width_points": 100 * float(np.mean([v.said.interval.high - v.said.gain for v in verdicts])),
    }


def about_every_class(situations: Sequence[Situation], law: Law) -> list[Verdict]:
    """Return the statements about photos of every class."""
    return [
        Verdict(
            set=one.set,
            said=gain_of_every(one.curve, one.n_photos, law=law),
            measured=one.every,
            by_chance=one.every,
        )
        for one in situations
    ]


def about_each_class(situations: Sequence[Situation], law: Law) -> list[Verdict]:
    """Return a statement about every class that one can be made of."""
    return [
        Verdict(
            set=one.set,
            said=gain_of_one(one.curve, one.n_photos, label=label, name=str(label), law=law),
            measured=measured,
            by_chance=_mean(one),
        )
        for one in situations
        for label, measured in one.one.items()
    ]


def about_one_class(situations: Sequence[Situation], law: Law) -> list[Verdict]:
    """Return the statements about one class, where one is made."""
    verdicts = []
    for one in situations:
        names = {str(label): int(n) for label, n in enumerate(one.n_photos)}
        said = foretell_gains(one.curve, names, law=law).one_class
        if said is not None:
            measured = one.one[int(str(said.label))]
            verdicts.append(Verdict(set=one.set, said=said, measured=measured, by_chance=_mean(one)))
    return verdicts


def mean_of_sets(verdicts: Sequence[Verdict], value: Callable[[Verdict], float]) -> float:
    """Return the mean over sets of the mean value over their statements."""
    sets = dict.fromkeys(verdict.set for verdict in verdicts)
    return float(np.mean([np.mean([value(v) for v in verdicts if v.set == name]) for name in sets]))


def _mean(situation: Situation) -> float:
    return float(np.mean(list(situation.one.values())))


def _miss(verdict: Verdict) -> float:
    return abs(verdict.measured - verdict.said.gain)


def _miss_between(none: Sequence[Verdict], once: Sequence[Verdict], again: float) -> float:
    """Return the mean miss of statements that lie so far from ``none`` to ``once``."""
    misses = {
        id(low): abs(low.measured - (1 - again) * low.said.gain - again * high.said.gain)
        for low, high in zip(none, once, strict=True)
    }
    return mean_of_sets(none, lambda verdict: misses[id(verdict)])


def _width(verdicts: Sequence[Verdict]) -> float:
    """Return by how much half-widths of one standard deviation must be stretched to hold at the level asked for."""
    stretches = [
        0.0 if _miss(v) <= LEAST_HALF_WIDTH else _miss(v) / (v.said.interval.high - v.said.gain)
        for v in verdicts
    ]
    sizes = {name: sum(v.set == name for v in verdicts) for name in dict.fromkeys(v.set for v in verdicts)}
    weights = np.asarray([1 / sizes[v.set] for v in verdicts])
    order = np.argsort(stretches)
    covered = np.cumsum(weights[order]) / weights.sum()
    return float(np.asarray(stretches)[order][np.searchsorted(covered, LEVEL)])


def _mean_row(rows: Sequence[results.Row]) -> results.Row:
    """Return the mean of each figure over sets, and how many statements there were."""
    numbers = {name for name, value in rows[0].items() if isinstance(value, float)}
    means = {name: float(np.mean([row[name] for row in rows])) for name in rows[0] if name in numbers}
    return {"n": sum(row["n"] for row in rows), **means}
