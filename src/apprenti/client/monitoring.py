"""Calls about what is watched: traffic, the alarm, a task at a glance, figures, the audit log."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from apprenti.client.answers import Training
from apprenti.client.corrections import Estimate
from apprenti.client.shelves import Shelf, at

_SAMPLE = re.compile(r"(?P<name>[a-z_]+)(?:\{(?P<labels>.*)\})? (?P<value>\S+)")
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class LatencyBucket:
    """How many answers took so long.

    Args:
        up_to_ms: the longest of them; ``None`` for those slower than all other buckets.
        n: how many.
    """

    up_to_ms: int | None = None
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What a version answered on one day, UTC.

    Args:
        day: which.
        version_number: who answered.
        n: answers.
        n_errors: images that could not be used.
        familiar_share: 0..1; ``None`` without answers.
        confidence: best labels of probability 0..0.1, 0.1..0.2 and so on, [10].
        latency: how long answers took.
        latency_p50_ms: half of them no longer than that, to the end of a bucket; ``None`` where it is the last one.
        latency_p95_ms: 95 % of them.
        labels: how often each label was given, by its id.
    """

    day: date
    version_number: int
    n: int
    n_errors: int = 0
    familiar_share: float | None = None
    confidence: tuple[int, ...] = ()
    latency: tuple[LatencyBucket, ...] = ()
    latency_p50_ms: int | None = None
    latency_p95_ms: int | None = None
    labels: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """What the last window of a task's photos said, held against the training photos.

    Args:
        is_on: they differ.
        version_number: who answered them.
        n: photos in that window.
        since: the first day of the change, where one stands out.
        said: what changed, for people, the clearest first.
        prediction_ids: those that differ most, the clearest first.
        tests: p-values and shifts, as the tests found them.
        checked_at: when.
        begun_at: when the alarm began; ``None`` while there is none.
    """

    is_on: bool
    version_number: int
    n: int
    since: date | None = None
    said: tuple[str, ...] = ()
    prediction_ids: tuple[str, ...] = ()
    tests: Mapping[str, Any] = field(default_factory=dict)
    checked_at: datetime
    begun_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _AlarmState:
    alarm: Alarm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """A task at a glance.

    Args:
        task_id: which.
        production_version: the version that answers; ``None`` before the first.
        traffic: by day and version, oldest first.
        estimate: how often it is right.
        alarm: how the alarm stands; ``None`` before the first window was full.
        n_to_review: predictions that wait for a look, counted up to 10,000.
        corrections: how many, by what became of them (``CorrectionState``).
        training: the one that waits or runs.
    """

    task_id: str
    production_version: int | None = None
    traffic: tuple[Day, ...] = ()
    estimate: Estimate
    alarm: Alarm | None = None
    n_to_review: int = 0
    corrections: Mapping[str, int] = field(default_factory=dict)
    training: Training | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """How much the workspace holds.

    Args:
        n_tasks: tasks.
        n_labels: labels.
        n_images: images.
        n_bytes_images: what they take.
        n_trainings: trainings, those that are over too.
        n_versions: models.
        n_bytes_versions: what they take.
        n_predictions: answers.
        n_corrections: corrections.
    """

    n_tasks: int
    n_labels: int
    n_images: int
    n_bytes_images: int
    n_trainings: int
    n_versions: int
    n_bytes_versions: int
    n_predictions: int
    n_corrections: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure of the service, as Prometheus is told it.

    Args:
        name: such as ``apprenti_predictions_total``.
        labels: of what.
        value: it.
    """

    name: str
    labels: Mapping[str, str] = field(default_factory=dict)
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """That something was done.

    Args:
        id: lower-case UUID.
        token_id: who; a word in brackets where the service itself did it, such as ``(worker)``.
        verb: what: ``promote``.
        noun: with what kind of thing: ``version``.
        noun_id: with which.
        details: what else should be known.
        created_at: when.
    """

    id: str
    token_id: str
    verb: str
    noun: str
    noun_id: str
    details: Mapping[str, Any] = field(default_factory=dict)
    created_at: datetime


class Monitoring(Shelf):
    """``client.monitoring``."""

    def dashboard(self, task_id: str, *, days: int = 30) -> Dashboard:
        """Return a task at a glance: so many days of traffic, accuracy, alarm, what waits."""
        data = self._transport.ask_json("GET", at("tasks", task_id, "dashboard"), query={"days": days})
        return self._one(Dashboard, data)

    def traffic(self, task_id: str, *, days: int = 30) -> tuple[Day, ...]:
        """Return what each version answered on each day, oldest first; days without answers are left out."""
        data = self._transport.ask_json("GET", at("tasks", task_id, "traffic"), query={"days": days})
        return self._one(_Traffic, data).items

    def alarm(self, task_id: str) -> Alarm | None:
        """Return whether photos differ from the training photos; ``None`` before the first window was full."""
        return self._get(_AlarmState, at("tasks", task_id, "alarm")).alarm

    def metrics(self) -> tuple[Figure, ...]:
        """Return the figures of the whole service, those that ``/v1/metrics`` tells Prometheus; operators only."""
        text = self._transport.ask("GET", at("metrics")).data.decode()
        found = (_SAMPLE.fullmatch(line) for line in text.splitlines() if not line.startswith("#"))
        return tuple(_figure(one) for one in found if one is not None)

    def usage(self) -> Usage:
        """Return how much the workspace holds."""
        return self._get(Usage, at("usage"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Traffic:
    items: tuple[Day, ...] = ()


class Audit(Shelf):
    """``client.audit``."""

    def list(self, *, noun_id: str | None = None) -> Iterator[AuditEntry]:
        """Yield what was done in the workspace, newest first; with one thing, where its id is given. Owners only."""
        return self._every(AuditEntry, at("audit"), {"noun_id": noun_id})


def _figure(found: re.Match[str]) -> Figure:
    labels = {name: _plain(value) for name, value in _LABEL.findall(found["labels"] or "")}
    return Figure(name=found["name"], labels=labels, value=float(found["value"]))


def _plain(value: str) -> str:
    return re.sub(r"\\(.)", lambda sign: "\n" if sign[1] == "n" else sign[1], value)
