"""What goes on in a task: traffic by day, the window alarm, the accuracy, what waits; one look at each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from apprenti.domain.service import Alarm, Caller, CorrectionState, Role, Task, TrainingJob
from apprenti.flow.service.access import allow
from apprenti.flow.service.drift_notices import notices_of
from apprenti.flow.service.review import HonestEstimate, estimate_of
from apprenti.flow.service.service import Service
from apprenti.flow.service.traffic import DayTraffic, by_day, day_of
from apprenti.flow.service.words import in_range
from apprenti.stages.feedback.drift import DriftNotice
from apprenti.store.database import alarms as alarm_table
from apprenti.store.database import corrections as correction_table
from apprenti.store.database import predictions as prediction_table
from apprenti.store.database import tasks as task_table
from apprenti.store.database import traffic as table
from apprenti.store.database import trainings as training_table

DAYS = (1, 366)
MOST_COUNTED = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """A task at a glance.

    Args:
        task: it.
        traffic: by day and version, oldest first.
        estimate: how often production is right on what comes in.
        alarm: what the last window said; ``None`` before the first.
        notices: of the alarm, for people.
        n_to_review: predictions that wait for a look; past ``MOST_COUNTED`` they are not counted.
        corrections: how many there are in each state.
        training: the one that waits or runs.
    """

    task: Task
    traffic: tuple[DayTraffic, ...]
    estimate: HonestEstimate
    alarm: Alarm | None
    notices: tuple[DriftNotice, ...]
    n_to_review: int
    corrections: Mapping[CorrectionState, int]
    training: TrainingJob | None


def traffic_of(
    service: Service, caller: Caller, workspace_id: str, task_id: str, *, days: int = 30
) -> tuple[DayTraffic, ...]:
    """Return what each version answered on each of the last days, today included; days without answers are left out.

    Raises:
        OptionError: that many days are not kept in sight.
    """
    allow(caller, workspace_id, Role.READER)
    in_range(days, "days", DAYS)
    today = day_of(service.now_us())
    with service.database.read() as tx:
        task_table.get(tx, workspace_id, task_id)
        return by_day(table.of_task(tx, task_id, from_day=today - days + 1, to_day=today))


def alarm_of(service: Service, caller: Caller, workspace_id: str, task_id: str) -> Alarm | None:
    """Return what the last window of a task's photos said; ``None`` before the first."""
    allow(caller, workspace_id, Role.READER)
    with service.database.read() as tx:
        task_table.get(tx, workspace_id, task_id)
        return alarm_table.of_task(tx, task_id)


def dashboard(
    service: Service, caller: Caller, workspace_id: str, task_id: str, *, days: int = 30
) -> Dashboard:
    """Return a task at a glance, as of one moment.

    Raises:
        OptionError: that many days are not kept in sight.
    """
    allow(caller, workspace_id, Role.READER)
    in_range(days, "days", DAYS)
    today = day_of(service.now_us())
    with service.database.read() as tx:
        task = task_table.get(tx, workspace_id, task_id)
        alarm = alarm_table.of_task(tx, task_id)
        return Dashboard(
            task=task,
            traffic=by_day(table.of_task(tx, task_id, from_day=today - days + 1, to_day=today)),
            estimate=estimate_of(tx, task_id, task.production_version),
            alarm=alarm,
            notices=notices_of(alarm),
            n_to_review=prediction_table.n_to_review(tx, task_id, most=MOST_COUNTED),
            corrections=correction_table.counts(tx, task_id),
            training=training_table.under_way(tx, task_id),
        )
