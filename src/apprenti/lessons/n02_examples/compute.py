"""What lesson 2 shows: the split, a learner that only remembers, and what copies across the split do to its score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apprenti.domain.dataset import Split
from apprenti.domain.lesson_context import KeptPhotos, LessonContext

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]

N_HIDDEN = 5
"""Test photos of which a copy can be put among those for training."""
MOST_TESTED = 500
MOST_EXAMPLES = 8
N_WALL, N_SUSPICIOUS = 12, 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """One test photo of which a copy can be made.

    Args:
        row: of the photo.
        label: what it is.
    """

    row: int
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The figures of lesson 2.

    Args:
        n_photos: all that were used.
        n_train: for learning.
        n_validation: for choosing; 0 where turns did.
        n_test: for the report.
        has_validation: whether photos were kept apart for choosing.
        n_labels: classes.
        n_duplicates: photos that repeat another.
        n_suspects: training photos whose label looks wrong.
        example_rows: a photo of each class.
        example_labels: their labels.
        n_tested: test photos that the remembering learner is tried on.
        hidden: five of them.
        answers: by set of copies, as a binary number, what it says of the five.
        n_right: by set of copies, how many of all it gets right.
        before: share right without copies.
        after: share right with five.
        rises: whether copies raise it.
        n_missed: of the five, wrong without copies.
        wall: rows of training photos, the planted one among them.
        wall_label: their class.
        suspicious: rows that are said to be for the test.
        planted: the one that lies in both.
        lookalike: of the others, the one most like a photo of the wall.
        suspect_rows: photos whose label looks wrong, the worst first.
        suspect_given: their labels.
        suspect_suggested: what models say that have not seen them.
        has_suspects: whether there are such.
    """

    n_photos: int
    n_train: int
    n_validation: int
    n_test: int
    has_validation: bool
    n_labels: int
    n_duplicates: int
    n_suspects: int
    example_rows: tuple[int, ...]
    example_labels: tuple[str, ...]
    n_tested: int
    hidden: tuple[Hidden, ...]
    answers: tuple[tuple[str, ...], ...]
    n_right: tuple[int, ...]
    before: float | None
    after: float | None
    rises: bool
    n_missed: int
    wall: tuple[int, ...]
    wall_label: str
    suspicious: tuple[int, ...]
    planted: int
    lookalike: int
    suspect_rows: tuple[int, ...]
    suspect_given: tuple[str, ...]
    suspect_suggested: tuple[str, ...]
    has_suspects: bool


def compute(context: LessonContext) -> Shown:
    """Return the figures; the learner that remembers is the nearest photo's label."""
    photos, labels, data = context.photos, context.labels, context.report.data
    known, tested = photos.rows(Split.TRAIN, Split.VALIDATION), _spread(photos.rows(Split.TEST), MOST_TESTED)
    hidden, answers = _remembered(photos, known, tested)
    rights = [int((one == photos.labels[tested]).sum()) for one in answers]
    places = {int(row): place for place, row in enumerate(tested)}
    wall, suspicious, lookalike = _planted(photos, known, tested)
    present = [int(one) for one in np.unique(photos.labels[known])][:MOST_EXAMPLES]
    suspects = _suspects(context)
    n_tested = len(tested)
    return Shown(
        n_photos=data.n_train + data.n_validation + data.n_test,
        n_train=data.n_train,
        n_validation=data.n_validation,
        n_test=data.n_test,
        has_validation=data.n_validation > 0,
        n_labels=len(labels),
        n_duplicates=data.n_duplicates,
        n_suspects=context.report.n_label_suspects,
        example_rows=tuple(_typical(photos, known[photos.labels[known] == one]) for one in present),
        example_labels=tuple(labels[one] for one in present),
        n_tested=n_tested,
        hidden=tuple(Hidden(row=int(row), label=labels[photos.labels[row]]) for row in hidden),
        answers=tuple(tuple(labels[one[places[int(row)]]] for row in hidden) for one in answers),
        n_right=tuple(rights),
        before=rights[0] / n_tested if n_tested else None,
        after=rights[-1] / n_tested if n_tested else None,
        rises=rights[-1] > rights[0],
        n_missed=sum(int(answers[0][places[int(row)]] != photos.labels[row]) for row in hidden),
        wall=tuple(int(row) for row in wall),
        wall_label=labels[photos.labels[wall[0]]] if len(wall) else "",
        suspicious=tuple(int(row) for row in suspicious),
        planted=next((int(row) for row in suspicious if row in wall), -1),
        lookalike=lookalike,
        suspect_rows=tuple(row for row, _, _ in suspects),
        suspect_given=tuple(given for _, given, _ in suspects),
        suspect_suggested=tuple(suggested for _, _, suggested in suspects),
        has_suspects=bool(suspects),
    )


