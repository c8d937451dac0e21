"""Which corrections are held back until a person has looked at them.

A correction is an example to learn from, so whoever may correct may poison. What is held back is not lost and not
called wrong: it waits, with its reason, and is released or dropped with one word. Nothing here promotes or stops a
model; a challenger that learnt poison still has to beat the champion on test photos that no correction touches.

The rules, in the order in which the first that applies gives the reason:

- *test photo*: of the fixed test set. Never learnt from, whatever it says.
- *superseded*: the same source said something else of the same photo later.
- *contradictory*: different sources, or the training data, say different things of the same photo.
- *unknown label*: no photo of the task has it.
- *flood*: a source gives many times more than usual, or contradicts the model mostly where it is sure and the photo
  familiar, which honest corrections rarely do: models are mostly wrong where they are unsure. Of a source
  that does so mostly, all contradictions are held; of one that does so more often than mistakes explain, only these.
- *twin*: nearly the same photo, by its embedding, has another label.
- *evidence*: the model is all but certain, and each of the nearest photos agrees with it.

``benchmarks/quarantine.py`` measures what is caught and what is held for nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.binomial import at_least
from apprenti.domain.dataset import Target, labels_of
from apprenti.domain.sentence import Sentence

SURE = 0.9
"""Probability from which on a model counts as sure."""

ALL_BUT_CERTAIN = 0.98
N_NEAREST = 5
TWIN = 0.99
"""Cosine of embeddings from which on two photos are the same picture, saved twice."""

FEWEST_OF_A_FLOOD = 10
FLOOD_P_VALUE = 1e-3
MOSTLY = 0.5
"""Share of sure answers among those a source contradicts from which on all of these are held back."""

TIMES_USUAL = 10
MANY = 500
"""Corrections of one source at a time that are never many, whatever is usual."""
USUAL_SHARE_SURE = 0.3
"""Share of a model's mistakes at which it is sure and the photo familiar, where it was not measured."""


class HoldKind(StrEnum):
    """Why a correction is held back."""

    TEST_PHOTO = "test_photo"
    SUPERSEDED = "superseded"
    CONTRADICTORY = "contradictory"
    UNKNOWN_LABEL = "unknown_label"
    FLOOD = "flood"
    TWIN = "twin"
    EVIDENCE = "evidence"


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenCorrection:
    """A correction with what has to be known to judge it.

    Args:
        id: of the correction.
        content_hash: of the photo.
        target: what it is said to be.
        source: who said it: a person, or the token of a program.
        created_us: when, microseconds; only the order counts.
        answered: what the model had answered; ``None`` where it was not asked.
        probability: its probability of that answer, 0..1.
        familiar: whether the photo looked like the training photos.
        in_test_set: whether the photo belongs to the fixed test set.
        embedding: [d] of the photo, by the model in use; ``None`` where there is none.
    """

    id: str
    content_hash: str
    target: Target
    source: str
    created_us: int
    answered: Target | None = None
    probability: float = 0.0
    familiar: bool = False
    in_test_set: bool = False
    embedding: NDArray[np.float32] | None = None

    @property
    def contradicts(self) -> bool:
        """Whether it says something else than the model did."""
        return self.answered is not None and not same_target(self.answered, self.target)

    @property
    def against_sure(self) -> bool:
        """Whether it says so where the model was sure and the photo familiar."""
        return self.contradicts and self.familiar and self.probability >= SURE


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPhotos:
    """The labelled photos of the task that are trusted: its training photos.

    Args:
        target_of: by content hash.
        labels: that photos of the task have; a number has none.
        hashes: [n] of the photos with an embedding; all in ``target_of``.
        embeddings: [n, d] float32, by the model in use.
        usual_per_source: how many corrections a source gives at a time, of those it gave before.
        share_sure: of the model's held-out mistakes, those at which it was sure and the photo familiar.
    """

    target_of: Mapping[str, Target]
    labels: frozenset[str]
    hashes: tuple[str, ...] = ()
    embeddings: NDArray[np.float32] | None = None
    usual_per_source: Mapping[str, float] = field(default_factory=dict)
    share_sure: float = USUAL_SHARE_SURE


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A correction that is held back, and why."""

    correction_id: str
    kind: HoldKind
    reason: Sentence


def quarantine(corrections: Iterable[GivenCorrection], known: KnownPhotos) -> tuple[Held, ...]:
    """Return the corrections to hold back, in the order given; the others may be learnt from.

    Args:
        corrections: all that wait for the next training, those held before included.
        known: what they are judged against.
    """
    given = list(corrections)
    last_words = _last_words(given)
    said = _said_of_photos(last_words.values(), known)
    floods = _floods(given, known)
    near = _Neighbours(known)
    held = []
    for one in given:
        last = last_words[one.content_hash, one.source]
        hold = _by_rule(one, last, said[one.content_hash], known)
        flood = floods.get(one.source)
        if hold is None and flood is not None and flood.reaches(one):
            hold = flood.hold
        hold = hold or near.against(one)
        if hold is not None:
            kind, key, values = hold
            held.append(
                Held(correction_id=one.id, kind=kind, reason=Sentence(key=f"feedback.{key}", values=values))
            )
    return tuple(held)


Hold = tuple[HoldKind, str, Mapping[str, str | int | float]]


class Reach(StrEnum):
    """How much of a source's corrections is held back."""

    ALL = "all"
    CONTRADICTIONS = "contradictions"
    AGAINST_SURE = "against_sure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flood:
    """What is held back of one source."""

    hold: Hold
    reach: Reach

    def reaches(self, one: GivenCorrection) -> bool:
        """Return whether a correction of the source is held back; what the model was not asked cannot be told apart."""
        if self.reach is Reach.ALL:
            return True
        if self.reach is Reach.CONTRADICTIONS:
            return one.contradicts or one.answered is None
        return one.against_sure


