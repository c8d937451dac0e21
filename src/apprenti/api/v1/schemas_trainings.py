"""The shapes of trainings, versions and predictions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from apprenti.api.schemas import Problem
from apprenti.api.v1.schemas import Shape, time_of, time_or_none
from apprenti.domain.recipe_name import read_recipe_name
from apprenti.domain.service import (
    JobState,
    ReviewReason,
    StoredPrediction,
    TrainingJob,
    TrainingReason,
    Version,
)
from apprenti.recipes.words import phrase
from apprenti.texts import Lang, say


class PickView(BaseModel):
    """A recipe that is tried, and why."""

    recipe: str = Field(description="for programs")
    said: str = Field(description="the same for people")
    why: str = Field(description="it was chosen, for people")
    trains_network: bool = Field(description="whether a network is trained for it on these photos")
    seconds: float = Field(description="it should take")
    low: float | None = Field(
        description="of the interval made to hold its validation score nine times of ten; null: nothing is known"
    )
    high: float | None
    state: Literal["planned", "racing", "tried", "failed", "out_of_time"] = "planned"

    @classmethod
    def of(cls, data: Mapping[str, Any], lang: Lang, *, state: str = "planned") -> PickView:
        """Return what was kept as it is shown."""
        return cls.model_validate(
            {
                **{name: data[name] for name in ("recipe", "seconds", "low", "high")},
                "said": recipe_said(str(data["recipe"]), lang),
                "trains_network": _trains_network(str(data["recipe"])),
                "why": said_or_key(data["reason"], lang),
                "state": state,
            }
        )


class CurvePoint(BaseModel):
    """How a network did after an epoch."""

    epoch: float
    loss: float
    score: float | None = Field(description="in validation, where it was measured")


class CurveView(BaseModel):
    """How the training of a network goes."""

    recipe: str = Field(description="it is trained for")
    epochs: int = Field(description="planned")
    points: list[CurvePoint]


class CandidateView(BaseModel):
    """A recipe that was tried."""

    recipe: str = Field(description="for programs")
    said: str = Field(description="the same for people")
    score: float = Field(description="in validation")
    low: float | None = Field(description="of its 95 % interval")
    high: float | None
    is_share: bool = Field(description="whether the score is read as a percentage")


class TrainingProgress(BaseModel):
    """How far a training is."""

    step: str = Field(description="for programs")
    said: str = Field(description="the same for people")
    done: int = 0
    total: int | None = Field(default=None, description="of the step; null where nobody can tell")
    news: str = Field(default="", description="how the step goes, for people")
    seconds_left: float | None = Field(default=None, description="of the step, as far as can be told")
    picks: list[PickView] = Field(default=[], description="what is tried, in the order planned")
    candidates: list[CandidateView] = Field(default=[], description="recipes tried so far, in this order")
    curves: list[CurveView] = Field(default=[], description="of networks that are trained")


class TrainingView(BaseModel):
    """A training, from being asked for to its end."""

    id: str
    task_id: str
    state: JobState
    reason: TrainingReason = Field(description="what it was begun for; for programs")
    reason_said: str = Field(default="", description="the same for people")
    priority: int
    budget_seconds: float
    attempt: int = Field(description="how many times a worker took it up")
    cancel_requested: bool
    progress: TrainingProgress | None
    error: Problem | None = Field(description="why it failed")
    version_number: int | None = Field(description="of the model that came of it")
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @classmethod
    def of(cls, job: TrainingJob, lang: Lang) -> TrainingView:
        """Return it as it is shown, in one language."""
        return cls(
            id=job.id,
            task_id=job.task_id,
            state=job.state,
            reason=job.reason,
            reason_said=say(f"feedback.begun_{job.reason.value}", lang),
            priority=job.priority,
            budget_seconds=job.budget_seconds,
            attempt=job.attempt,
            cancel_requested=job.cancel_requested,
            progress=_progress(job.progress, lang),
            error=_problem(job.error, lang),
            version_number=job.version_number,
            created_at=time_of(job.created_us),
            started_at=time_or_none(job.started_us),
            finished_at=time_or_none(job.finished_us),
        )


class NewTraining(Shape):
    """A training to be begun."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"budget_seconds": 120}]})
    budget_seconds: float | None = Field(default=None, ge=15, le=86_400, description="the task's by default")
    priority: int = Field(default=0, ge=-100, le=100, description="higher ones begin first")


