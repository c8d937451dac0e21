"""Finds out from the photos which changes leave a label what it is: a mirrored cat is a cat, a 6 on its head is a 9.

A light head learns the photos as they are, fold by fold, and is asked of those held out: as they are, and changed. A
change holds where the head is nearly as good at the changed ones, and no class is taken for another because of it.
Where the photos are too few to tell, nothing holds: a change that is left out costs a little, a wrong one much more.

Networks are trained with mirror images and hardly tell left from right, so the head sees where edges run as well.
What that gives on real photos stands in ``docs/benchmarks.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.heads import ridge
from apprenti.blocks.metrics import paired_interval, wilson_interval
from apprenti.blocks.sampling import sample_by_label
from apprenti.domain.sentence import Sentence
from apprenti.domain.symmetry import SYMMETRIES, JudgedSymmetry, Symmetry, SymmetryFinding

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

Pixels = NDArray[np.uint8]
Embed = Callable[[Pixels], NDArray[np.float32]]

MAX_PHOTOS = 350
"""More would change few verdicts and take longer: each is embedded three or four times."""

LEAST_PHOTOS = 20
"""Fewer are not judged: nine that all stay right are within luck of one in four that does not."""

LEAST_KEPT = 0.55
MOST_LOST = 0.25
"""Of what is recognised beyond guessing, the first must be left, and of all photos at most the second lost, each with
the 95 % interval on the safe side. A head that never saw a changed photo loses some even where the label stays. In 33
draws of real photos, mirror images that are wrong by eye kept .43 at most or lost .36 or more; those that are right
kept .56 or more and lost .21 at most, but for one set of few objects that are shown again and again."""

MOST_CONFUSED = 0.25
"""The second test: of no class may so many changed photos be taken for one other class, with the interval above it."""

ENOUGH_OF_A_CLASS = 8
"""Photos a class must have for that second test; of eight, five mistaken ones are enough to forbid a change."""

SURE = 0.1
"""A mistake counts for the second test where it is as clear as nine in ten right answers for that class."""

N_FOLDS = 5
_ABSENT = -1e3
_BATCH = 16


def find_symmetries(
    pixels: Pixels,
    labels: NDArray[np.int64],
    *,
    embed: Embed,
    n_labels: int,
    seed: int,
    groups: NDArray[np.int64] | None = None,
) -> SymmetryFinding:
    """Return which changes leave the labels of these photos what they are.

    Args:
        pixels: uint8 [n, S, S, 3], photos to learn from, S a multiple of 8; at most ``MAX_PHOTOS`` of them are used.
        labels: int64 [n], 0..n_labels-1.
        embed: gives features, float32 [m, d], of pixels, uint8 [m, S, S, 3].
        n_labels: number of classes.
        seed: which photos are used and how they are dealt into folds.
        groups: int64 [n], near duplicates having the same number; they are held out together.

    Example:
        >>> finding = find_symmetries(pixels, labels, embed=embed, n_labels=10, seed=0)  # doctest: +SKIP
        >>> finding.holding  # doctest: +SKIP
        ('mirror',)
    """
    rows = sample_by_label(labels, MAX_PHOTOS, seed=seed)
    if len(rows) < LEAST_PHOTOS:
        return SymmetryFinding(judged=(), n=len(rows))
    pixels, labels = pixels[rows], labels[rows]
    groups = rows if groups is None else groups[rows]
    rng = np.random.default_rng(seed)
    ways = rng.integers(0, 2, len(rows))  # which way each photo's quarter turn goes
    folds = _folds(labels, groups, rng)
    see = _Sight(pixels, embed)
    jury = _Jury(see.plain, labels, folds, n_labels)
    before = jury.logits(see.plain)
    judged: list[JudgedSymmetry] = []
    for symmetry in SYMMETRIES:
        if symmetry == "quarter_turn" and not judged[-1].holds:  # two of them are half a turn
            break
        after = jury.logits(see(changed(pixels, symmetry, ways=ways)))
        judged.append(_judged(symmetry, before, after, labels))
    return SymmetryFinding(judged=tuple(judged), n=len(rows))


def changed(pixels: Pixels, symmetry: Symmetry, *, ways: NDArray[np.int64] | None = None) -> Pixels:
    """Return photos after one change, uint8 [n, S, S, 3].

    Args:
        pixels: uint8 [n, S, S, 3].
        symmetry: what to do.
        ways: 0 or 1 for each photo: to which side a quarter turn goes; all to the left by default.
    """
    if symmetry == "mirror":
        return np.ascontiguousarray(pixels[:, :, ::-1])
    if symmetry == "upside_down":
        return np.ascontiguousarray(pixels[:, ::-1, ::-1])
    left = np.rot90(pixels, axes=(1, 2))
    if ways is None:
        return np.ascontiguousarray(left)
    return np.where(ways[:, np.newaxis, np.newaxis, np.newaxis] == 1, left[:, ::-1, ::-1], left)


def told(finding: SymmetryFinding, labels: Sequence[str]) -> tuple[Sentence, ...]:
    """Return a sentence for each change that was looked at, whether it is made use of and why; or that it could not be.

    Args:
        finding: from ``find_symmetries``.
        labels: the names of the classes.
    """
    if not finding.judged:
        return (Sentence(key="train.symmetries_unknown", values={"n": finding.n}),)
    return tuple(_told(judged, labels) for judged in finding.judged)


def _told(judged: JudgedSymmetry, labels: Sequence[str]) -> Sentence:
    if judged.confused is not None:
        a, b = judged.confused
        return Sentence(
            key=f"train.{judged.symmetry}_confused", values={"label": labels[a], "other": labels[b]}
        )
    shares = {"changed": round(100 * judged.p_changed), "expected": round(100 * judged.p_expected)}
    verdict = "holds" if judged.holds else "fails"
    return Sentence(key=f"train.{judged.symmetry}_{verdict}", values=shares)


def _judged(
    symmetry: Symmetry,
    before: NDArray[np.float64],
    after: NDArray[np.float64],
    labels: NDArray[np.int64],
) -> JudgedSymmetry:
    """Return the verdict on one change from what is said of held-out photos before and after it, [n, n_labels]."""
    right, still_right = before.argmax(axis=1) == labels, after.argmax(axis=1) == labels
    present, of, counts = np.unique(labels, return_inverse=True, return_counts=True)
    weights = 1 / (len(present) * counts[of])  # every class counts alike
    p_expected, p_changed = float(weights @ right), float(weights @ still_right)
    n_as_if = float(1 / np.sum(weights**2))  # photos that would say as much, were all classes of a size
    n_lost, n_differing, n_in_all = (
        round(n_as_if * float(weights @ which))
        for which in (right & ~still_right, right != still_right, np.ones(len(labels)))
    )
    loss = paired_interval(n_lost, n_differing - n_lost, n_in_all)
    beyond_guessing = p_expected - 1 / len(present)
    kept = 1 + loss.low / beyond_guessing if beyond_guessing > 0 else -np.inf
    is_sure = bool(kept >= LEAST_KEPT and -loss.low <= MOST_LOST)
    confused = _confused(before, after, labels, right)
    return JudgedSymmetry(
        symmetry=symmetry,
        holds=is_sure and confused is None,
        p_expected=p_expected,
        p_changed=p_changed,
        p_lost_at_most=-loss.low,
        confused=confused,
    )


def _confused(
    before: NDArray[np.float64],
    after: NDArray[np.float64],
    labels: NDArray[np.int64],
    right: NDArray[np.bool_],
) -> tuple[int, int] | None:
    """Return the class whose changed photos are most clearly taken for another one, and that one."""
    worst, found = MOST_CONFUSED, None
    answers = after.argmax(axis=1)
    for a in np.flatnonzero(np.bincount(labels) >= ENOUGH_OF_A_CLASS):
        rows = labels == a
        for b in np.unique(answers[rows & (answers != labels)]):
            known = right & (labels == b)
            if not known.any():
                continue
            sure = np.quantile(before[known, b] - before[known, a], SURE)
            mistaken, mistaken_before = (
                np.sum(rows & (logits.argmax(axis=1) == b) & (logits[:, b] - logits[:, a] >= sure))
                for logits in (after, before)
            )
            share = wilson_interval(max(0, int(mistaken - mistaken_before)), int(rows.sum())).low
            if share > worst:
                worst, found = share, (int(a), int(b))
    return found


class _Jury:
    """Heads that learnt the photos as they are, each asked only of those it did not see.

    Args:
        plain: what is seen of the photos, float32 [n, d].
        labels: int64 [n].
        folds: int64 [n], 0..N_FOLDS-1.
        n_labels: number of classes.
    """

    def __init__(
        self, plain: NDArray[np.float32], labels: NDArray[np.int64], folds: NDArray[np.int64], n_labels: int
    ) -> None:
        self._n_labels = n_labels
        self._heads = []
        for fold in range(N_FOLDS):
            learnt, held_out = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
            known, numbers = np.unique(labels[learnt], return_inverse=True)
            if len(known) > 1 and len(held_out):
                head = ridge.fit(
                    plain[learnt],
                    numbers.astype(np.int64),
                    n_labels=len(known),
                    parameters={"alpha": "auto"},
                    seed=0,
                )
                self._heads.append((held_out, known, head))

    def logits(self, seen: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return what is said of each photo, [n, n_labels], from what is seen of it, changed or not."""
        logits = np.full((len(seen), self._n_labels), _ABSENT)
        for held_out, known, head in self._heads:
            logits[np.ix_(held_out, known)] = head.logits(seen[held_out])
        return logits


