"""The nouns of the service: what it keeps, for whom, and what was done with it."""

from apprenti.domain.service.access import AuditEntry, Caller, Role, Token
from apprenti.domain.service.answers import (
    Correction,
    CorrectionState,
    ReviewReason,
    StoredPrediction,
)
from apprenti.domain.service.monitoring import Alarm, Worker
from apprenti.domain.service.pictures import ImageLabel, Origin, StoredImage, Verification
from apprenti.domain.service.plans import Plan
from apprenti.domain.service.repeats import Acknowledged
from apprenti.domain.service.requests import StoredRequest
from apprenti.domain.service.sessions import Session
from apprenti.domain.service.tasks import Label, LabelKind, Task, TaskLabel, Workspace
from apprenti.domain.service.trainings import JobState, TrainingJob, TrainingReason, Version
from apprenti.domain.service.webhooks import Delivery, DeliveryState, Webhook

__all__ = [
    "Acknowledged",
    "Alarm",
    "AuditEntry",
    "Caller",
    "Correction",
    "CorrectionState",
    "Delivery",
    "DeliveryState",
    "ImageLabel",
    "JobState",
    "Label",
    "LabelKind",
    "Origin",
    "Plan",
    "ReviewReason",
    "Role",
    "Session",
    "StoredImage",
    "StoredPrediction",
    "StoredRequest",
    "Task",
    "TaskLabel",
    "Token",
    "TrainingJob",
    "TrainingReason",
    "Verification",
    "Version",
    "Webhook",
    "Worker",
    "Workspace",
]
