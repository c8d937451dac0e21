"""Photos that are alike, put into groups by what a network makes of them: no label is needed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.sampling import sample_rows
from apprenti.blocks.threads import one_thread

Features = NDArray[np.float32]
Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

N_DIMENSIONS = 50
MOST_GROUPED = 1_500
"""Photos that decide which groups there are, 0.3 s of them; others join the group they are nearest to."""
MOST_TO_SEE = 60
"""Photos that can be looked at at once: larger groups are split, however much alike they are."""
LEAST_TO_NAME = 6
MOST_GROUPS = 60
N_CLOUDS = 9
HINT_WEIGHT = 1.5
"""How far labels already given part photos, in units of how far the photos are apart themselves."""


def main_directions(features: Features, *, seed: int, n_dimensions: int = N_DIMENSIONS) -> Floats:
    """Return features along the directions they differ most in, [n, up to ``n_dimensions``] float64.

    Args:
        features: [n, d] float32.
        seed: of the approximation.
        n_dimensions: how many directions.
    """
    from sklearn.decomposition import PCA

    rooted = np.sign(features) * np.sqrt(np.abs(features))  # features burst; see ``transforms.power``
    n = min(n_dimensions, *features.shape)
    if len(features) < 2:
        return np.zeros((len(features), 1))
    with one_thread():
        found = PCA(n, svd_solver="randomized", random_state=seed).fit_transform(rooted.astype(np.float64))
    return np.asarray(found, np.float64)


def with_hints(places: Floats, hints: NDArray[np.float32] | None) -> Floats:
    """Return places with what the photos probably show beside them: photos of a kind already named move together.

    Args:
        places: [n, k] float64.
        hints: [n, K] how probable each label is for each photo; ``None`` where no label is known.
    """
    if hints is None or len(places) < 2:
        return places
    own = hints - hints.mean(axis=0)
    spread = float((own**2).sum(axis=1).mean())
    share = (
        HINT_WEIGHT * np.sqrt((places**2).sum(axis=1).mean() / max(spread, 1e-12)) if spread > 1e-9 else 0.0
    )
    return np.hstack([places, share * own])


def group_alike(
    features: Features, *, seed: int, hints: NDArray[np.float32] | None = None
) -> tuple[Rows, ...]:
    """Return groups of photos that are alike, the largest first; in each, the most typical photo first.

    A tree of groups (Ward) is walked down from its root. A group is split where it has more photos than can be looked
    at at once, or falls apart: where its two halves explain more of its spread than halves of a normal cloud of the
    same shape do. So the number of groups comes from the photos.

    Args:
        features: [n, d] float32.
        seed: of the sample, where there are very many, and of the clouds.
        hints: as of ``with_hints``.

    Returns:
        Row numbers of each group; every row is in one.

    Source: R. Tibshirani, G. Walther, T. Hastie, "Estimating the number of clusters in a data set via the gap
        statistic", 2001 (what is found is held against the same without structure).
    """
    n = len(features)
    if n < 2 * LEAST_TO_NAME:
        return (np.arange(n),) if n else ()
    places = with_hints(main_directions(features, seed=seed), hints)
    kept = sample_rows(n, MOST_GROUPED, seed=seed)
    n_to_see = max(LEAST_TO_NAME, MOST_TO_SEE * len(kept) // n)
    leaves = _split(places[kept], n_to_see=n_to_see, draws=np.random.default_rng(seed))
    centres = np.stack([places[kept[leaf]].mean(axis=0) for leaf in leaves])
    group = np.empty(n, np.int64)
    group[:] = _squared_distances(places, centres).argmin(axis=1)
    for number, leaf in enumerate(leaves):
        group[kept[leaf]] = number
    groups = [_typical_first(np.flatnonzero(group == number), places) for number in range(len(leaves))]
    return tuple(sorted(groups, key=lambda rows: (-len(rows), int(rows.min()))))


def _split(places: Floats, *, n_to_see: int, draws: np.random.Generator) -> list[Rows]:
    """Return the rows of each group, from the tree of all."""
    from scipy.cluster.hierarchy import ClusterNode, linkage, to_tree

    with one_thread():
        waiting: list[ClusterNode] = [to_tree(linkage(places, "ward"))]
        done: list[ClusterNode] = []
        while waiting and len(waiting) + len(done) < MOST_GROUPS:
            node = waiting.pop(int(np.argmax([each.dist for each in waiting])))
            if node.count > n_to_see or _falls_apart(places, node, draws):
                waiting += [node.left, node.right]
            else:
                done.append(node)
    return [np.sort(np.asarray(node.pre_order(), np.int64)) for node in (*done, *waiting)]


def _falls_apart(places: Floats, node: object, draws: np.random.Generator) -> bool:
    """Return whether the halves of a group are further apart than chance puts them."""
    from scipy.cluster.hierarchy import ClusterNode, linkage

    assert isinstance(node, ClusterNode)
    if node.count < 2 * LEAST_TO_NAME or min(node.left.count, node.right.count) < LEAST_TO_NAME:
        return False
    rows = places[node.pre_order()]
    rows = rows - rows.mean(axis=0)
    left, size, _ = np.linalg.svd(rows, full_matrices=False)
    own = left * size
    explained = node.dist**2 / 2 / float((own**2).sum())
    by_chance = []
    for _ in range(N_CLOUDS):
        cloud = draws.normal(size=own.shape) * own.std(axis=0)
        by_chance.append(
            linkage(cloud, "ward")[-1, 2] ** 2 / 2 / float(((cloud - cloud.mean(axis=0)) ** 2).sum())
        )
    return bool(explained > max(by_chance))


def _typical_first(rows: Rows, places: Floats) -> Rows:
    distances = ((places[rows] - places[rows].mean(axis=0)) ** 2).sum(axis=1)
    return rows[np.argsort(distances, kind="stable")]


def _squared_distances(rows: Floats, others: Floats) -> Floats:
    """Return the squared distances [n, m] of ``rows`` [n, d] to ``others`` [m, d]."""
    squares = (rows**2).sum(axis=1)[:, np.newaxis] + (others**2).sum(axis=1)
    return np.asarray(squares - 2 * rows @ others.T, np.float64)
