"""The window alarm of a task: each prediction is looked at in one window, and what is found is told once.

A window is closed after so many predictions, or after a day where there are enough for the tests. Since windows do not
overlap, the false alarms of the stage are those of the service: one window in fifty at most, whatever the traffic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.photo_facts import PHOTO_FACTS
from apprenti.domain.json_form import to_json
from apprenti.domain.service import Alarm, StoredPrediction, Task, Version
from apprenti.flow.service.access import ITSELF
from apprenti.flow.service.drift_notices import notices_of
from apprenti.flow.service.events import tell
from apprenti.flow.service.predictions import FACT_DIGITS, P_DIGITS
from apprenti.flow.service.retraining import retrain_if_due
from apprenti.flow.service.service import Service, note
from apprenti.flow.service.traffic import day_of
from apprenti.stages.feedback.change_point import change_point
from apprenti.stages.feedback.drift import FEWEST_PHOTOS, MOST_PHOTOS, Drift, check_window, drift_sentences
from apprenti.stages.feedback.observations import DriftReference, Observations
from apprenti.stages.feedback.photo_shift import most_moved
from apprenti.store.database import alarms as table
from apprenti.store.database import predictions as prediction_table
from apprenti.store.database import tasks as task_table
from apprenti.store.database import versions as version_table
from apprenti.store.database.rows import Tx

PHOTOS_A_WINDOW = 300
N_MOVED = 20
DAYS_LOOKED_BACK = 28
MOST_LOOKED_BACK = 5_000
EPOCH = date(1970, 1, 1)


def check_drift(service: Service, workspace_id: str, task_id: str) -> Alarm | None:
    """Look at a task's next window, where it is full; return how the alarm stands, ``None`` where nothing can be told.

    Args:
        service: what to work with.
        workspace_id: where.
        task_id: whose photos.
    """
    now_us = service.now_us()
    with service.database.read() as tx:
        task = task_table.get(tx, workspace_id, task_id)
        if task.production_version is None:
            return None
        before = _before(tx, task, task.production_version)
        if not _is_full(tx, task, before, now_us):
            return before
        version = version_table.numbered(tx, workspace_id, task_id, task.production_version)
        window = prediction_table.of_version(
            tx, task_id, version.number, after_seq=before.checked_seq, limit=MOST_PHOTOS
        )
        last_seq = prediction_table.last_seq(tx, task_id)
    model = service.models.of(version, service.blobs)
    if model.reference is None:
        return None
    after = replace(before, checked_seq=last_seq, checked_us=now_us)
    seen, reference = each_picture_once(window), as_kept(model.reference, version)
    found = check_window(observations(seen, version), reference)
    labels = tuple(model.predictor.labels)
    after = _alarm(service, task, version, labels, reference, seen, found, after, now_us)
    return _written(service, task, before, after)


def _before(tx: Tx, task: Task, number: int) -> Alarm:
    """Return the alarm as the last window left it; a new version begins anew, behind what others answered."""
    there = table.of_task(tx, task.id)
    if there is not None and there.version_number == number:
        return there
    return Alarm(task_id=task.id, version_number=number, checked_seq=there.checked_seq if there else 0)


def _is_full(tx: Tx, task: Task, alarm: Alarm, now_us: int) -> bool:
    """Return whether enough came since the last window: many, or enough for the tests and a day is over."""
    n = prediction_table.n_of_version(
        tx, task.id, alarm.version_number, after_seq=alarm.checked_seq, most=PHOTOS_A_WINDOW
    )
    if n < FEWEST_PHOTOS:
        return False
    first_us = prediction_table.first_moment(tx, task.id, after_seq=alarm.checked_seq)
    return n >= PHOTOS_A_WINDOW or (first_us is not None and day_of(first_us) < day_of(now_us))


def each_picture_once(window: Sequence[StoredPrediction]) -> list[StoredPrediction]:
    """Return predictions without those of a picture seen before: sent ten times it is one observation."""
    kept: dict[object, StoredPrediction] = {}
    for one in window:
        kept.setdefault(one.image_id or (one.distance, one.facts), one)
    return list(kept.values())


def observations(predictions: Sequence[StoredPrediction], version: Version) -> Observations:
    """Return predictions as the alarm takes them, the answers in the order of the version's labels."""
    return Observations(
        answers=np.array([_answer(one, version) for one in predictions], np.float32).reshape(
            len(predictions), max(len(version.labels), 1)
        ),
        distances=np.array([one.distance for one in predictions], np.float32),
        facts=np.array([one.facts for one in predictions], np.float32).reshape(-1, len(PHOTO_FACTS)),
    )