def _by_rule(one: GivenCorrection, last: GivenCorrection, said: set[str], known: KnownPhotos) -> Hold | None:
    """Return the hold on a correction that needs no guess."""
    if one.in_test_set:
        return HoldKind.TEST_PHOTO, "held_test_photo", {}
    if not same_target(one.target, last.target):
        return HoldKind.SUPERSEDED, "held_superseded", {}
    if len(said) > 1:
        return HoldKind.CONTRADICTORY, "held_contradictory", {"labels": " · ".join(sorted(said))}
    unknown = [label for label in labels_of(one.target) if label not in known.labels]
    return (HoldKind.UNKNOWN_LABEL, "held_unknown_label", {"label": unknown[0]}) if unknown else None


def same_target(first: Target, second: Target) -> bool:
    """Return whether two targets say the same: the order of several labels says nothing.

    Example:
        >>> same_target(("red", "round"), ("round", "red")), same_target("red", "blue")
        (True, False)
    """
    if isinstance(first, tuple) and isinstance(second, tuple):
        return set(first) == set(second)
    return first == second


def share_of_sure_mistakes(
    probability: NDArray[np.float32], familiar: NDArray[np.bool_], right: NDArray[np.bool_]
) -> float:
    """Return the share of held-out mistakes at which the model was sure and the photo familiar, with one more of each
    kind added, so that a model of few mistakes is not held to be incapable of them.
    """  # noqa: D205
    wrong = ~right
    n_sure = int((wrong & familiar & (probability >= SURE)).sum())
    return (n_sure + 1) / (int(wrong.sum()) + 2)


def _last_words(given: Iterable[GivenCorrection]) -> dict[tuple[str, str], GivenCorrection]:
    """Return what each source said last of each photo."""
    in_order = sorted(given, key=lambda one: (one.created_us, one.id))
    return {(one.content_hash, one.source): one for one in in_order}


def _said_of_photos(last_words: Iterable[GivenCorrection], known: KnownPhotos) -> Mapping[str, set[str]]:
    """Return the different things that are said of each photo, by people and by the training data."""
    said: dict[str, set[str]] = defaultdict(set)
    for one in last_words:
        said[one.content_hash].add(written_target(one.target))
        if one.content_hash in known.target_of:
            said[one.content_hash].add(written_target(known.target_of[one.content_hash]))
    return said


def written_target(target: Target) -> str:
    """Return a target as a person reads it."""
    return ", ".join(sorted(labels_of(target))) if isinstance(target, (str, tuple)) else f"{target:g}"


def _floods(given: Sequence[GivenCorrection], known: KnownPhotos) -> Mapping[str, Flood]:
    """Return the sources that give too much, or too much that cannot be."""
    counts = Counter(one.source for one in given)
    n_against = Counter(one.source for one in given if one.contradicts)
    n_sure = Counter(one.source for one in given if one.against_sure)
    floods: dict[str, Flood] = {}
    for source, n in counts.items():
        usual = known.usual_per_source.get(source, 0.0)
        chance = at_least(n_sure[source], n_against[source], known.share_sure)
        if n_against[source] >= FEWEST_OF_A_FLOOD and chance < FLOOD_P_VALUE:
            values = {"n": n_against[source], "against": n_sure[source]}
            mostly = n_sure[source] >= MOSTLY * n_against[source]
            floods[source] = Flood(
                hold=(HoldKind.FLOOD, "held_flood_against", values),
                reach=Reach.CONTRADICTIONS if mostly else Reach.AGAINST_SURE,
            )
        elif n > max(MANY, TIMES_USUAL * usual):
            values = {"n": n, "usual": round(usual)}
            floods[source] = Flood(hold=(HoldKind.FLOOD, "held_flood_many", values), reach=Reach.ALL)
    return floods


class _Neighbours:
    """The trusted photos nearest to another one, by the cosine of their embeddings."""

    def __init__(self, known: KnownPhotos) -> None:
        self._targets = [known.target_of[one] for one in known.hashes]
        rows = known.embeddings
        self._directions = None if rows is None or not len(rows) else _directions(rows)

    def against(self, one: GivenCorrection) -> Hold | None:
        """Return the hold on a correction that the most similar photos contradict."""
        if self._directions is None or one.embedding is None or isinstance(one.target, float):
            return None
        cosines = self._directions @ _directions(one.embedding[np.newaxis])[0]
        order = np.argsort(-cosines, kind="stable")[:N_NEAREST]
        nearest = [self._targets[row] for row in order]
        agreeing = [same_target(target, one.target) for target in nearest]
        said = {"label": written_target(one.target), "other": written_target(nearest[0])}
        twins = [agrees for row, agrees in zip(order, agreeing, strict=True) if cosines[row] >= TWIN]
        if twins and not any(twins):
            return HoldKind.TWIN, "held_twin", said
        certain = one.contradicts and one.familiar and one.probability >= ALL_BUT_CERTAIN
        confirmed = one.answered is not None and all(same_target(each, one.answered) for each in nearest)
        if certain and confirmed and len(nearest) == N_NEAREST:
            return HoldKind.EVIDENCE, "held_evidence", said
        return None


def _directions(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, np.float32(1e-12)), np.float32)
