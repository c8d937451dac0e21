"""What recipes should score on a new data set, with an interval that held on data sets left out.

The mean comes from a regression of scores on the profile; how wide the interval is, from how far that same
regression was off on whole families it had not seen. Source: Vovk, Gammerman and Shafer, Algorithmic learning in a
random world (2005), conformal intervals, here across folds of families.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apprenti.domain.recipe import Interval
from apprenti.stages.select.completion import complete
from apprenti.stages.select.directions import main_directions

Floats = NDArray[np.float64]

N_TREES = 24
N_COMPONENTS = 6
N_FOLDS = 5
LEVEL = 0.9
LEAST_ROWS = 10
"""With fewer data sets an interval of 90 % is everything there is between 0 and 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreModel:
    """Foretells scores from a profile.

    Args:
        middle: of each column of the profile, put where a number is not known, [p].
        forest: from profiles to the main directions of scores; ``None`` where profiles say nothing.
        mean: points of each recipe on average, [m].
        directions: [≤ N_COMPONENTS, m].
        known: measured points, [n, m]; NaN where not measured.
        misses: measured less foretold points on data sets left out, [n, m]; NaN where not measured.
        level: share of scores that are to lie inside.
    """

    middle: Floats
    forest: Any
    mean: Floats
    directions: Floats
    known: Floats
    misses: Floats
    level: float

    def intervals(self, profile: Floats) -> tuple[Interval, ...]:
        """Return between which scores, 0..1, each recipe should end up, m of them.

        Args:
            profile: [p]; NaN where not known.
        """
        foretold = self._foretold(profile)
        return tuple(self._around(points, self.misses[:, at]) for at, points in enumerate(foretold))

    def best_interval(self, profile: Floats, recipes: Sequence[int]) -> Interval | None:
        """Return between which scores, 0..1, the best of some recipes should end up.

        ``None`` where fewer than ``LEAST_ROWS`` data sets have all of them measured.

        Args:
            profile: [p]; NaN where not known.
            recipes: their columns.
        """
        picked = list(recipes)
        known = self.known[:, picked]
        misses = known.max(axis=1) - (known - self.misses[:, picked]).max(axis=1)  # NaN where one is missing
        if (~np.isnan(misses)).sum() < LEAST_ROWS:
            return None
        return self._around(float(self._foretold(profile)[picked].max()), misses)

    def _foretold(self, profile: Floats) -> Floats:
        """Return the points each recipe should get, [m]."""
        filled = _filled(profile[None], self.middle)
        return np.asarray(_foretold(self.forest, self.mean, self.directions, filled)[0])

    def _around(self, foretold: float, misses: Floats) -> Interval:
        """Return the interval around foretold points that the misses of one recipe speak for, [n]."""
        misses = np.sort(misses[~np.isnan(misses)])
        n, tail = len(misses), (1 - self.level) / 2
        if n < LEAST_ROWS:
            return Interval(low=0.0, high=1.0, level=self.level)
        low = misses[max(0, int(np.floor(tail * (n + 1))) - 1)]
        high = misses[min(n - 1, int(np.ceil((1 - tail) * (n + 1))) - 1)]
        ends = np.clip(np.array([foretold + low, foretold + high]) / 100.0, 0.0, 1.0)
        return Interval(low=float(ends[0]), high=float(ends[1]), level=self.level)


def fit_scores(
    scores: NDArray[np.floating],
    profiles: Floats,
    families: NDArray[np.intp],
    *,
    seed: int,
    level: float = LEVEL,
) -> ScoreModel:
    """Return what foretells scores from a profile.

    Args:
        scores: [n, m], 0..1; NaN where missing.
        profiles: [n, p]; NaN where not known.
        families: [n]; data sets of one family are left out together to see how far the regression is off.
        seed: of the forests and of the folds.
        level: share of scores that are to lie inside the intervals.
    """
    known = 100.0 * np.asarray(scores, dtype=np.float64)
    points = complete(known)
    middle = _middle(profiles)
    filled = _filled(profiles, middle)
    misses = np.full_like(points, np.nan)
    for fold in _folds(families, seed):
        if fold.all() or not fold.any():
            continue
        parts = _fitted(points[~fold], filled[~fold], seed)
        misses[fold] = known[fold] - _foretold(*parts, filled[fold])
    forest, mean, directions = _fitted(points, filled, seed)
    return ScoreModel(
        middle=middle,
        forest=forest,
        mean=mean,
        directions=directions,
        known=known,
        misses=misses,
        level=level,
    )


def _fitted(points: Floats, profiles: Floats, seed: int) -> tuple[Any, Floats, Floats]:
    """Return forest, mean [m] and directions [q, m] of scores."""
    mean = points.mean(axis=0)
    places, strengths, directions = main_directions(points - mean, N_COMPONENTS)
    if not profiles.shape[1] or len(points) < LEAST_ROWS:
        return None, mean, directions
    from sklearn.ensemble import ExtraTreesRegressor

    forest = ExtraTreesRegressor(N_TREES, min_samples_leaf=3, max_features=1 / 3, random_state=seed, n_jobs=1)
    forest.fit(profiles.astype(np.float32), places * strengths)
    return forest, mean, directions


def _foretold(forest: Any, mean: Floats, directions: Floats, profiles: Floats) -> Floats:
    if forest is None:
        return np.repeat(mean[None], len(profiles), axis=0)
    places = np.asarray(forest.predict(profiles.astype(np.float32))).reshape(len(profiles), -1)
    return np.asarray(mean + places @ directions)


def _folds(families: NDArray[np.intp], seed: int) -> list[NDArray[np.bool_]]:
    """Return which rows are left out in each turn; a family is never divided."""
    names, at = np.unique(families, return_inverse=True)
    turn = np.random.default_rng(seed).permutation(len(names)) % N_FOLDS
    return [np.asarray(turn[at] == fold) for fold in range(N_FOLDS)]


def _middle(profiles: Floats) -> Floats:
    known = np.isfinite(profiles)
    total = np.where(known, profiles, 0.0).sum(axis=0)
    return np.asarray(total / np.maximum(known.sum(axis=0), 1))


def _filled(profiles: Floats, middle: Floats) -> Floats:
    return np.where(np.isfinite(profiles), profiles, middle)
