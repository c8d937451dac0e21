"""What a finished training keeps for the lessons: the learner's own photos, answers and figures, read-only.

Lessons compute from nothing else, and with the functions the report was made with, so that a number in a lesson is
the number in the report. Only trainings that tell classes apart keep one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apprenti.domain.dataset import Split
from apprenti.domain.report import Report, Timing
from apprenti.domain.scores import Scores

Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]

MOST_PHOTOS = 2000
"""Photos kept to be looked at; of more, a part that has every class and split in its share."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KeptPhotos:
    """Photos to look at and to compute with: all, or an even part of them. Row by row the same photo.

    Args:
        names: [n] how a person finds them.
        splits: [n] what each was for.
        labels: [n] int64, the class each stands under.
        thumbnails: [n] small JPEGs, the longer side 64 px; empty where the file could not be read again.
        features: [n, d] float32, what the kept network sees in them.
        answers: [n, K] float32 probabilities by a model that had not learnt from the photo; NaN where there is none.
    """

    names: tuple[str, ...]
    splits: tuple[Split, ...]
    labels: Numbers
    thumbnails: tuple[bytes, ...]
    features: Floats
    answers: Floats

    def __post_init__(self) -> None:
        n = len(self.names)
        parts: tuple[Sequence[object] | NDArray[np.generic], ...]
        parts = (self.splits, self.labels, self.thumbnails, self.features, self.answers)
        if any(len(part) != n for part in parts):
            raise ValueError(f"{n} names, but {[len(part) for part in parts]} of what belongs to them")
        for part in (self.labels, self.features, self.answers):
            part.setflags(write=False)

    def __len__(self) -> int:
        return len(self.names)

    def rows(self, *splits: Split) -> Numbers:
        """Return the rows of photos that were for one of ``splits``."""
        return np.flatnonzero([split in splits for split in self.splits])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AnsweredPhotos:
    """Every photo answered by a model that had not learnt from it: what scores are worked out from.

    Args:
        names: [n] how a person finds them.
        labels: [n] int64, the true classes.
        probabilities: [n, K] float32, calibrated.
    """

    names: tuple[str, ...]
    labels: Numbers
    probabilities: Floats

    def __post_init__(self) -> None:
        if not len(self.names) == len(self.labels) == len(self.probabilities):
            raise ValueError("names, labels and probabilities of different photos")
        for part in (self.labels, self.probabilities):
            part.setflags(write=False)

    def __len__(self) -> int:
        return len(self.names)

    @property
    def answers(self) -> Numbers:
        """[n] the class with the highest probability."""
        return np.asarray(self.probabilities.argmax(axis=1), np.int64)

    @property
    def right(self) -> NDArray[np.bool_]:
        """[n] whether that was the true one."""
        return np.asarray(self.answers == self.labels)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LinearHead:
    """The last layer, where it is linear in the features: logits are ``features @ weights + biases``.

    Args:
        weights: [d, K] float32.
        biases: [K] float32.
    """

    weights: Floats
    biases: Floats

    def __post_init__(self) -> None:
        for part in (self.weights, self.biases):
            part.setflags(write=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectedPhoto:
    """What somebody put right since: an answer, and what they said instead."""

    name: str
    answered: str
    corrected: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LessonContext:
    """One finished training, as lessons see it.

    Args:
        run_id: the first 12 digits of the SHA-256 of the model file; ``digits`` for the reference set.
        name: of the data, as the learner knows it.
        report: everything that was judged: scores, candidates with scores and reasons, the epochs of networks.
        photos: to look at and compute with.
        test: all test photos as the model answered them.
        held_out: training photos as answered by models that had not seen them.
        head: the last layer; ``None`` where it is not linear.
        timing: how long things took, and photos per second; ``None`` where not measured.
        corrections: made since, newest first.
        is_reference: whether it is the set that comes along, not the learner's own.
    """

    run_id: str
    name: str
    report: Report
    photos: KeptPhotos
    test: AnsweredPhotos
    held_out: AnsweredPhotos
    head: LinearHead | None = None
    timing: Timing | None = None
    corrections: tuple[CorrectedPhoto, ...] = ()
    is_reference: bool = False

    @property
    def labels(self) -> tuple[str, ...]:
        """The classes, in the order of their numbers."""
        return self.report.labels

    @property
    def seed(self) -> int:
        """Of everything random in the training."""
        return self.report.seed

    @property
    def scores(self) -> Scores | None:
        """What the report says of the test photos; ``None`` where there were too few to keep any apart."""
        return self.report.class_scores
