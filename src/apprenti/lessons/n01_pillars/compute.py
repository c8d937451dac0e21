"""What lesson 1 shows: what more photos bring, what each method brought, and how long a training takes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.metrics import accuracy
from apprenti.domain.dataset import Split
from apprenti.domain.lesson_context import KeptPhotos, LessonContext

Numbers = NDArray[np.int64]

PARTS = 8
ASSUMED_RATE = 40.0
"""Photos per second where none was measured."""
N_PASSES = 20
MOST_KNOWN = 1000
LITTLE, MUCH = 0.01, 0.10


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A learner that saw so many photos, and its share of right answers on others."""

    n: int
    accuracy: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A recipe that was tried, and its score on photos it had not learnt from."""

    name: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The figures of lesson 1.

    Args:
        n_photos: of the run.
        n_labels: classes.
        n_known: kept photos for learning or choosing.
        steps: the remembering learner with more and more photos.
        n_half: photos in the step before the last.
        n_most: photos in the last step.
        half: its score with half of the photos.
        most: its score with all.
        change: from half to all.
        verdict: how large that is: ``little``, ``some`` or ``much``.
        n_asked: photos it was asked about.
        methods: recipes tried, the best first.
        n_methods: how many.
        apart: best less worst score.
        has_rate: whether this machine's speed was measured.
        rate: photos per second.
        n_train: photos of one pass.
        n_passes: over all of them.
        expected: seconds of so many passes.
        has_seconds: whether the training's duration is known.
        seconds: of the whole training.
    """

    n_photos: int
    n_labels: int
    n_known: int
    steps: tuple[Step, ...]
    n_half: int
    n_most: int
    half: float
    most: float
    change: float
    verdict: str
    n_asked: int
    methods: tuple[Method, ...]
    n_methods: int
    apart: float | None
    has_rate: bool
    rate: float
    n_train: int
    n_passes: int
    expected: float
    has_seconds: bool
    seconds: float | None


def compute(context: LessonContext) -> Shown:
    """Return the figures."""
    data, timing = context.report.data, context.timing
    known = context.photos.rows(Split.TRAIN, Split.VALIDATION)
    steps, n_asked = _steps(context.photos, known, seed=context.seed)
    half, most = (steps[-2], steps[-1]) if len(steps) > 1 else (Step(n=0, accuracy=0.0),) * 2
    change = most.accuracy - half.accuracy
    methods = sorted(
        (
            Method(name=_named(one.recipe.name, place), score=one.score)
            for place, one in enumerate(context.report.attempts)
            if one.score is not None
        ),
        key=lambda one: -one.score,
    )
    measured = max(timing.photos_per_second.values(), default=0.0) if timing else 0.0
    rate = float(max(1, round(measured))) if measured > 0 else ASSUMED_RATE
    n_train = max(1, data.n_train + data.n_validation)
    seconds = timing.total_seconds if timing and timing.total_seconds > 0 else None
    return Shown(
        n_photos=data.n_train + data.n_validation + data.n_test,
        n_labels=len(context.labels),
        n_known=len(known),
        steps=steps,
        n_half=half.n,
        n_most=most.n,
        half=half.accuracy,
        most=most.accuracy,
        change=change,
        verdict="little" if change < LITTLE else "much" if change > MUCH else "some",
        n_asked=n_asked,
        methods=tuple(methods),
        n_methods=len(methods),
        apart=methods[0].score - methods[-1].score if methods else None,
        has_rate=measured > 0,
        rate=rate,
        n_train=n_train,
        n_passes=N_PASSES,
        expected=n_train * N_PASSES / rate,
        has_seconds=seconds is not None,
        seconds=seconds,
    )


def _named(name: str, place: int) -> str:
    return name or str(place + 1)


def _steps(photos: KeptPhotos, known: Numbers, *, seed: int) -> tuple[tuple[Step, ...], int]:
    """Return the scores of a learner that answers like the most similar photo it has seen."""
    rows = np.random.default_rng(seed).permutation(known)[:MOST_KNOWN]
    learnt, asked = rows[::2], rows[1::2]
    if len(learnt) < PARTS or not len(asked):
        return (), len(asked)
    a, b = (photos.features[one].astype(np.float64) for one in (asked, learnt))
    distances = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1)[None] - 2 * a @ b.T
    steps = []
    for part in (8, 4, 2, 1):
        n = len(learnt) // part
        answers = photos.labels[learnt[distances[:, :n].argmin(axis=1)]]
        steps.append(Step(n=n, accuracy=accuracy(photos.labels[asked], answers)))
    return tuple(steps), len(asked)
