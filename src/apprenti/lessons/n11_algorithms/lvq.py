"""Learning vector quantisation (LVQ1): a few prototypes for each class, moved by the rows one after the other.

Source: T. Kohonen, "The self-organizing map", Proceedings of the IEEE 78 (1990), section on LVQ.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

N_EACH, N_ROUNDS, RATE = 4, 20, 0.2
"""Prototypes of a class, passes over the rows, and the first step, which shrinks to nothing."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prototypes:
    """What LVQ has learnt.

    Args:
        places: [m, d] float32.
        labels: [m] int64, the class each stands for.
    """

    places: NDArray[np.float32]
    labels: NDArray[np.int64]

    def answers(self, features: NDArray[np.float32]) -> NDArray[np.int64]:
        """Return the class of the nearest prototype for each row of ``features`` [n, d], [n] int64."""
        away = ((features[:, np.newaxis] - self.places) ** 2).sum(axis=2)
        return np.asarray(self.labels[away.argmin(axis=1)], np.int64)


def fit_lvq(features: NDArray[np.float32], labels: NDArray[np.int64], *, seed: int) -> Prototypes:
    """Begin with some rows of each class as prototypes; each row then draws the nearest one, or pushes it away."""
    rng = np.random.default_rng(seed)
    chosen = [rng.permutation(np.flatnonzero(labels == one))[:N_EACH] for one in np.unique(labels)]
    rows = np.concatenate(chosen)
    places, stands_for = features[rows].astype(np.float32), labels[rows]
    n_steps = N_ROUNDS * len(features)
    for step in range(n_steps):
        row = step % len(features)
        nearest = int(((places - features[row]) ** 2).sum(axis=1).argmin())
        toward = 1.0 if stands_for[nearest] == labels[row] else -1.0
        rate = RATE * (1 - step / n_steps)
        places[nearest] += np.float32(toward * rate) * (features[row] - places[nearest])
    return Prototypes(places=places, labels=stands_for)
