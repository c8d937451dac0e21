"""How alike past data sets are to a new one, judged by what matters: which recipes do well on them.

Two data sets are alike where a forest, grown from profiles to the main differences between recipes, sends them to
the same leaves. Source: Breiman, Random forests (2001), proximities; the trees are extremely randomised (Geurts,
Ernst and Wehenkel, 2006) and see every row, so that the order of the rows does not matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

N_TREES = 300
N_COMPONENTS = 10
LEAST_IN_LEAF = 5
LEAST_COMPLETE = 0.9
"""A column of the profile counts if this share of the data sets has it, and any if this share of them does."""
N_DATASETS_FROM, N_DATASETS_TO = 20, 60
"""Up to so many data sets all count alike; from so many on, likeness has its full say: it helps on our own knowledge of
fewer than 60 (``benchmarks/own_knowledge.py``), and hurts on none of the tables of known scores."""
MOST_TRUST = 0.8
MOST_WEIGHT = 0.05
"""No data set weighs more, however alike: one wrong (or made-up) row must not decide alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Similarity:
    """Weighs past data sets for a new one.

    Args:
        n: how many past data sets there are.
        columns: columns of the profile that are looked at; none where likeness has no say.
        rows: data sets whose profile is complete in them.
        forest: grown on those, or ``None``.
        leaves: where each of those rows ends up, [len(rows), n_trees].
    """

    n: int
    columns: NDArray[np.intp]
    rows: NDArray[np.intp]
    forest: Any = None
    leaves: NDArray[np.int64] | None = None

    def weights(self, profile: Floats) -> Floats:
        """Return how much each past data set counts for one with this profile, [n], in all 1.

        All count alike where too few are known, or where the profile lacks a number the forest asks for.

        Args:
            profile: [p]; NaN where not known.
        """
        alike = np.full(self.n, 1.0 / max(1, self.n))
        looked_at = profile[self.columns]
        if self.forest is None or self.leaves is None or not np.isfinite(looked_at).all():
            return alike
        leaves = self.forest.apply(looked_at[None].astype(np.float32))
        proximity = np.full(self.n, np.nan)
        proximity[self.rows] = (self.leaves == leaves).mean(axis=1)
        proximity[np.isnan(proximity)] = proximity[self.rows].mean()
        trust = _trust(len(self.rows))
        mixed = trust * proximity / max(proximity.sum(), 1e-12) + (1 - trust) * alike
        return capped(mixed / mixed.sum(), most_weight(self.n))


def nearest_first(alike: Floats, profiles: Floats, profile: Floats) -> NDArray[np.intp]:
    """Return the rows of past data sets, the most alike first; of equals, those nearest in their numbers.

    Nearness is the mean difference, each number in its standard deviations, over those both have. It decides where
    all count alike: which are named then says nothing of how much they count.

    Args:
        alike: how much each data set counts, [n].
        profiles: [n, p]; NaN where not known.
        profile: [p], of the new one.
    """
    known = np.isfinite(profiles)
    n_known = np.maximum(known.sum(axis=0), 1)
    middle = np.where(known, profiles, 0.0).sum(axis=0) / n_known
    spread = np.sqrt((np.where(known, profiles - middle, 0.0) ** 2).sum(axis=0) / n_known)
    shared = known & np.isfinite(profile) & (spread > 0)
    differences = np.where(shared, np.abs(profiles - profile), 0.0) / np.where(spread > 0, spread, 1.0)
    far = np.where(shared.any(axis=1), differences.sum(axis=1) / np.maximum(shared.sum(axis=1), 1), np.inf)
    return np.asarray(np.lexsort((far, -alike)))


def fit_similarity(profiles: Floats, losses: Floats, *, seed: int, n_trees: int = N_TREES) -> Similarity:
    """Return what weighs past data sets by their likeness to a new one.

    Args:
        profiles: [n, p]; NaN where not known.
        losses: of each recipe on each data set, [n, m], without gaps.
        seed: of the forest.
        n_trees: of the forest.
    """
    columns = _usable_columns(profiles)
    rows = np.flatnonzero(np.isfinite(profiles[:, columns]).all(axis=1))
    if not len(columns) or _trust(len(rows)) <= 0:
        return Similarity(n=len(profiles), columns=columns[:0], rows=rows)
    from sklearn.ensemble import ExtraTreesRegressor

    forest = ExtraTreesRegressor(
        n_trees, min_samples_leaf=LEAST_IN_LEAF, max_features=1 / 3, random_state=seed, n_jobs=1
    )
    seen = profiles[np.ix_(rows, columns)].astype(np.float32)
    forest.fit(seen, principal_components(losses[rows], N_COMPONENTS))
    return Similarity(
        n=len(profiles), columns=columns, rows=rows, forest=forest, leaves=forest.apply(seen).astype(np.int64)
    )


def principal_components(values: Floats, n_components: int) -> Floats:
    """Return each row's place along the main directions in which rows differ, [n, ≤ n_components]."""
    strengths = np.linalg.svd(values - values.mean(axis=0), full_matrices=False)
    return np.asarray((strengths[0] * strengths[1])[:, :n_components])


def most_weight(n: int) -> float:
    """Return the largest share one of ``n`` data sets may have."""
    return max(MOST_WEIGHT, 2.0 / n)


def capped(weights: Floats, most: float) -> Floats:
    """Return weights of sum 1 none of which is larger than ``most``; the others gain in proportion.

    Example:
        >>> capped(np.array([0.7, 0.2, 0.1]), 0.5).round(2).tolist()
        [0.5, 0.33, 0.17]
    """
    if most * len(weights) <= 1:
        return np.full(len(weights), 1.0 / len(weights))
    weights = weights / weights.sum()
    is_full = np.zeros(len(weights), dtype=bool)
    while (over := (weights > most + 1e-12) & ~is_full).any():
        is_full |= over
        rest = weights[~is_full].sum()
        if rest <= 0:  # all the others weigh nothing: they share what is left evenly
            weights = np.where(is_full, most, (1 - most * is_full.sum()) / max(1, (~is_full).sum()))
            break
        weights = np.where(is_full, most, weights * (1 - most * is_full.sum()) / rest)
    return weights


def _usable_columns(profiles: Floats) -> NDArray[np.intp]:
    """Return the columns nearly every data set has and in which they differ; none where many others have gaps.

    A profile full of gaps says little of what matters, and filling it with guesses measured worse than leaving it.
    """
    if not len(profiles):
        return np.zeros(0, dtype=np.intp)
    known = np.isfinite(profiles)
    largest = np.where(known, profiles, -np.inf).max(axis=0)
    smallest = np.where(known, profiles, np.inf).min(axis=0)
    differs = largest > smallest
    usable = differs & (known.mean(axis=0) >= LEAST_COMPLETE)
    return np.flatnonzero(usable & (usable.sum() >= LEAST_COMPLETE * differs.sum()))


def _trust(n_datasets: int) -> float:
    share = (n_datasets - N_DATASETS_FROM) / (N_DATASETS_TO - N_DATASETS_FROM)
    return MOST_TRUST * float(np.clip(share, 0.0, 1.0))
