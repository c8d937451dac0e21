"""Choosing recipes one after the other from what past data sets and the results so far say. Arrays only.

The first pick is the recipe with the largest weighted drop in the loss of past data sets. From the second on, the
drop is multiplied by the points a Gaussian, given the results so far, expects the recipe to gain on this data set
(their geometric mean: a recipe must be a good complement on past data *and* promising on this one); and past data
sets that agree with the results count for more in the drop.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from apprenti.stages.select.agreement import agreeing
from apprenti.stages.select.completion import complete
from apprenti.stages.select.gaussian import Gaussian, fit_gaussian
from apprenti.stages.select.losses import CAP_POINTS, capped_points, losses
from apprenti.stages.select.similarity import capped, most_weight

Floats = NDArray[np.float64]

SAFETY = 1.5
"""A recipe must fit the time left at this many times its predicted seconds."""
COST_POWER = 0.25
"""What a recipe promises is divided by its seconds to this power: twice as good is worth sixteen times the wait."""
FULL_ROW_CELLS = 30.0
"""A data set with so many cells counts for half of one with countless."""
_TINY = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What is known of past data sets, in the form choices are made from.

    Args:
        points: scores in points, no lower than ``CAP_POINTS`` below the best of the row; gaps filled, [n, m].
        losses: of each recipe on each data set, [n, m], 0..1.
        is_known: which cells were measured, [n, m].
    """

    points: Floats
    losses: Floats
    is_known: NDArray[np.bool_]


def remember(scores: NDArray[np.floating]) -> Past:
    """Return past scores as points and losses, their gaps filled.

    Args:
        scores: [n, m], 0..1; NaN where missing.
    """
    points = 100.0 * np.asarray(scores, dtype=np.float64)
    filled = capped_points(complete(capped_points(points)))
    return Past(points=filled, losses=losses(filled), is_known=~np.isnan(points))


