"""How long each recipe should take on a new data set, from how long it took on past ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apprenti.stages.select.completion import complete

Floats = NDArray[np.float64]

N_FACTORS = 3
"""Times differ in far fewer ways than scores do."""
SHRINKAGE = 3.0
"""Data sets' worth of evidence that a number of the profile does not matter for time."""
FAR = 3.0
"""A number of the profile further out than so many standard deviations counts as being there: a data set ten
times larger than all past ones must not be promised a thousand times the seconds."""
LEAST_SECONDS = 1e-3
_LOG_SCALE = 10.0  # brings logarithms of seconds to the spread that the Gaussian of points is made for


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeModel:
    """The logarithm of a recipe's seconds as a linear function of the profile.

    Args:
        centre: of each column of the profile, [p].
        spread: of each column of the profile, [p]; 0 for columns that are not used.
        level: mean logarithm of seconds, [m].
        slopes: [p, m].
    """

    centre: Floats
    spread: Floats
    level: Floats
    slopes: Floats

    def seconds(self, profile: Floats) -> Floats:
        """Return the predicted seconds of each recipe, [m].

        Args:
            profile: [p]; what is not known counts as average.
        """
        return np.asarray(np.exp(self.level + self._standard(profile[None])[0] @ self.slopes))

    def _standard(self, profiles: Floats) -> Floats:
        return _standardised(profiles, self.centre, self.spread)


def fit_seconds(seconds: NDArray[np.floating], profiles: Floats) -> TimeModel | None:
    """Return what predicts seconds, by ridge regression; ``None`` where no seconds are known.

    Args:
        seconds: of each recipe on each past data set, [n, m]; NaN where not measured.
        profiles: [n, p]; NaN where not known.
    """
    known = np.isfinite(seconds)
    if not known.any():
        return None
    logs = np.full(seconds.shape, np.nan)
    logs[known] = np.log(np.maximum(seconds[known], LEAST_SECONDS))
    logs = complete(_LOG_SCALE * logs, n_factors=N_FACTORS) / _LOG_SCALE
    centre, spread = _centre_and_spread(profiles)
    standard = _standardised(profiles, centre, spread)
    level = logs.mean(axis=0)
    left = standard.T @ standard + SHRINKAGE * np.eye(standard.shape[1])
    slopes = np.linalg.solve(left, standard.T @ (logs - level))
    return TimeModel(centre=centre, spread=spread, level=level, slopes=slopes)


def _centre_and_spread(profiles: Floats) -> tuple[Floats, Floats]:
    known = np.isfinite(profiles)
    n_known = np.maximum(known.sum(axis=0), 1)
    centre = np.where(known, profiles, 0.0).sum(axis=0) / n_known
    spread = np.sqrt((np.where(known, profiles - centre, 0.0) ** 2).sum(axis=0) / n_known)
    return centre, np.where(spread > 1e-9 * (1.0 + np.abs(centre)), spread, 0.0)


def _standardised(profiles: Floats, centre: Floats, spread: Floats) -> Floats:
    usable = np.isfinite(profiles) & (spread > 0)
    standard = np.where(usable, profiles - centre, 0.0) / np.where(spread > 0, spread, 1.0)
    return np.asarray(np.clip(standard, -FAR, FAR))