def _typical(photos: KeptPhotos, rows: Numbers) -> int:
    """Return the row whose features are nearest to the mean of all."""
    features = photos.features[rows]
    middle = features.mean(axis=0, dtype=np.float64).astype(np.float32)[None]
    return int(rows[squared_distances(features, middle)[:, 0].argmin()])


def _spread(rows: Numbers, most: int) -> Numbers:
    if len(rows) <= most:
        return rows
    return np.asarray(rows[np.linspace(0, len(rows) - 1, most).astype(np.int64)])


def squared_distances(first: NDArray[np.float32], second: NDArray[np.float32]) -> Floats:
    """Return [n, m] squared distances between features [n, d] and [m, d]."""
    a, b = first.astype(np.float64), second.astype(np.float64)
    return np.asarray((a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1)[None] - 2 * a @ b.T)


def _remembered(photos: KeptPhotos, known: Numbers, tested: Numbers) -> tuple[Numbers, list[Numbers]]:
    """Return the rows of the five, wrong ones first, and for each set of copies the answers on all tested."""
    if not len(known) or not len(tested):
        return np.empty(0, np.int64), [np.empty(0, np.int64)]
    distances = squared_distances(photos.features[tested], photos.features[known])
    nearest, alone = distances.min(axis=1), photos.labels[known[distances.argmin(axis=1)]]
    is_right = alone == photos.labels[tested]
    chosen = np.argsort(is_right, kind="stable")[:N_HIDDEN]
    copies = squared_distances(photos.features[tested], photos.features[tested[chosen]])
    copies[
        chosen, np.arange(len(chosen))
    ] = -1  # a copy is nearer to its photo than any other, whatever the rounding
    answers = []
    for copied in range(2 ** len(chosen)):
        ticked = [place for place in range(len(chosen)) if copied >> place & 1]
        answer = alone.copy()
        if ticked:
            best = copies[:, ticked].argmin(axis=1)
            is_nearer = copies[:, ticked].min(axis=1) < nearest
            answer[is_nearer] = photos.labels[tested[chosen[np.array(ticked)[best]]]][is_nearer]
        answers.append(answer)
    return tested[chosen], answers


def _planted(photos: KeptPhotos, known: Numbers, tested: Numbers) -> tuple[Numbers, Numbers, int]:
    """Return training photos of one class, photos said to be for the test, one of those in it, and a look-alike."""
    if len(known) < 2 or len(tested) < N_SUSPICIOUS - 1:
        return np.empty(0, np.int64), np.empty(0, np.int64), -1
    present, counts = np.unique(photos.labels[np.concatenate([tested, known])], return_counts=True)
    inside = [one for one in present if (photos.labels[known] == one).any()]
    label = max(inside, key=lambda one: (counts[present == one][0], -one))
    wall = _spread(known[photos.labels[known] == label], N_WALL)
    planted = wall[len(wall) * 2 // 3]
    order = np.argsort(photos.labels[tested] != label, kind="stable")
    others = tested[order][: N_SUSPICIOUS - 1]
    alike = squared_distances(photos.features[others], photos.features[wall]).min(axis=1)
    suspicious = np.insert(others, 3, planted)
    return wall, suspicious, int(others[alike.argmin()])


def _suspects(context: LessonContext) -> list[tuple[int, str, str]]:
    rows = {name: row for row, name in enumerate(context.photos.names)}
    found = context.report.label_suspects
    return [(rows[one.name], one.given, one.suggested) for one in found if one.name in rows][:4]