class VersionView(BaseModel):
    """A model of a task."""

    id: str
    task_id: str
    number: int
    training_id: str | None = Field(description="it came of; null where it was imported")
    n_bytes: int
    scores: dict[str, float] = Field(description="on the test images, by name")
    label_ids: list[str] = Field(description="its answers, in the order of its probabilities")
    n_examples: int = Field(description="images it learnt from")
    verdict: dict[str, Any] = Field(description="what came of comparing it with the version in production")
    verdict_said: str = Field(default="", description="the same for people; empty where nothing was compared")
    created_at: datetime

    @classmethod
    def of(cls, version: Version, lang: Lang) -> VersionView:
        """Return it as it is shown, in one language."""
        return cls(
            id=version.id,
            task_id=version.task_id,
            number=version.number,
            training_id=version.job_id or None,
            n_bytes=version.n_bytes,
            scores=dict(version.scores),
            label_ids=list(version.labels),
            n_examples=version.n_examples,
            verdict=dict(version.verdict),
            verdict_said=said_or_key(version.verdict.get("reason") or {}, lang),
            created_at=time_of(version.created_us),
        )


class Promotion(Shape):
    """How a version is promoted."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"pin": True}]})
    pin: bool | None = Field(
        default=None, description="keep it, whatever a challenger scores; left out: pinned or not as before"
    )


class LabelAnswer(BaseModel):
    """A label and how probable it is."""

    id: str
    name: str
    p: float = Field(ge=0, le=1)
    given: bool | None = Field(
        default=None, description="of several labels: whether it is one of the answer's"
    )


class PredictionView(BaseModel):
    """An answer that was given."""

    id: str
    task_id: str
    version_number: int
    image_id: str | None = Field(description="the image kept; null without consent")
    labels: list[LabelAnswer] = Field(description="most probable first; empty in a task of numbers")
    value: float | None = Field(description="in a task of numbers")
    low: float | None = Field(description="of the interval made to hold the true number")
    high: float | None
    familiar: bool = Field(description="false: unlike the training images; its answer means little")
    distance: float = Field(description="from the training images; above 1 is unfamiliar")
    review_reason: ReviewReason | None = Field(description="why a person should look; for programs")
    review_said: str = Field(default="", description="the same for people")
    is_reviewed: bool
    latency_ms: float
    created_at: datetime

    @classmethod
    def of(cls, prediction: StoredPrediction, lang: Lang) -> PredictionView:
        """Return it as it is shown, in one language."""
        answer, reason = prediction.answer, prediction.review_reason
        return cls(
            id=prediction.id,
            task_id=prediction.task_id,
            version_number=prediction.version_number,
            image_id=prediction.image_id,
            labels=[LabelAnswer(**label) for label in answer.get("labels", ())],
            value=answer.get("value"),
            low=answer.get("low"),
            high=answer.get("high"),
            familiar=prediction.familiar,
            distance=prediction.distance,
            review_reason=reason,
            review_said=say(f"feedback.look_{reason.value}", lang) if reason is not None else "",
            is_reviewed=prediction.is_reviewed,
            latency_ms=prediction.latency_us / 1000,
            created_at=time_of(prediction.created_us),
        )


def _progress(data: Mapping[str, Any], lang: Lang) -> TrainingProgress | None:
    if "step" not in data:
        return None
    return TrainingProgress(
        step=data["step"],
        said=said_or_key({"key": f"progress.{data['step']}"}, lang),
        done=data.get("done") or 0,
        total=data.get("total"),
        news=said_or_key(data.get("news") or {}, lang),
        seconds_left=data.get("seconds_left"),
        picks=_picks(data, lang),
        candidates=[_candidate(candidate, lang) for candidate in data.get("candidates", ())],
        curves=[CurveView(**curve) for curve in data.get("curves", ()) if curve["points"]],
    )


def _candidate(data: Mapping[str, Any], lang: Lang) -> CandidateView:
    return CandidateView(said=recipe_said(str(data["recipe"]), lang), **data)


def _picks(data: Mapping[str, Any], lang: Lang) -> list[PickView]:
    states = {one["recipe"]: "tried" for one in data.get("candidates", ())}
    for one in data.get("failed", ()):
        states[one["recipe"]] = "out_of_time" if one["status"] == "out_of_time" else "failed"
    states |= dict.fromkeys(data.get("racing", ()), "racing")
    return [
        PickView.of(pick, lang, state=states.get(pick["recipe"], "planned")) for pick in data.get("picks", ())
    ]


def _trains_network(name: str) -> bool:
    try:
        return read_recipe_name(name).is_trained
    except ValueError:
        return False


def recipe_said(name: str, lang: Lang) -> str:
    """Return what a recipe is called; its name where a worker of another version names recipes in another way."""
    try:
        return phrase(read_recipe_name(name), lang)
    except ValueError:
        return name


def _problem(data: Mapping[str, Any], lang: Lang) -> Problem | None:
    if not data:
        return None
    return Problem(code=str(data["key"]).removeprefix("errors."), message=said_or_key(data, lang))


def said_or_key(sentence: Mapping[str, Any], lang: Lang) -> str:
    """Return a sentence that was kept; its key where a worker of another version knew other sentences."""
    if not sentence:
        return ""
    try:
        return say(str(sentence["key"]), lang, **sentence.get("values", {}))
    except (KeyError, FileNotFoundError):
        return str(sentence["key"])