@dataclass(slots=True, kw_only=True)
class Choice:
    """Asked for recipes and told their scores; knows nothing but arrays.

    Args:
        past: what is known of past data sets.
        weights: how alike each of them is to this one, [n], in all 1; those with few cells are made lighter.
        seconds: predicted for each recipe on this data set, [m]; ``None`` where nothing is known of times.
        allowed: which recipes may be picked, [m]; all by default.
        weighs_cost: prefers the quicker of two equals.
        in_batch: never looks at results: all picks could be trained at once.
        explores: how likely a pick is one the Gaussian is least sure of, 0..1.
        seed: of exploration.
    """

    past: Past
    weights: Floats
    seconds: Floats | None = None
    allowed: NDArray[np.bool_] | None = None
    weighs_cost: bool = True
    in_batch: bool = False
    explores: float = 0.0
    seed: int = 0
    picked: list[int] = field(init=False, default_factory=list)
    _gaussian: Gaussian | None = field(init=False, default=None)
    _results: dict[int, float] = field(init=False, default_factory=dict)
    _failed: set[int] = field(init=False, default_factory=set)
    _random: np.random.Generator = field(init=False)

    def __post_init__(self) -> None:
        self.weights = _by_evidence(self.weights, self.past)
        self._random = np.random.default_rng(self.seed)

    def ask(self, *, seconds_left: float = np.inf) -> int | None:
        """Return the column of the next recipe, or ``None`` when none is left that fits the time."""
        open_ = self._open() & self._fits(seconds_left)
        if not open_.any():
            return None
        worth = np.where(open_, self.worth(), -np.inf)
        if self.explores and self._random.random() < self.explores:
            worth = np.where(open_, self._expected()[1], -np.inf)
        pick = int(np.argmax(worth))
        self.picked.append(pick)
        return pick

    def ask_cheapest(self) -> int | None:
        """Return the quickest recipe still open, whatever the time left: one try is better than none."""
        open_ = self._open()
        if not open_.any():
            return None
        seconds = np.zeros(len(open_)) if self.seconds is None else self.seconds
        pick = int(np.argmin(np.where(open_, seconds, np.inf)))
        self.picked.append(pick)
        return pick

    def tell(self, recipe: int, score: float | None) -> None:
        """Take in what a recipe scored, 0..1; ``None`` where it did not finish."""
        if score is not None and np.isfinite(score):
            self._results[recipe] = 100.0 * float(score)
        else:
            self._failed.add(recipe)

    def planned(self, k: int) -> list[int]:
        """Return the next ``k`` recipes as they stand now, should no result change anything."""
        given, explores = list(self.picked), self.explores
        self.explores = 0.0
        try:
            asked = [self.ask() for _ in range(k)]
        finally:
            self.picked, self.explores = given, explores
        return [recipe for recipe in asked if recipe is not None]

    def worth(self) -> Floats:
        """Return how much each recipe promises now, [m]; comparable only with each other."""
        worth = np.sqrt(self.expected_drop() + _TINY)
        if self._results and not self.in_batch:
            worth = worth * np.sqrt(self.expected_gain() + _TINY)
        if self.seconds is not None and self.weighs_cost:
            worth = worth / np.maximum(self.seconds, 1e-3) ** COST_POWER
        return np.asarray(worth)

    def expected_drop(self) -> Floats:
        """Return how far each recipe would lower the weighted loss of the best pick on past data sets, [m]."""
        covered = [recipe for recipe in self.picked if recipe not in self._failed]
        best = self.past.losses[:, covered].min(axis=1, initial=1.0)
        return np.asarray(self._weights_now() @ np.maximum(best[:, None] - self.past.losses, 0.0))

    def expected_gain(self) -> Floats:
        """Return the points each recipe is expected to gain over the best result so far, [m]."""
        mean, deviation = self._expected()
        return expected_improvement(mean, deviation, max(self._results.values(), default=0.0))

    def _expected(self) -> tuple[Floats, Floats]:
        if self._gaussian is None:  # a batch is chosen without it
            self._gaussian = fit_gaussian(self.past.points, self.weights)
        return self._gaussian.given(*self._seen())

    def _weights_now(self) -> Floats:
        """Return how much each past data set counts in view of the results, [n]."""
        if self.in_batch:
            return self.weights
        seen, points = self._seen()
        return agreeing(self.weights, self.past.points[:, seen], points)

    def _seen(self) -> tuple[list[int], Floats]:
        """Return the recipes that have a result, and their points, those of failures raised as in the past."""
        seen = list(self._results)
        points = np.array([self._results[recipe] for recipe in seen])
        return seen, np.maximum(points, points.max(initial=0.0) - CAP_POINTS)

    def _open(self) -> NDArray[np.bool_]:
        open_ = (
            np.ones(self.past.points.shape[1], dtype=bool) if self.allowed is None else self.allowed.copy()
        )
        open_[self.picked] = False
        return open_

    def _fits(self, seconds_left: float) -> NDArray[np.bool_]:
        if self.seconds is None:
            return np.ones(self.past.points.shape[1], dtype=bool)
        return np.asarray(SAFETY * self.seconds <= seconds_left)


def _by_evidence(weights: Floats, past: Past) -> Floats:
    """Return weights in which a data set with few cells counts for less: most of its row is conjecture."""
    n_known = past.is_known.sum(axis=1)
    weighed = weights * (n_known / (n_known + FULL_ROW_CELLS))
    return capped(weighed / weighed.sum(), most_weight(len(weighed))) if weighed.any() else weights


def expected_improvement(mean: Floats, deviation: Floats, best: float) -> Floats:
    """Return E[max(0, x − best)] of Gaussians, in the unit of ``best``.

    Source: Jones, Schonlau and Welch, Efficient global optimization (1998).
    """
    from scipy.special import ndtr

    z = (mean - best) / deviation
    density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    return np.asarray(deviation * (z * ndtr(z) + density))
