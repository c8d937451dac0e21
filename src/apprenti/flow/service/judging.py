"""Corrections before the quarantine: what is known of each, and what is held back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apprenti.domain.dataset import Target, TaskType
from apprenti.domain.service import Correction, CorrectionState, StoredImage, StoredPrediction
from apprenti.flow.service.known_embeddings import KnownEmbeddings
from apprenti.flow.service.said_labels import TaskWords
from apprenti.stages.feedback.quarantine import GivenCorrection, Held, HoldKind, KnownPhotos, quarantine
from apprenti.store.database import corrections as table
from apprenti.store.database import images as image_table
from apprenti.store.database.corrections import Waiting
from apprenti.store.database.rows import Tx

N_NEAREST_LOOKED_UP = 32
"""Of the photos most like a corrected one; some may have been deleted or lost their label since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What speaks for or against a new correction.

    Args:
        image: what is corrected.
        prediction: what had been said of it; ``None`` where nothing had.
        embedding: [d] of the image by the model in production; ``None`` where photos are not held against each other.
        known: photos that model learnt from.
    """

    image: StoredImage
    prediction: StoredPrediction | None
    embedding: NDArray[np.float32] | None = None
    known: KnownEmbeddings | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What is held back.

    Args:
        new: why the new correction is; ``None`` where it may be learnt from.
        earlier: accepted before, and held back now that more is known.
    """

    new: Held | None
    earlier: tuple[tuple[Correction, Held], ...]


def judge(tx: Tx, words: TaskWords, new: Correction, evidence: Evidence) -> Judgement:
    """Return what is to be held back, now that a new correction came; what a person decided stays decided."""
    waiting = table.waiting(tx, words.task.id, image_id=new.image_id, token_id=new.token_id)
    given = [_given(words, one) for one in waiting] + [_new(words, new, evidence)]
    found = {
        held.correction_id: held for held in quarantine(given, _known(tx, words, new, evidence, waiting))
    }
    earlier = tuple(
        (one.correction, found[one.correction.id])
        for one in waiting
        if one.correction.id in found and _may_be_held(one.correction, new, found[one.correction.id])
    )
    return Judgement(new=found.get(new.id), earlier=earlier)


def _may_be_held(one: Correction, new: Correction, held: Held) -> bool:
    """Return whether a new correction may change what became of an earlier one: of its image, or by a flood."""
    undecided = one.state is CorrectionState.ACCEPTED and not one.decided_by
    return undecided and (one.image_id == new.image_id or held.kind is HoldKind.FLOOD)


def _given(words: TaskWords, one: Waiting) -> GivenCorrection:
    correction = one.correction
    said = None
    if one.answer:
        said = _answered(words, one.answer, one.label_id)
    return GivenCorrection(
        id=correction.id,
        content_hash=one.sha256,
        target=words.target(correction.label_ids, correction.value),
        source=correction.token_id,
        created_us=correction.created_us,
        answered=said,
        probability=one.p_label,
        familiar=one.familiar,
        in_test_set=one.is_test,
    )


def _new(words: TaskWords, new: Correction, evidence: Evidence) -> GivenCorrection:
    prediction = evidence.prediction
    return GivenCorrection(
        id=new.id,
        content_hash=evidence.image.sha256,
        target=words.target(new.label_ids, new.value),
        source=new.token_id,
        created_us=new.created_us,
        answered=_answered(words, prediction.answer, prediction.label_id) if prediction else None,
        probability=prediction.p_label if prediction else 0.0,
        familiar=prediction.familiar if prediction else False,
        in_test_set=evidence.image.is_test,
        embedding=evidence.embedding,
    )


def _answered(words: TaskWords, answer: Mapping[str, object], label_id: str) -> Target:
    """Return an answer as models learn it."""
    if words.task.task_type is TaskType.REGRESSION:
        return words.target((), float(str(answer.get("value", 0.0))))
    if words.task.task_type is TaskType.MULTI_CLASS:
        return words.target((label_id,), None)
    labels = answer.get("labels")
    listed = labels if isinstance(labels, list) else []
    return words.target([label["id"] for label in listed if label.get("given")], None)


def _known(
    tx: Tx, words: TaskWords, new: Correction, evidence: Evidence, waiting: Sequence[Waiting]
) -> KnownPhotos:
    target_of: dict[str, Target] = {}
    base = _base(tx, words, new, waiting)
    if base is not None:
        target_of[evidence.image.sha256] = base
    hashes, embeddings = _nearest(tx, words, evidence, target_of)
    shown = image_table.shown_labels(tx, [label.id for label in words.answers])
    names = words.names
    return KnownPhotos(
        target_of=target_of,
        labels=frozenset(names[label_id] for label_id in shown),
        hashes=hashes,
        embeddings=embeddings,
        usual_per_source={
            new.token_id: table.usual_of_source(tx, words.task.id, new.token_id),
        },
    )


def _base(tx: Tx, words: TaskWords, new: Correction, waiting: Sequence[Waiting]) -> Target | None:
    """Return what the image of a correction showed before those that wait were put in place."""
    for one in waiting:
        earlier = one.correction
        if earlier.image_id == new.image_id and earlier.state is CorrectionState.ACCEPTED:
            return _target_before(words, earlier)
    return words.shown(tx, [new.image_id])[new.image_id]


def _target_before(words: TaskWords, earlier: Correction) -> Target | None:
    labels = earlier.before.get("labels", [])
    if not labels:
        return None
    ids = [one["label_id"] for one in labels if one["label_id"] != words.negative_id]
    if words.task.task_type is TaskType.MULTI_CLASS and len(ids) != 1:
        return None
    return words.target(ids, labels[0]["value"])


def _nearest(
    tx: Tx, words: TaskWords, evidence: Evidence, target_of: dict[str, Target]
) -> tuple[tuple[str, ...], NDArray[np.float32] | None]:
    """Return the photos most like the corrected one, and note what they show."""
    known, embedding = evidence.known, evidence.embedding
    if known is None or embedding is None or known.embeddings.shape[1] != len(embedding):
        return (), None
    rows = list(known.nearest(embedding, N_NEAREST_LOOKED_UP + 1))
    rows = [row for row in rows if known.hashes[row] != evidence.image.sha256]
    hashes = [known.hashes[row] for row in rows]
    images = {
        image.sha256: image.id
        for image in image_table.by_hashes(tx, words.task.workspace_id, hashes)
        if not image.is_test
    }
    shown = words.shown(tx, list(images.values()))
    kept = []
    for row in rows:
        target = shown.get(images.get(known.hashes[row], ""))
        if target is not None:
            target_of[known.hashes[row]] = target
            kept.append(row)
    if not kept:
        return (), None
    return tuple(known.hashes[row] for row in kept), known.embeddings[kept]
