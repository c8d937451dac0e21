"""Which pictures are the same picture again: re-encoded, resized, a little brighter or darker.

Two pictures are alike when their small grey signatures correlate, their finer ones confirm it, what is
left of those without a plane of brightness still agrees (or every smooth surface would be like every
other), and shape, exposure and colour are near. Correlation ignores brightness and contrast: those are
bounded separately.

A chain of look-alikes (a like b, b like c, a not like c) and a crowd (a fixed camera) are not one
picture. Such a group is looked at again under stricter thresholds, and dissolved if it never holds
together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.threads import one_thread
from apprenti.stages.ingest.looking import Looked

Floats = NDArray[np.float32]
Indices = NDArray[np.intp]

THRESHOLDS = (0.99, 0.995, 0.998)
"""Correlation at which pictures are alike. Of copies made on purpose (JPEG quality 60, half size, ±10 %
brightness) 95 % or more lie above the first in nine of ten image sets, the tenth being 28 px wide at first;
hardly any other pair does."""

MIN_PLANE_FREE = 0.9
MIN_CONTRAST = 3.0
"""Grey levels of 255; below it there is nothing to compare."""

MAX_ASPECT_RATIO = 1.06
MAX_GAIN = 2.0
MAX_TINT_DIFFERENCE = 32.0
MIN_DENSITY = 0.4
"""Share of the pairs in a group that must be alike; a chain has few."""

MAX_GROUP = 50
BLOCK_ROWS = 256
BLOCK_COLUMNS = 2048
MAX_LINKS_PER_ROW = 12


def alike(looks: Sequence[Looked]) -> list[Indices]:
    """Return the groups of pictures that are the same picture again.

    Args:
        looks: one look per picture, of distinct files.

    Returns:
        For each group of two or more the positions in ``looks``, ascending; no picture is in two groups.
    """
    if len(looks) < 2:
        return []
    with one_thread():
        pictures = _Pictures.of(looks)
        links = _links(pictures)
        groups = list(_groups(links, np.arange(len(looks)), pictures, level=0))
    return sorted(groups, key=lambda group: int(group[0]))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Links:
    """Pairs that are alike: positions ``left`` < ``right`` and the smaller of their two correlations."""

    left: Indices
    right: Indices
    strength: Floats

    def within(self, members: Indices, threshold: float) -> _Links:
        """Return the links of at least ``threshold`` between ``members`` (ascending)."""
        kept = (self.strength >= threshold) & np.isin(self.left, members) & np.isin(self.right, members)
        return _Links(left=self.left[kept], right=self.right[kept], strength=self.strength[kept])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pictures:
    """All looks side by side.

    Args:
        signatures: [n,256] float32, mean 0, length 1.
        details: [n,1024] uint8.
        tints: [n,48] float32, channel − grey.
        shapes: [n,3] float32: aspect ratio, contrast and brightness (1..256), all as natural logarithms.
        plain: [n] bool, too little contrast to compare.
    """

    signatures: Floats
    details: NDArray[np.uint8]
    tints: Floats
    shapes: Floats
    plain: NDArray[np.bool_]

    @classmethod
    def of(cls, looks: Sequence[Looked]) -> _Pictures:
        grey = np.stack([look.signature.ravel() for look in looks]).astype(np.float32)
        tints = np.stack([look.tint.reshape(-1, 3) for look in looks]).astype(np.float32)
        contrast = grey.std(axis=1)
        aspect = np.array([look.facts.width_px / look.facts.height_px for look in looks], dtype=np.float32)
        shapes = np.stack([aspect, np.maximum(contrast, 1.0), grey.mean(axis=1) + 1.0], axis=1)
        return cls(
            signatures=_standardised(grey),
            details=np.stack([look.detail.ravel() for look in looks]),
            tints=(tints - tints.mean(axis=2, keepdims=True)).reshape(len(looks), -1),
            shapes=np.log(shapes).astype(np.float32),
            plain=contrast < MIN_CONTRAST,
        )

    def confirmed(self, left: Indices, right: Indices) -> Floats:
        """Return how far each pair agrees in detail, −1..1; −1 where shape, exposure or colour differ."""
        apart = np.abs(self.shapes[left] - self.shapes[right])
        near = (apart <= np.log([MAX_ASPECT_RATIO, MAX_GAIN, MAX_GAIN])).all(axis=1)
        near &= np.abs(self.tints[left] - self.tints[right]).max(axis=1) <= MAX_TINT_DIFFERENCE
        agreement = np.full(len(left), -1.0, dtype=np.float32)
        for at in _batches(np.flatnonzero(near)):
            one, other = (self.details[side[at]].astype(np.float32) for side in (left, right))
            whole = (_standardised(one) * _standardised(other)).sum(axis=1)
            rest = (_standardised(_without_plane(one)) * _standardised(_without_plane(other))).sum(axis=1)
            agreement[at] = np.where(rest >= MIN_PLANE_FREE, whole, -1.0)
        return agreement


def _links(pictures: _Pictures) -> _Links:
    """Return all pairs alike at the first threshold (in a crowd, the nearest few of each picture)."""
    parts = [_Links(left=np.empty(0, np.intp), right=np.empty(0, np.intp), strength=np.empty(0, np.float32))]
    for left, right, similarity in _candidates(pictures):
        strength = np.minimum(similarity, pictures.confirmed(left, right))
        kept = strength >= THRESHOLDS[0]
        parts.append(_Links(left=left[kept], right=right[kept], strength=strength[kept]))
    left, right = (np.concatenate([getattr(part, side) for part in parts]) for side in ("left", "right"))
    return _Links(
        left=np.minimum(left, right),
        right=np.maximum(left, right),
        strength=np.concatenate([part.strength for part in parts]),
    )


def _candidates(pictures: _Pictures) -> Iterator[tuple[Indices, Indices, Floats]]:
    """Yield pairs whose signatures correlate at the first threshold, without comparing all with all.

    On the unit sphere a correlation r means a distance of √(2 − 2r); so along any one direction alike
    pictures lie at most that far apart. Sorted along the direction of largest spread, each is compared with
    its band only.
    """
    textured = np.flatnonzero(~pictures.plain)
    if len(textured) < 2:
        return
    signatures = pictures.signatures[textured]
    _, directions = np.linalg.eigh(np.asarray(signatures.T @ signatures, dtype=np.float64))
    along = signatures @ directions[:, -1].astype(np.float32)
    order = np.argsort(along, kind="stable")
    textured, signatures, along = textured[order], signatures[order], along[order]
    reach = np.sqrt(2 - 2 * THRESHOLDS[0]) + 1e-4
    for start in range(0, len(order), BLOCK_ROWS):
        stop = min(start + BLOCK_ROWS, len(order))
        end = int(np.searchsorted(along, along[stop - 1] + reach, side="right"))
        for rows, columns, similarity in _in_band(signatures, np.arange(start, stop), end):
            yield textured[rows], textured[columns], similarity


def _in_band(signatures: Floats, rows: Indices, end: int) -> Iterator[tuple[Indices, Indices, Floats]]:
    """Yield the pairs of ``rows`` with what follows up to ``end``; a row that met a crowd asks no more."""
    for start in range(int(rows[0]), end, BLOCK_COLUMNS):
        columns = np.arange(start, min(start + BLOCK_COLUMNS, end))
        similarity = signatures[rows] @ signatures[columns].T
        if start <= rows[-1]:
            similarity[columns <= rows[:, None]] = -1.0  # each pair once, nothing with itself
        left, right = _strongest(similarity)
        yield rows[left], columns[right], similarity[left, right]
        rows = rows[np.bincount(left, minlength=len(rows)) < MAX_LINKS_PER_ROW]
        if not len(rows):
            return


def _strongest(similarity: Floats) -> tuple[Indices, Indices]:
    """Return rows and columns at or above the first threshold; of a crowded row only the strongest few."""
    rows, columns = np.nonzero(similarity >= THRESHOLDS[0])
    crowded = np.flatnonzero(np.bincount(rows, minlength=len(similarity)) > MAX_LINKS_PER_ROW)
    if not len(crowded):
        return rows, columns
    best = np.argpartition(-similarity[crowded], MAX_LINKS_PER_ROW, axis=1)[:, :MAX_LINKS_PER_ROW]
    quiet = ~np.isin(rows, crowded)
    return (
        np.concatenate([rows[quiet], np.repeat(crowded, MAX_LINKS_PER_ROW)]),
        np.concatenate([columns[quiet], best.ravel()]),
    )


def _groups(links: _Links, members: Indices, pictures: _Pictures, *, level: int) -> Iterator[Indices]:
    """Yield the connected groups that hold together, trying stricter thresholds on the others."""
    if level == len(THRESHOLDS):
        return
    links = links.within(members, THRESHOLDS[level])
    for group in _connected(links, pictures.plain.size):
        if len(group) == 2 or _holds_together(group, pictures, THRESHOLDS[level]):
            yield group
        else:
            yield from _groups(links, group, pictures, level=level + 1)


def _connected(links: _Links, n: int) -> list[Indices]:
    """Return the connected components of two or more, each ascending."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    ones = np.ones(len(links.left), dtype=np.int8)
    _, component = connected_components(
        coo_array((ones, (links.left, links.right)), shape=(n, n)), directed=False
    )
    touched = np.unique(np.concatenate([links.left, links.right]))
    order = touched[np.argsort(component[touched], kind="stable")]
    borders = np.flatnonzero(np.diff(component[order])) + 1
    return [group for group in np.split(order, borders) if len(group) > 1]


