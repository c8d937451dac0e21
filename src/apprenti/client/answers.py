"""What a service answers, as frozen dataclasses. What a newer service adds is left out, and harms nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from apprenti.domain.dataset import TaskType
from apprenti.domain.service import JobState, LabelKind, Origin, ReviewReason, TrainingReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Me:
    """Who the token says one is.

    Args:
        token_id: of the token.
        role: ``reader``, ``editor``, ``owner`` or ``operator``.
        workspace_id: the workspace meant where none is named.
        opens_all: the token opens every workspace.
    """

    token_id: str
    role: str
    workspace_id: str
    opens_all: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """What a token opens.

    Args:
        id: lower-case UUID.
        name: for people.
        created_at: when.
    """

    id: str
    name: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something to be told of images.

    Args:
        id: lower-case UUID.
        workspace_id: where it belongs.
        name: for people.
        task_type: one class, several labels, or a number.
        description: for people.
        keeps_images: consent: predictions keep their images for review.
        corrections_until_retrain: after how many a training begins by itself; ``None`` for never.
        budget_seconds: wall time of each training.
        production_version: the version that answers; ``None`` before the first.
        pinned: production stays, whatever a challenger scores.
        created_at: when.
    """

    id: str
    workspace_id: str
    name: str
    task_type: TaskType
    description: str = ""
    keeps_images: bool = False
    corrections_until_retrain: int | None = None
    budget_seconds: float
    production_version: int | None = None
    pinned: bool = False
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A word for what images show.

    Args:
        id: lower-case UUID.
        workspace_id: where it belongs.
        name: for people.
        kind: category or tag.
        description: for people.
        output_name: what programs are told in place of the name, where not empty.
        n_images: how many images show it; ``None`` where that was not asked for.
        is_negative: among a task's labels: stands for none of the others.
        created_at: when.
    """

    id: str
    workspace_id: str
    name: str
    kind: LabelKind
    description: str = ""
    output_name: str = ""
    n_images: int | None = None
    is_negative: bool = False
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLabel:
    """That an image shows a label.

    Args:
        id: of the label.
        name: of the label.
        kind: category or tag.
        value: the number, where the label stands for one.
    """

    id: str
    name: str
    kind: LabelKind
    value: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """An image; its picture is fetched with ``images.picture``.

    Args:
        id: lower-case UUID.
        workspace_id: where it belongs.
        sha256: of its bytes.
        n_bytes: its size.
        width_px: after EXIF rotation.
        height_px: after EXIF rotation.
        format: ``JPEG``, ``PNG``, …
        name: for people.
        meta_data: JSON object of the person's own.
        is_test: judged on, never trained on.
        is_real: a real photo.
        origin: upload or prediction.
        labels: what it shows.
        created_at: when.
    """

    id: str
    workspace_id: str
    sha256: str
    n_bytes: int
    width_px: int
    height_px: int
    format: str
    name: str = ""
    meta_data: Mapping[str, Any] = field(default_factory=dict)
    is_test: bool = False
    is_real: bool = True
    origin: Origin = Origin.UPLOAD
    labels: tuple[ShownLabel, ...] = ()
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a training is.

    Args:
        step: for programs.
        said: the same for people.
        done: of the step.
        total: of the step; ``None`` where nobody can tell.
        news: how the step goes, for people.
        seconds_left: of the step, as far as can be told.
    """

    step: str
    said: str
    done: int = 0
    total: int | None = None
    news: str = ""
    seconds_left: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why a training failed.

    Args:
        code: for programs.
        message: for people.
    """

    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """A training, from being asked for to its end.

    Args:
        id: lower-case UUID.
        task_id: what is trained.
        state: how far it is; ``state.is_over`` says whether nothing more will come of it.
        reason: what it was begun for.
        reason_said: the same for people.
        priority: higher ones begin first.
        budget_seconds: wall time.
        attempt: how many times a worker took it up.
        cancel_requested: somebody wants it stopped.
        progress: how far it is.
        error: why it failed.
        version_number: of the model that came of it.
        created_at: when it was asked for.
        started_at: when it was first taken up.
        finished_at: when it was over.
    """

    id: str
    task_id: str
    state: JobState
    reason: TrainingReason
    reason_said: str = ""
    priority: int = 0
    budget_seconds: float
    attempt: int = 0
    cancel_requested: bool = False
    progress: Progress | None = None
    error: Trouble | None = None
    version_number: int | None = None
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A model of a task.

    Args:
        id: lower-case UUID.
        task_id: what it answers.
        number: 1 for the first.
        training_id: it came of; ``None`` where it was imported.
        n_bytes: of its model file.
        scores: on the test images, by name.
        label_ids: its answers, in the order of its probabilities.
        n_examples: images it learnt from.
        verdict: what came of comparing it with the version in production.
        verdict_said: the same for people.
        created_at: when.
    """

    id: str
    task_id: str
    number: int
    training_id: str | None = None
    n_bytes: int
    scores: Mapping[str, float] = field(default_factory=dict)
    label_ids: tuple[str, ...] = ()
    n_examples: int = 0
    verdict: Mapping[str, Any] = field(default_factory=dict)
    verdict_said: str = ""
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelProbability:
    """A label and how probable it is.

    Args:
        id: of the label.
        name: of the label.
        p: 0..1.
        given: of several labels: whether it is one of the answer's.
    """

    id: str
    name: str
    p: float
    given: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """An answer that was given.

    Args:
        id: lower-case UUID.
        task_id: what was asked.
        version_number: who answered.
        image_id: the image kept; ``None`` without consent.
        labels: most probable first; empty in a task of numbers.
        value: in a task of numbers.
        low: of the interval made to hold the true number.
        high: of that interval.
        familiar: whether the image looks like the training images; its answer means little where not.
        distance: from the training images; above 1 is unfamiliar.
        review_reason: why a person should look.
        review_said: the same for people.
        is_reviewed: a person has looked.
        latency_ms: how long the answer took in the service.
        created_at: when.
    """

    id: str
    task_id: str
    version_number: int
    image_id: str | None = None
    labels: tuple[LabelProbability, ...] = ()
    value: float | None = None
    low: float | None = None
    high: float | None = None
    familiar: bool
    distance: float
    review_reason: ReviewReason | None = None
    review_said: str = ""
    is_reviewed: bool = False
    latency_ms: float = 0.0
    created_at: datetime

    @property
    def label(self) -> str:
        """The name of the most probable label; empty in a task of numbers."""
        return self.labels[0].name if self.labels else ""
