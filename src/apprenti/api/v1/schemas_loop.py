"""The shapes of corrections and of the review queue."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from apprenti.api.schemas import Problem
from apprenti.api.v1.schemas import IdText, Shape, time_of, us_of
from apprenti.api.v1.schemas_trainings import PredictionView, said_or_key
from apprenti.domain.service import Correction, CorrectionState, Label
from apprenti.flow.service.review import HonestEstimate, NextTraining, ReviewItem
from apprenti.store.database.corrections import CorrectionFilter
from apprenti.texts import Lang

_EXAMPLE: dict[str, Any] = {"examples": [{"label_ids": ["9a3c8f1e-5b2d-4e7f-8a6b-0c1d2e3f4a5b"]}]}


class ImageWord(Shape):
    """What an image shows."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=_EXAMPLE)
    label_ids: list[IdText] = Field(
        default=[], max_length=1000, description="one; all that fit in a task of several labels, or none"
    )
    value: float | None = Field(default=None, description="in a task of numbers", allow_inf_nan=False)


class NewCorrection(ImageWord):
    """What the image of a prediction shows; saying what the model said confirms it."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=_EXAMPLE)
    in_queue: bool = Field(
        default=False,
        description="it was judged because the review queue showed it; only then does it tell of the accuracy",
    )


class RejectedCorrections(Shape):
    """Which corrections are dropped: those that fit all that is said here."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "token_id": "0b6f3f4e-1d2c-4b5a-9e8f-7a6b5c4d3e2f",
                    "since": "2026-01-31T08:00:00Z",
                    "until": "2026-01-31T18:00:00Z",
                }
            ]
        },
    )
    task_id: IdText | None = Field(default=None, description="of this task")
    token_id: IdText | None = Field(default=None, description="given with this token")
    since: AwareDatetime | None = Field(default=None, description="given then or later")
    until: AwareDatetime | None = Field(default=None, description="given before then")

    def chosen(self) -> CorrectionFilter:
        """Return it as the flow takes it."""
        return CorrectionFilter(
            task_id=self.task_id,
            token_id=self.token_id,
            from_us=us_of(self.since),
            until_us=us_of(self.until),
        )


class CorrectionView(BaseModel):
    """A person's word on an answer."""

    id: str
    task_id: str
    image_id: str
    prediction_id: str | None
    label_ids: list[str]
    value: float | None
    agrees: bool = Field(description="it says what the model said; of a number: it lies within the margin")
    token_id: str = Field(description="who said it")
    state: CorrectionState
    reason: Problem | None = Field(description="why it is held back, or was")
    decided_by: str | None = Field(description="the token that released or rejected it")
    training_id: str | None = Field(description="the first training that learnt from it")
    created_at: datetime

    @classmethod
    def of(cls, correction: Correction, lang: Lang) -> CorrectionView:
        """Return it as it is shown, in one language."""
        reason = correction.reason
        code = str(reason.get("key", "")).removeprefix("feedback.")
        return cls(
            id=correction.id,
            task_id=correction.task_id,
            image_id=correction.image_id,
            prediction_id=correction.prediction_id,
            label_ids=list(correction.label_ids),
            value=correction.value,
            agrees=correction.agrees,
            token_id=correction.token_id,
            state=correction.state,
            reason=Problem(code=code, message=said_or_key(reason, lang)) if reason else None,
            decided_by=correction.decided_by or None,
            training_id=correction.job_id or None,
            created_at=time_of(correction.created_us),
        )


class ReviewedImage(BaseModel):
    """An image to look at; its picture is at ``/v1/images/{id}/file``."""

    id: str
    name: str
    width_px: int
    height_px: int


class ReviewItemView(BaseModel):
    """Something to look at."""

    prediction: PredictionView
    image: ReviewedImage
    alike: list[str] = Field(description="predictions of this page whose images show nearly the same")

    @classmethod
    def of(cls, item: ReviewItem, lang: Lang) -> ReviewItemView:
        """Return it as it is shown, in one language."""
        image = item.image
        return cls(
            prediction=PredictionView.of(item.prediction, lang),
            image=ReviewedImage(
                id=image.id, name=image.name, width_px=image.width_px, height_px=image.height_px
            ),
            alike=list(item.alike),
        )


class EstimateView(BaseModel):
    """How often a version is right on the images that come in, by those drawn at random and judged in the queue."""

    version_number: int | None = Field(description="the one in production")
    n: int = Field(description="judged")
    n_right: int = Field(description="of them, answered rightly; of numbers: within the margin")
    accuracy: float | None = Field(description="0..1; null without judgements")
    low: float = Field(description="of its 95 % interval")
    high: float
    n_undecided: int = Field(description="judgements held back; they do not count")
    said: str = Field(description="the same for people")

    @classmethod
    def of(cls, estimate: HonestEstimate, lang: Lang) -> EstimateView:
        """Return it as it is shown, in one language."""
        accuracy = estimate.accuracy
        return cls(
            version_number=estimate.version_number,
            n=accuracy.n,
            n_right=accuracy.n_right,
            accuracy=accuracy.accuracy,
            low=accuracy.interval.low,
            high=accuracy.interval.high,
            n_undecided=estimate.n_undecided,
            said=accuracy.said().said(lang),
        )


class NewOfLabel(BaseModel):
    """How many new images show a label."""

    label_id: str
    name: str
    n: int


class NextTrainingView(BaseModel):
    """What the next training would take that the last did not."""

    n_corrected: int = Field(description="corrections that say something else than the model")
    n_confirmed: int = Field(description="and those that agree with it")
    labels: list[NewOfLabel]
    held: dict[str, int] = Field(description="corrections held back, by reason; for programs")
    held_said: dict[str, str] = Field(default={}, description="the same reasons for people")
    said: str = Field(description="when it begins, for people")

    @classmethod
    def of(cls, taken: NextTraining, labels: list[Label], lang: Lang) -> NextTrainingView:
        """Return it as it is shown, in one language."""
        held = {key.removeprefix("feedback."): n for key, n in taken.n_held.items()}
        return cls(
            n_corrected=taken.n_corrected,
            n_confirmed=taken.n_confirmed,
            labels=[
                NewOfLabel(label_id=label.id, name=label.name, n=taken.labels.get(label.id, 0))
                for label in labels
            ],
            held=held,
            held_said={key: said_or_key({"key": f"feedback.kind_{key}"}, lang) for key in held},
            said=taken.say.said(lang) if taken.say is not None else "",
        )