def _holds_together(group: Indices, pictures: _Pictures, threshold: float) -> bool:
    """Return whether enough of the pairs in the group are alike."""
    if len(group) > MAX_GROUP:
        return False
    left, right = (group[side] for side in np.triu_indices(len(group), 1))
    similarity = (pictures.signatures[left] * pictures.signatures[right]).sum(axis=1)
    strength = np.minimum(similarity, pictures.confirmed(left, right))
    return float((strength >= threshold).mean()) >= MIN_DENSITY


def _standardised(rows: Floats) -> Floats:
    """Return each row with mean 0 and length 1; a row without contrast becomes zeros."""
    centred = rows - rows.mean(axis=1, keepdims=True)
    length = np.linalg.norm(centred, axis=1, keepdims=True)
    return np.asarray(centred / np.maximum(length, 1e-6), dtype=np.float32)


def _without_plane(rows: Floats) -> Floats:
    """Return square pictures [n,s·s] without their mean and their linear fall of brightness."""
    side = round(rows.shape[1] ** 0.5)
    ramp = np.linspace(-1.0, 1.0, side, dtype=np.float32)
    ramps = np.stack(
        [np.tile(ramp, side), np.repeat(ramp, side)]
    )  # orthogonal to each other and to a constant
    ramps /= np.linalg.norm(ramps, axis=1, keepdims=True)
    return np.asarray(rows - (rows @ ramps.T) @ ramps, dtype=np.float32)


def _batches(indices: Indices, size: int = 8192) -> Iterator[Indices]:
    for start in range(0, len(indices), size):
        yield indices[start : start + size]