def as_kept(reference: DriftReference, version: Version) -> DriftReference:
    """Return a reference as precise as predictions are kept.

    Photos of one size, or answers of which the model is as good as certain, are equal then; else a camera that always
    gives the same size would be said to give smaller photos, for a difference in the seventh decimal.
    """
    held_out = reference.held_out
    answers = _rounded(held_out.answers, P_DIGITS) if version.labels else held_out.answers
    return DriftReference(
        held_out=replace(held_out, answers=answers, facts=_rounded(held_out.facts, FACT_DIGITS))
    )


def _rounded(values: NDArray[np.float32], digits: int) -> NDArray[np.float32]:
    return np.round(values.astype(np.float64), digits).astype(np.float32)


def _answer(prediction: StoredPrediction, version: Version) -> list[float]:
    if "value" in prediction.answer:
        return [float(prediction.answer["value"])]
    p_of = {label["id"]: float(label["p"]) for label in prediction.answer["labels"]}
    return [p_of.get(label_id, 0.0) for label_id in version.labels]


def _alarm(
    service: Service,
    task: Task,
    version: Version,
    labels: tuple[str, ...],
    reference: DriftReference,
    seen: Sequence[StoredPrediction],
    found: Drift,
    alarm: Alarm,
    now_us: int,
) -> Alarm:
    """Return the alarm after a window."""
    alarm = replace(alarm, n=found.n, is_on=found.alarm, drift=to_json(found))
    if not found.alarm:
        return replace(alarm, begun_us=None, since_day=None, notices=(), moved=())
    with service.database.read() as tx:
        earlier = prediction_table.of_version(
            tx, task.id, version.number, after_seq=0, limit=MOST_LOOKED_BACK
        )
    since = _since(each_picture_once(earlier), version, found, reference, day_of(now_us))
    moved = most_moved(observations(seen, version), reference)[:N_MOVED]
    notices = drift_sentences(
        found,
        labels=labels,
        task_type=task.task_type,
        since=None if since is None else EPOCH + timedelta(days=since),
        today=datetime.fromtimestamp(now_us / 1e6, UTC).date(),
    )
    return replace(
        alarm,
        begun_us=alarm.begun_us or now_us,
        since_day=since,
        notices=tuple(to_json(notice) for notice in notices),
        moved=tuple(seen[int(row)].id for row in moved),
    )


def _since(
    earlier: Sequence[StoredPrediction], version: Version, found: Drift, usual: DriftReference, today: int
) -> int | None:
    """Return the day since which what moved most is different; ``None`` where none stands out."""
    recent = [one for one in earlier if day_of(one.created_us) > today - DAYS_LOOKED_BACK]
    if not recent:
        return None
    first = day_of(recent[0].created_us)
    moved, before = _moved_column(observations(recent, version), usual.held_out, found)
    days = np.array([day_of(one.created_us) - first for one in recent])
    parts = [moved[days == day] for day in range(int(days.max()) + 1)]
    changed = change_point(parts, usual=before)
    return None if changed is None else first + changed.day


def _moved_column(
    now: Observations, usual: Observations, found: Drift
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the quantity that moved most, of these photos and of the usual ones."""
    if found.shifts:
        column = PHOTO_FACTS.index(found.shifts[0].fact)
        return now.facts[:, column], usual.facts[:, column]
    if found.p_distance <= found.level or found.answer is None:
        return now.distances, usual.distances
    return now.answers[:, found.answer], usual.answers[:, found.answer]


def _written(service: Service, task: Task, before: Alarm, after: Alarm) -> Alarm:
    """Write how the alarm stands, and tell where that is news; who comes second finds it written."""
    with service.database.write() as tx:
        task = task_table.get(tx, task.workspace_id, task.id)
        if task.production_version != after.version_number:
            return before
        there = _before(tx, task, after.version_number)
        if there.checked_seq != before.checked_seq:
            return there
        table.put(tx, after)
        if after.is_on and not before.is_on:
            _tell(tx, service, task, after)
            retrain_if_due(tx, service, task)
        elif before.is_on and not after.is_on:
            note(tx, service, ITSELF, task.workspace_id, "end_alarm", "task", task.id)
    return after


def _tell(tx: Tx, service: Service, task: Task, alarm: Alarm) -> None:
    words = [notice.said("en") for notice in notices_of(alarm)]
    note(
        tx, service, ITSELF, task.workspace_id, "alarm", "task", task.id,
        version=alarm.version_number, n=alarm.n, says=words,
    )  # fmt: skip
    told = {
        "task_id": task.id,
        "version": alarm.version_number,
        "says": words,
        "predictions": list(alarm.moved),
    }
    tell(tx, service, task.workspace_id, "drift.alarm", told)
