"""A new version against the one in production, on the task's fixed test set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from apprenti.domain.dataset import TaskType, labels_of
from apprenti.domain.errors import ItemError
from apprenti.domain.json_form import to_json
from apprenti.domain.service import Version
from apprenti.flow.service.loaded_models import Answered, LoadedModel
from apprenti.flow.service.service import Service
from apprenti.flow.service.snapshot import Shown, Snapshot
from apprenti.stages.feedback.challenge import Verdict, verdict
from apprenti.stages.feedback.observations import DriftReference, Observations

if TYPE_CHECKING:
    from apprenti.domain.seams import Progress
    from apprenti.store.database.rows import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """What came of a new version on the fixed test set.

    Args:
        verdict: whether it takes the place of the one in production.
        reference: what it says of the test images, kept for the alarm; ``None`` where there are none.
    """

    verdict: Verdict
    reference: DriftReference | None


def challenge(
    service: Service,
    snapshot: Snapshot,
    challenger: LoadedModel,
    champion: tuple[Version, LoadedModel] | None,
    *,
    label_ids: Sequence[str],
    n_earlier: int,
    seed: int,
    progress: Progress,
) -> Challenge:
    """Return what came of asking both about the test images.

    Args:
        service: what to work with.
        snapshot: has the test images.
        challenger: the new model.
        champion: the version in production with its model; ``None`` where there is none.
        label_ids: of the challenger's answers, in the order of its probabilities.
        n_earlier: challengers this champion met before on these images.
        seed: of drawing.
        progress: is told how far it is.
    """
    task_type = challenger.predictor.manifest.task_type
    progress.begin("comparing" if champion else "asking", len(snapshot.test))
    rows: list[tuple[Shown, Answered, Answered | None]] = []
    for image in snapshot.test:
        asked = _asked(service, image, challenger, champion[1] if champion else None)
        if asked is not None:
            rows.append((image, *asked))
        progress.advance()
    progress.end()
    every_id = list(dict.fromkeys([*label_ids, *snapshot.label_ids.values()]))
    given = [answered for _, answered, _ in rows]
    before = [answered for _, _, answered in rows if answered is not None]
    judged = verdict(
        _targets([image for image, _, _ in rows], snapshot, every_id, task_type),
        _answers(before, champion[0].labels, champion[1], every_id) if champion else None,
        _answers(given, label_ids, challenger, every_id),
        task_type=task_type,
        n_earlier=n_earlier,
        seed=seed,
    )
    return Challenge(verdict=judged, reference=_reference(given, challenger, seed) if rows else None)


def _asked(
    service: Service, image: Shown, challenger: LoadedModel, champion: LoadedModel | None
) -> tuple[Answered, Answered | None] | None:
    """Return what both say of an image; ``None`` where it cannot be read any more."""
    data, most = image.path.read_bytes(), service.limits.max_megapixels
    try:
        after = challenger.ask(data, item=image.path.name, max_megapixels=most)
        before = champion.ask(data, item=image.path.name, max_megapixels=most) if champion else None
    except ItemError:
        return None
    return after, before


def _targets(
    images: Sequence[Shown], snapshot: Snapshot, every_id: Sequence[str], task_type: TaskType
) -> NDArray[Any]:
    """Return what the images show: [n] numbers of labels, [n, K] of 0 and 1, or [n] numbers."""
    if task_type is TaskType.REGRESSION:
        return np.array([image.target for image in images], np.float64)
    at = {label_id: number for number, label_id in enumerate(every_id)}
    shown = [[at[snapshot.label_ids[name]] for name in labels_of(image.target)] for image in images]
    if task_type is TaskType.MULTI_CLASS:
        return np.array([numbers[0] for numbers in shown], np.int64)
    targets = np.zeros((len(images), len(every_id)), np.int64)
    for row, numbers in enumerate(shown):
        targets[row, numbers] = 1
    return targets


def _answers(
    answered: Sequence[Answered], label_ids: Sequence[str], model: LoadedModel, every_id: Sequence[str]
) -> NDArray[Any]:
    """Return what a model said, its labels numbered as in ``every_id``; -1 for one that is there no more."""
    own = model.predictor.manifest.labels
    if not own:
        return np.array([one.prediction.value for one in answered], np.float64)
    at = {label_id: number for number, label_id in enumerate(every_id)}
    number_of = {name: at.get(label_id, -1) for name, label_id in zip(own, label_ids, strict=True)}
    if model.predictor.manifest.task_type is TaskType.MULTI_CLASS:
        return np.array([number_of[str(one.prediction.label)] for one in answered], np.int64)
    p = np.zeros((len(answered), len(every_id)))
    for row, one in enumerate(answered):
        for name, probability in one.prediction.top:
            if number_of[name] >= 0:
                p[row, number_of[name]] = probability
    return p


def _reference(answered: Sequence[Answered], model: LoadedModel, seed: int) -> DriftReference:
    own = model.predictor.manifest.labels
    if own:
        p_of = [dict(one.prediction.top) for one in answered]
        answers = np.array([[p[name] for name in own] for p in p_of], np.float32)
    else:
        answers = np.array([[one.prediction.value] for one in answered], np.float32)
    observed = Observations(
        answers=answers,
        distances=np.array([one.prediction.distance for one in answered], np.float32),
        facts=np.array([one.facts for one in answered], np.float32),
    )
    return DriftReference.made_from(observed, seed=seed)


def verdict_data(judged: Verdict, champion: Version | None) -> dict[str, Any]:
    """Return the JSON form of a verdict, with the version it was challenged by."""
    data: dict[str, Any] = to_json(judged)
    return {**data, "champion": champion.number if champion else None}


def n_earlier_challenges(tx: Tx, task_id: str, champion: Version | None) -> int:
    """Return how many versions met this champion before."""
    from apprenti.store.database import versions

    if champion is None:
        return 0
    return sum(
        version.verdict.get("champion") == champion.number for version in versions.of_task(tx, task_id)
    )
