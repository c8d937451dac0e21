"""Made-up matrices of scores in which the truth is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Data sets whose profile decides, through a few hidden traits, which recipes do well on them."""

    scores: Floats
    profiles: Floats
    seconds: Floats


def a_world(
    n: int = 60, m: int = 24, *, n_traits: int = 3, noise: float = 0.3, spread: float = 1.5, seed: int = 0
) -> World:
    """Return scores [n, m] in 0..1, profiles [n, 2·n_traits] and seconds [n, m]."""
    random = np.random.default_rng(seed)
    traits = random.normal(size=(n, n_traits))
    tastes = random.normal(size=(n_traits, m))
    level = random.uniform(55, 85, size=(n, 1))
    points = level + spread * traits @ tastes + random.normal(scale=noise, size=(n, m))
    profiles = np.concatenate([traits, traits + random.normal(scale=0.3, size=(n, n_traits))], axis=1)
    seconds = np.exp(traits[:, :1] + random.normal(size=(1, m)) + random.normal(scale=0.2, size=(n, m)))
    return World(scores=np.clip(points, 0, 100) / 100, profiles=profiles, seconds=seconds)


def with_gaps(scores: Floats, share: float, *, seed: int = 0) -> Floats:
    """Return the scores with a share of the cells missing."""
    missing = np.random.default_rng(seed).random(scores.shape) < share
    return np.where(missing, np.nan, scores)
