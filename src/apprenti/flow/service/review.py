"""The review queue: what a person should look at first, and what a look at a drawn share says of the accuracy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from apprenti.blocks.sketches import read_sketches
from apprenti.domain.errors import OptionError
from apprenti.domain.sentence import Sentence
from apprenti.domain.service import (
    Caller,
    CorrectionState,
    Label,
    Role,
    StoredImage,
    StoredPrediction,
)
from apprenti.flow.service.access import allow
from apprenti.flow.service.retraining import decision_of
from apprenti.flow.service.service import Service
from apprenti.stages.feedback.review import HonestAccuracy, fold_alike, honest_accuracy
from apprenti.store.database import corrections as correction_table
from apprenti.store.database import images as image_table
from apprenti.store.database import labels as label_table
from apprenti.store.database import predictions as table
from apprenti.store.database import tasks as task_table
from apprenti.store.database.rows import Page, Tx

MOST_ITEMS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewItem:
    """Something to look at.

    Args:
        prediction: what the model said, with the reason why a look teaches.
        image: what it said it of.
        alike: predictions of the same page whose images show nearly the same; one look is enough.
    """

    prediction: StoredPrediction
    image: StoredImage
    alike: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HonestEstimate:
    """How often a version is right on the images that come in, by those drawn at random and judged.

    Args:
        version_number: who answered; ``None`` where the task has no version.
        accuracy: with its interval.
        n_undecided: judgements held back, which do not count until somebody decides.
    """

    version_number: int | None
    accuracy: HonestAccuracy
    n_undecided: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NextTraining:
    """What the next training of a task would take that the last did not.

    Args:
        n_corrected: accepted corrections that say something else than the model.
        n_confirmed: accepted ones that agree with it.
        labels: how many of both there are of each label, by its id.
        n_held: corrections held back, by the key of the reason.
        say: when it begins, for a person; ``None`` where there is nothing to say.
    """

    n_corrected: int
    n_confirmed: int
    labels: dict[str, int]
    n_held: dict[str, int]
    say: Sentence | None


def review_queue(
    service: Service,
    caller: Caller,
    workspace_id: str,
    task_id: str,
    *,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[ReviewItem]:
    """Return what to look at first; images of a page that show nearly the same are folded behind the first of them.

    Raises:
        OptionError: the cursor is not one of ours, or too many are asked for.
    """
    allow(caller, workspace_id, Role.READER)
    if not 1 <= limit <= MOST_ITEMS:
        raise OptionError("number_out_of_range", field="limit", low=1, high=MOST_ITEMS)
    with service.database.read() as tx:
        task_table.get(tx, workspace_id, task_id)
        found = table.to_review(tx, workspace_id, task_id, cursor=cursor, limit=limit)
        images = image_table.by_ids(tx, workspace_id, [one.image_id for one in found.items if one.image_id])
    return Page(items=tuple(_folded(found.items, images)), next_cursor=found.next_cursor)


def _folded(predictions: Sequence[StoredPrediction], images: dict[str, StoredImage]) -> list[ReviewItem]:
    leader_of = _leaders(predictions)
    alike: dict[str, list[str]] = defaultdict(list)
    for one in predictions:
        if leader_of[one.id] != one.id:
            alike[leader_of[one.id]].append(one.id)
    return [
        ReviewItem(prediction=one, image=images[one.image_id], alike=tuple(alike[one.id]))
        for one in predictions
        if leader_of[one.id] == one.id and one.image_id in images
    ]


def _leaders(predictions: Sequence[StoredPrediction]) -> dict[str, str]:
    """Return for each prediction the first whose image shows nearly the same, or itself.

    Embeddings of different versions cannot be compared; and what was drawn for the estimate is never folded away.
    """
    leader_of = {one.id: one.id for one in predictions}
    of_version: dict[int, list[StoredPrediction]] = defaultdict(list)
    for one in predictions:
        if one.sketch:
            of_version[one.version_number].append(one)
    for group in of_version.values():
        leaders = fold_alike(read_sketches([one.sketch for one in group]))
        for one, row in zip(group, leaders, strict=True):
            if one.review_reason != "random":
                leader_of[one.id] = group[int(row)].id
    return leader_of


def honest_estimate(service: Service, caller: Caller, workspace_id: str, task_id: str) -> HonestEstimate:
    """Return how often the version in production is right on what comes in, told from a share drawn at random."""
    allow(caller, workspace_id, Role.READER)
    with service.database.read() as tx:
        task = task_table.get(tx, workspace_id, task_id)
        return estimate_of(tx, task.id, task.production_version)


def estimate_of(tx: Tx, task_id: str, version_number: int | None) -> HonestEstimate:
    """Return the estimate of a version; of a number it is right when the person's lies within its margin."""
    if version_number is None:
        return HonestEstimate(version_number=None, accuracy=honest_accuracy([]))
    n = correction_table.estimate(tx, task_id, version_number)
    accepted, held = CorrectionState.ACCEPTED, CorrectionState.QUARANTINED
    n_right, n_wrong = n.get((True, accepted), 0), n.get((False, accepted), 0)
    return HonestEstimate(
        version_number=version_number,
        accuracy=honest_accuracy([True] * n_right + [False] * n_wrong),
        n_undecided=n.get((True, held), 0) + n.get((False, held), 0),
    )


def next_training(service: Service, caller: Caller, workspace_id: str, task_id: str) -> NextTraining:
    """Return what the next training would take: what people said since the last one began."""
    allow(caller, workspace_id, Role.READER)
    with service.database.read() as tx:
        task = task_table.get(tx, workspace_id, task_id)
        new = list(correction_table.unlearnt(tx, task_id))
        answers = [label for label, negative in label_table.of_task(tx, task_id) if not negative]
        return NextTraining(
            n_corrected=sum(not agrees for agrees, _ in new),
            n_confirmed=sum(agrees for agrees, _ in new),
            labels=_labels([label_ids for _, label_ids in new], answers),
            n_held=dict(correction_table.held_reasons(tx, task_id)),
            say=decision_of(tx, task).say,
        )


def _labels(new: Sequence[Sequence[str]], answers: Sequence[Label]) -> dict[str, int]:
    counts = {label.id: 0 for label in answers}
    for label_ids in new:
        for label_id in label_ids:
            if label_id in counts:
                counts[label_id] += 1
    return counts
