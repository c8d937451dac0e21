"""Trainings and the versions of a model that come of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class JobState(StrEnum):
    """How far a training is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come of it."""
        return self not in (JobState.QUEUED, JobState.RUNNING)


class TrainingReason(StrEnum):
    """What a training was begun for."""

    ASKED = "asked"
    CORRECTIONS = "corrections"
    DRIFT = "drift"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingJob:
    """A training, from being asked for to its end.

    Args:
        id: lower-case UUID.
        workspace_id: where it belongs.
        task_id: what is trained.
        state: how far it is.
        reason: what it was begun for.
        priority: higher ones begin first; of equal ones the older.
        budget_seconds: wall time.
        seed: of everything random.
        owner: the worker that has it; empty while nobody has.
        attempt: how many times it was taken up; every write of a worker names its attempt.
        cancel_requested: somebody wants it stopped.
        progress: what a person may follow: ``{"step", "done", "total", "news": {"key", "values"}, "seconds_left"}``.
        error: why it failed: ``{"key", "values"}`` of a sentence; empty otherwise.
        version_number: of the model that came of it.
        created_us: when it was asked for.
        started_us: when it was first taken up.
        finished_us: when it was over.
    """

    id: str
    workspace_id: str
    task_id: str
    state: JobState = JobState.QUEUED
    reason: TrainingReason = TrainingReason.ASKED
    priority: int = 0
    budget_seconds: float
    seed: int = 0
    owner: str = ""
    attempt: int = 0
    cancel_requested: bool = False
    progress: Mapping[str, Any] = field(default_factory=dict)
    error: Mapping[str, Any] = field(default_factory=dict)
    version_number: int | None = None
    created_us: int
    started_us: int | None = None
    finished_us: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A model of a task.

    Args:
        id: lower-case UUID.
        workspace_id: where it belongs.
        task_id: what it answers.
        number: 1 for the first.
        job_id: the training it came of; empty where it was imported.
        model_sha256: the blob of its model file.
        n_bytes: of its model file.
        reference_sha256: the blob of what it says of held-out photos, for the alarm; empty where there is none.
        known_sha256: the blob of embeddings of photos it learnt from, for the quarantine; empty where there is none.
        run_sha256: the blob of what lessons need of its training; empty where nothing was kept.
        scores: test scores by name, as in its manifest.
        labels: ids of its answers, in the order of its probabilities.
        n_examples: how many images it learnt from.
        verdict: what came of comparing it with the version in production: ``{"promote", "reason", ...}``.
        created_us: when.
    """

    id: str
    workspace_id: str
    task_id: str
    number: int
    job_id: str = ""
    model_sha256: str
    n_bytes: int
    reference_sha256: str = ""
    known_sha256: str = ""
    run_sha256: str = ""
    scores: Mapping[str, float] = field(default_factory=dict)
    labels: tuple[str, ...] = ()
    n_examples: int = 0
    verdict: Mapping[str, Any] = field(default_factory=dict)
    created_us: int

    @property
    def blobs(self) -> tuple[str, ...]:
        """The SHA-256 of every blob it needs."""
        named = (self.model_sha256, self.reference_sha256, self.known_sha256, self.run_sha256)
        return tuple(sha256 for sha256 in named if sha256)
