"""The shapes of what is watched, and of webhooks."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from apprenti.api.v1.schemas import Shape, time_of, time_or_none
from apprenti.api.v1.schemas_loop import EstimateView
from apprenti.api.v1.schemas_trainings import TrainingView
from apprenti.domain.service import Alarm, CorrectionState, Delivery, DeliveryState, Webhook
from apprenti.flow.service.drift_notices import notices_of
from apprenti.flow.service.monitoring import Dashboard
from apprenti.flow.service.traffic import LATENCY_ENDS_MS, DayTraffic
from apprenti.texts import Lang

EventName = Literal[
    "training.done", "training.failed", "version.promoted", "correction.quarantined", "drift.alarm"
]
_EPOCH = date(1970, 1, 1)


def date_of(day: int) -> date:
    """Return the UTC day so many days after the epoch."""
    return _EPOCH + timedelta(days=day)


class LatencyBucket(BaseModel):
    """How many answers took so long."""

    up_to_ms: int | None = Field(description="null: longer than all others")
    n: int


class DayView(BaseModel):
    """What a version answered on one day, UTC."""

    day: date
    version_number: int
    n: int
    n_errors: int = Field(description="images that could not be used")
    familiar_share: float | None = Field(description="0..1; null without answers")
    confidence: list[int] = Field(description="best labels of probability 0..0.1, 0.1..0.2 and so on")
    latency: list[LatencyBucket]
    latency_p50_ms: int | None = Field(description="to the end of a bucket; null where it is the last one")
    latency_p95_ms: int | None
    labels: dict[str, int] = Field(description="how often each label was given, by its id")

    @classmethod
    def of(cls, day: DayTraffic) -> DayView:
        """Return it as it is shown."""
        return cls(
            day=date_of(day.day),
            version_number=day.version_number,
            n=day.n,
            n_errors=day.n_errors,
            familiar_share=day.familiar_share,
            confidence=list(day.confidence),
            latency=[
                LatencyBucket(up_to_ms=end, n=n)
                for end, n in zip((*LATENCY_ENDS_MS, None), day.latency, strict=True)
            ],
            latency_p50_ms=day.latency_ms(0.5),
            latency_p95_ms=day.latency_ms(0.95),
            labels=dict(day.labels),
        )


class Traffic(BaseModel):
    """Days with answers, oldest first."""

    items: list[DayView]


class AlarmView(BaseModel):
    """What the last window of a task's photos said."""

    is_on: bool = Field(description="they differ from the training photos")
    version_number: int
    n: int = Field(description="photos in that window")
    since: date | None = Field(description="the first day of the change, where one stands out")
    said: list[str] = Field(description="what changed, for people, the clearest first")
    prediction_ids: list[str] = Field(description="those that differ most, the clearest first")
    tests: dict[str, Any] = Field(description="p-values and shifts, as the tests found them")
    checked_at: datetime
    begun_at: datetime | None

    @classmethod
    def of(cls, alarm: Alarm, lang: Lang) -> AlarmView:
        """Return it as it is shown, in one language."""
        return cls(
            is_on=alarm.is_on,
            version_number=alarm.version_number,
            n=alarm.n,
            since=None if alarm.since_day is None else date_of(alarm.since_day),
            said=[notice.said(lang) for notice in notices_of(alarm)],
            prediction_ids=list(alarm.moved),
            tests=dict(alarm.drift),
            checked_at=time_of(alarm.checked_us),
            begun_at=time_or_none(alarm.begun_us),
        )


class AlarmState(BaseModel):
    """How the alarm of a task stands."""

    alarm: AlarmView | None = Field(description="null before the first window was full")


class DashboardView(BaseModel):
    """A task at a glance."""

    task_id: str
    production_version: int | None
    traffic: list[DayView]
    estimate: EstimateView
    alarm: AlarmView | None
    n_to_review: int = Field(description="predictions that wait for a look, counted up to 10,000")
    corrections: dict[CorrectionState, int]
    training: TrainingView | None = Field(description="the one that waits or runs")

    @classmethod
    def of(cls, glance: Dashboard, lang: Lang) -> DashboardView:
        """Return it as it is shown, in one language."""
        return cls(
            task_id=glance.task.id,
            production_version=glance.task.production_version,
            traffic=[DayView.of(day) for day in glance.traffic],
            estimate=EstimateView.of(glance.estimate, lang),
            alarm=AlarmView.of(glance.alarm, lang) if glance.alarm is not None else None,
            n_to_review=glance.n_to_review,
            corrections={state: glance.corrections.get(state, 0) for state in CorrectionState},
            training=TrainingView.of(glance.training, lang) if glance.training is not None else None,
        )


class NewWebhook(Shape):
    """An address to be told of events."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"url": "https://example.org/hook", "events": ["drift.alarm"]}]},
    )
    url: str = Field(min_length=1, max_length=8192)
    events: list[EventName] = Field(default=[], max_length=20, description="all by default")


class WebhookView(BaseModel):
    """An address that is told of events."""

    id: str
    url: str
    events: list[str]
    is_active: bool = Field(description="false once it answered 410: nobody will ever listen there again")
    created_at: datetime

    @classmethod
    def of(cls, webhook: Webhook) -> WebhookView:
        """Return it as it is shown: without its secret."""
        return cls(**_webhook_data(webhook))


class MadeWebhook(WebhookView):
    """A webhook that was made, with the secret that is shown this once."""

    secret: str | None = Field(
        description="signs messages as Standard Webhooks do; null where a repeated request is answered again"
    )

    @classmethod
    def with_secret(cls, webhook: Webhook, secret: str) -> MadeWebhook:
        """Return it as it is shown."""
        return cls(**_webhook_data(webhook), secret=secret)


class DeliveryView(BaseModel):
    """A message for a webhook."""

    id: str = Field(description="the same at every attempt: the header webhook-id")
    event: str
    state: DeliveryState
    n_attempts: int
    problem: str = Field(description="what the last attempt met; for programs")
    body: dict[str, Any]
    next_at: datetime | None = Field(description="of the next attempt; null where there is none")
    created_at: datetime

    @classmethod
    def of(cls, message: Delivery) -> DeliveryView:
        """Return it as it is shown."""
        waits = message.state is DeliveryState.WAITING
        return cls(
            id=message.id,
            event=message.event,
            state=message.state,
            n_attempts=message.n_attempts,
            problem=message.problem,
            body=dict(message.body),
            next_at=time_of(message.next_us) if waits else None,
            created_at=time_of(message.created_us),
        )


def _webhook_data(webhook: Webhook) -> dict[str, Any]:
    return {
        "id": webhook.id,
        "url": webhook.url,
        "events": list(webhook.events),
        "is_active": webhook.is_active,
        "created_at": time_of(webhook.created_us),
    }