def _folds(
    labels: NDArray[np.int64], groups: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.int64]:
    """Return the fold of each photo, [n]: the groups of each class are dealt out in turn."""
    _, first, of = np.unique(groups, return_index=True, return_inverse=True)
    order = np.lexsort((rng.random(len(first)), labels[first]))
    fold_of_group = np.empty(len(first), np.int64)
    fold_of_group[order] = np.arange(len(first)) % N_FOLDS
    return fold_of_group[of]


class _Sight:
    """What the head sees of photos: features of a network, and where edges run, both counting alike.

    Args:
        pixels: the photos as they are; ``plain`` is what it sees of them, float32 [n, d + 576].
        embed: gives the features.
    """

    def __init__(self, pixels: Pixels, embed: Embed) -> None:
        self._looks = (embed, _edges(pixels.shape[1]))
        parts = self._parts(pixels)
        self._centres = [part.mean(axis=0) for part in parts]
        self._lengths = [
            float(np.sqrt(np.square(part - centre).sum(axis=1).mean())) or 1.0
            for part, centre in zip(parts, self._centres, strict=True)
        ]
        self.plain = self._joined(parts)

    def __call__(self, pixels: Pixels) -> NDArray[np.float32]:
        """Return what it sees of other photos, in the same terms."""
        return self._joined(self._parts(pixels))

    def _parts(self, pixels: Pixels) -> list[NDArray[np.float32]]:
        return [_rooted(look(pixels)) for look in self._looks]

    def _joined(self, parts: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
        measures = zip(parts, self._centres, self._lengths, strict=True)
        return np.concatenate([(part - centre) / length for part, centre, length in measures], axis=1)


def _rooted(features: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return signed square roots: features that burst even out."""
    return np.sign(features) * np.sqrt(np.abs(features))


def _edges(side_px: int) -> Embed:
    """Return what says where edges run in squares of ``side_px``: histograms of oriented gradients."""
    from apprenti.blocks.classic_hog import N_CELLS, N_DIRECTIONS, add_hog
    from apprenti.blocks.classic_planes import add_planes
    from apprenti.blocks.graph import FLOAT, UINT8, GraphBuilder
    from apprenti.blocks.session import open_session

    graph = GraphBuilder()
    planes = add_planes(graph, graph.input("pixels", UINT8, ["N", side_px, side_px, 3]))
    graph.output(add_hog(graph, planes, side_px), "edges", FLOAT, ["N", N_DIRECTIONS * N_CELLS**2])
    session: InferenceSession = open_session(graph.model().SerializeToString())

    def look(pixels: Pixels) -> NDArray[np.float32]:
        starts = range(0, len(pixels), _BATCH)
        return np.concatenate(
            [session.run(["edges"], {"pixels": pixels[start : start + _BATCH]})[0] for start in starts]
        )

    return look
