"""A map of photos, those alike near each other, and rows of photos read off it for a grid.

Source: L. van der Maaten, G. Hinton, "Visualizing data using t-SNE", 2008; L. van der Maaten, "Accelerating t-SNE using
tree-based algorithms", 2014.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.sampling import sample_rows
from apprenti.blocks.threads import one_thread
from apprenti.stages.profile.likeness import main_directions, with_hints

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

MOST_PLACED = 1_000
"""Photos placed by t-SNE; others stand where the photos stand that they are most like."""
N_STEPS = 500
PERPLEXITY = 20.0
FEWEST_FOR_MAP = 10
N_NEAREST = 3
MOST_IN_BAND = 600
"""Photos put into rows together: the time grows with the cube, 0.05 s for 600."""


def place_on_map(
    features: NDArray[np.float32], *, seed: int, hints: NDArray[np.float32] | None = None
) -> NDArray[np.float32]:
    """Return a place for each photo, [n, 2] float32 in 0..1; the same photos always have the same places.

    Args:
        features: [n, d] float32.
        seed: of t-SNE and of which photos it places.
        hints: as of ``likeness.with_hints``.
    """
    n = len(features)
    if n < FEWEST_FOR_MAP:
        return _scaled(main_directions(features, seed=seed, n_dimensions=2))
    directions = with_hints(main_directions(features, seed=seed), hints)
    kept = sample_rows(n, MOST_PLACED, seed=seed)
    places = np.empty((n, 2))
    places[kept] = _tsne(directions[kept], seed=seed)
    others = np.setdiff1d(np.arange(n), kept)
    if len(others):
        places[others] = _between_nearest(directions[others], directions[kept], places[kept])
    return _scaled(places)


def rows_of_map(places: NDArray[np.float32], n_columns: int) -> Rows:
    """Return the order in which photos fill rows of ``n_columns`` so that neighbours on the map are neighbours there.

    The map is cut into bands from top to bottom; in each, photos and cells are matched at the least sum of squared
    distances.

    Args:
        places: [n, 2] of each photo, in 0..1.
        n_columns: photos in a row.

    Returns:
        [n] row numbers of the photos, cell by cell.
    """
    from scipy.optimize import linear_sum_assignment

    n = len(places)
    even = 0.5 * (places + _ranks(places))  # half of the way to an even spread: cells are spread evenly
    band = max(1, MOST_IN_BAND // n_columns) * n_columns
    downwards = np.argsort(even[:, 1], kind="stable")
    order = np.empty(n, np.int64)
    for start in range(0, n, band):
        rows = downwards[start : start + band]
        cells = start + np.arange(len(rows))
        across = (cells % n_columns) / max(1, n_columns - 1)
        down = (cells // n_columns) / max(1, -(-n // n_columns) - 1)
        cost = (even[rows, 0, np.newaxis] - across) ** 2 + (even[rows, 1, np.newaxis] - down) ** 2
        photo, cell = linear_sum_assignment(cost)
        order[cells[cell]] = rows[photo]
    return order


def _tsne(directions: Floats, *, seed: int) -> Floats:
    from sklearn.manifold import TSNE

    perplexity = min(PERPLEXITY, (len(directions) - 1) / 3.1)
    tsne = TSNE(2, perplexity=perplexity, init="pca", max_iter=N_STEPS, random_state=seed)
    with one_thread():
        return np.asarray(tsne.fit_transform(directions.astype(np.float32)), np.float64)


def _between_nearest(rows: Floats, known: Floats, places: Floats) -> Floats:
    """Return for each row the mean place of the known rows nearest to it, the nearer the more it counts."""
    distances = (rows**2).sum(axis=1)[:, np.newaxis] + (known**2).sum(axis=1) - 2 * rows @ known.T
    nearest = np.argsort(distances, axis=1, kind="stable")[:, :N_NEAREST]
    weights = 1 / np.maximum(np.take_along_axis(distances, nearest, axis=1), 1e-9)
    weights /= weights.sum(axis=1, keepdims=True)
    return np.asarray((places[nearest] * weights[:, :, np.newaxis]).sum(axis=1), np.float64)


def _ranks(places: NDArray[np.float32]) -> Floats:
    """Return the place of each value among those of its column, in 0..1."""
    ranks = np.argsort(np.argsort(places, axis=0, kind="stable"), axis=0, kind="stable")
    return ranks / max(1, len(places) - 1)


def _scaled(places: Floats) -> NDArray[np.float32]:
    """Return places moved and shrunk into 0..1, both directions alike; two columns, whatever there were."""
    if not len(places):
        return np.zeros((0, 2), np.float32)
    both = np.zeros((len(places), 2))
    both[:, : places.shape[1]] = places[:, :2]
    low, high = both.min(axis=0), both.max(axis=0)
    middle, side = (low + high) / 2, max(float((high - low).max()), 1e-9)
    return np.asarray(np.clip((both - middle) / side + 0.5, 0, 1), np.float32)
