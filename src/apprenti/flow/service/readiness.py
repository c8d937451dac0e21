"""Whether there are enough photos of each label, and what more of it should bring: said before a training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.sampling import sample_by_label
from apprenti.domain.dataset import TaskType
from apprenti.domain.more_photos import WORTH_SAYING, Gain
from apprenti.domain.service import Caller
from apprenti.flow.service.seen_photos import SEED, SeenPhotos, seen_photos
from apprenti.flow.service.service import Service
from apprenti.stages.profile import LAW, LearningCurve, gain_of_one, measure_learning_curve

MOST_MEASURED = 1_000
"""Photos the learning curve is measured on: about a second of them."""
FEWEST = 10
"""Photos to learn from below which more are wanted whatever is measured."""


class Ready(StrEnum):
    """What can be said of a label."""

    FEW = "few"
    UNKNOWN = "unknown"
    MORE_HELPS = "more_helps"
    MAY_HELP = "may_help"
    ENOUGH = "enough"


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """What can be said of a label's photos.

    Args:
        label_id: whose.
        n: photos to learn from.
        state: what can be said.
        gain: what more photos of it should bring; where that was measured.
    """

    label_id: str
    n: int
    state: Ready
    gain: Gain | None = None


def measure_readiness(
    service: Service, caller: Caller, workspace_id: str, task_id: str
) -> tuple[Readiness, ...]:
    """Return what can be said of each label of a task, in their order; nothing for tasks without classes.

    It rests on the learning curve that ``inspect`` shows, measured on what the packaged network makes of the photos.
    """
    seen = seen_photos(service, caller, workspace_id, task_id)
    if seen.task_type is not TaskType.MULTI_CLASS:
        return ()
    return service.remembered.of(("ready", task_id, seen.mark), lambda: _measured(seen))


def _measured(seen: SeenPhotos) -> tuple[Readiness, ...]:
    learnt = seen.rows((seen.classes >= 0) & ~np.asarray([photo.is_test for photo in seen.photos], bool))
    n = np.bincount(seen.classes[learnt], minlength=len(seen.labels))
    curve = _curve(seen, learnt)
    gains = {} if curve is None else _gains(curve, n, [label.name for label in seen.labels])
    return tuple(
        _said(label.id, int(n[number]), curve is not None, gains.get(number))
        for number, label in enumerate(seen.labels)
    )


def _curve(seen: SeenPhotos, learnt: NDArray[np.int64]) -> LearningCurve | None:
    labels = seen.classes[learnt]
    rows = sample_by_label(labels, MOST_MEASURED, seed=SEED) if len(labels) else np.empty(0, np.int64)
    if not len(rows):
        return None
    return measure_learning_curve(
        seen.features[learnt[rows]],
        labels[rows],
        np.arange(len(rows)),
        n_labels=len(seen.labels),
        seed=SEED,
    )


def _gains(curve: LearningCurve, n: NDArray[np.int64], names: list[str]) -> Mapping[int, Gain]:
    """Return what more photos should bring of the labels that were measured: those told worst."""
    n_photos = np.maximum(n, 1)
    return {
        label: gain_of_one(curve, n_photos, label=label, name=names[label], law=LAW)
        for label in curve.effect_on_others
    }


def _said(label_id: str, n: int, is_measured: bool, gain: Gain | None) -> Readiness:
    if n < FEWEST:
        return Readiness(label_id=label_id, n=n, state=Ready.FEW)
    if not is_measured:
        return Readiness(label_id=label_id, n=n, state=Ready.UNKNOWN)
    if gain is None or gain.gain < WORTH_SAYING:
        return Readiness(label_id=label_id, n=n, state=Ready.ENOUGH, gain=gain)
    state = Ready.MORE_HELPS if gain.interval.low > 0 else Ready.MAY_HELP
    return Readiness(label_id=label_id, n=n, state=state, gain=gain)
