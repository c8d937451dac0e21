"""What models said, and what people said of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class ReviewReason(StrEnum):
    """Why a prediction is worth a person's look.

    ``UNFAMILIAR`` is said only where ``familiar`` is false; ``UNCERTAIN`` and ``UNUSUAL`` where an image is among the
    fifth that is least sure, or farthest from the training images; ``USUAL`` where nothing of this is so.
    """

    UNCERTAIN = "uncertain"
    UNFAMILIAR = "unfamiliar"
    UNUSUAL = "unusual"
    USUAL = "usual"
    RANDOM = "random"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPrediction:
    """An answer that was given.

    Args:
        id: lower-case UUID.
        workspace_id: where it belongs.
        task_id: what was asked.
        version_number: who answered.
        image_id: the image kept; ``None`` without consent.
        answer: JSON form of the answer: ``{"labels": [{"id", "name", "p"}], "value", "low", "high"}``.
        label_id: the best label; empty for a number.
        p_label: its probability, 0..1.
        familiar: whether the image looks like the training images.
        distance: from the training images, in units of the threshold.
        review_score: how much a look at it teaches, higher first.
        review_reason: why; ``None`` where it is not worth one.
        is_reviewed: a person has looked.
        facts: what the image is like, as ``blocks.photo_facts`` tells it.
        sketch: of its embedding, by which images that look alike are found; empty where the image is not kept.
        latency_us: how long the answer took.
        created_us: when.
    """

    id: str
    workspace_id: str
    task_id: str
    version_number: int
    image_id: str | None = None
    answer: Mapping[str, Any] = field(default_factory=dict)
    label_id: str = ""
    p_label: float = 0.0
    familiar: bool = True
    distance: float = 0.0
    review_score: float = 0.0
    review_reason: ReviewReason | None = None
    is_reviewed: bool = False
    facts: tuple[float, ...] = ()
    sketch: bytes = b""
    latency_us: int = 0
    created_us: int


class CorrectionState(StrEnum):
    """What became of a correction."""

    ACCEPTED = "accepted"
    QUARANTINED = "quarantined"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What a person says an image shows, after a model has said something.

    Args:
        id: lower-case UUID.
        workspace_id: where it belongs.
        task_id: what was asked.
        image_id: the image.
        prediction_id: what is corrected; ``None`` where it was said of the image itself.
        label_ids: what it shows; several or none in a task of several labels.
        value: the number, in a task of numbers.
        agrees: the person says what the model had said; of a number, that it lies within the model's margin.
        token_id: who said it.
        state: accepted corrections are learnt from.
        reason: why it is held back: ``{"key", "values"}`` of a sentence.
        before: what the image showed for this task before any correction in force: ``{"labels": [{"label_id",
            "value"}]}``; put back when the correction is held back after all.
        decided_by: token of the person who released or rejected it; empty where nobody had to.
        estimates_version: the version whose accuracy it tells: its answer was drawn at random, and judged in the
            queue; ``None`` where it tells of none.
        job_id: the first training that learnt from it; empty before.
        created_us: when.
    """

    id: str
    workspace_id: str
    task_id: str
    image_id: str
    prediction_id: str | None = None
    label_ids: tuple[str, ...] = ()
    value: float | None = None
    agrees: bool = False
    token_id: str = ""
    state: CorrectionState = CorrectionState.ACCEPTED
    reason: Mapping[str, Any] = field(default_factory=dict)
    before: Mapping[str, Any] = field(default_factory=dict)
    decided_by: str = ""
    estimates_version: int | None = None
    job_id: str = ""
    created_us: int
