"""When a training begins by itself, and what it would take."""

from __future__ import annotations

from apprenti.domain.errors import ConflictError
from apprenti.domain.service import Task, TrainingJob, TrainingReason
from apprenti.flow.service.access import ITSELF
from apprenti.flow.service.service import Service
from apprenti.flow.service.traffic import DAY_US
from apprenti.flow.service.trainings import queue_training
from apprenti.stages.feedback.retrain import Decision, Trigger, when_due
from apprenti.store.database import alarms as alarm_table
from apprenti.store.database import corrections as correction_table
from apprenti.store.database import trainings as training_table
from apprenti.store.database import versions as version_table
from apprenti.store.database.rows import Tx

REASONS = {
    Trigger.ASKED: TrainingReason.ASKED,
    Trigger.CORRECTIONS: TrainingReason.CORRECTIONS,
    Trigger.DRIFT: TrainingReason.DRIFT,
}


def decision_of(tx: Tx, task: Task) -> Decision:
    """Return whether a training of a task is due by now, and what a person should know of it."""
    n_learnt = 0
    if task.production_version is not None:
        n_learnt = version_table.numbered(tx, task.workspace_id, task.id, task.production_version).n_examples
    alarm = alarm_table.of_task(tx, task.id)
    drifted = alarm is not None and alarm.is_on and alarm.version_number == task.production_version
    n_since = 0
    if alarm is not None and drifted:
        begun_us = alarm.begun_us or 0
        since_us = begun_us if alarm.since_day is None else alarm.since_day * DAY_US
        n_since = correction_table.n_new_since(tx, task.id, from_us=since_us)
    return when_due(
        n_corrections=correction_table.n_new(tx, task.id),
        n_learnt=n_learnt,
        drifted=drifted,
        n_since_drift=n_since,
        under_way=training_table.under_way(tx, task.id) is not None,
        after_corrections=task.corrections_until_retrain,
    )


def retrain_if_due(tx: Tx, service: Service, task: Task) -> TrainingJob | None:
    """Put a training into the queue where one is due, in the transaction given; never where the task says so."""
    if task.corrections_until_retrain is None:
        return None
    trigger = decision_of(tx, task).trigger
    if trigger is None:
        return None
    try:
        return queue_training(tx, service, ITSELF, task.workspace_id, task.id, reason=REASONS[trigger])
    except ConflictError:  # too few labelled images yet: nothing was written
        return None
