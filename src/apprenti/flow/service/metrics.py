"""The service in figures, for Prometheus: all of it from the database, so that every process tells the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from apprenti.domain.service import Caller, JobState
from apprenti.flow.service.access import require_operator
from apprenti.flow.service.exposition import Family, Kind, Sample, exposed, histogram
from apprenti.flow.service.service import Service
from apprenti.flow.service.traffic import (
    ANSWERS,
    ERRORS,
    LATENCY,
    LATENCY_ENDS_MS,
    LATENCY_US,
    UNFAMILIAR,
    by_day,
)
from apprenti.store.database import alarms, corrections, size, traffic, trainings, webhooks, workers
from apprenti.store.database import images as image_table
from apprenti.store.database.traffic import Count

MEASURES = (ANSWERS, UNFAMILIAR, ERRORS, LATENCY, LATENCY_US)


def metrics_text(service: Service, caller: Caller) -> str:
    """Return the figures of the service as text of Prometheus.

    Raises:
        AccessError: the caller is not an operator: the figures are of all workspaces.
    """
    require_operator(caller)
    return exposed(_families(service))


def _families(service: Service) -> Iterable[Family]:
    with service.database.read() as tx:
        counts = traffic.totals(tx, MEASURES)
        states = trainings.n_by_state(tx)
        said = corrections.totals(tx)
        watched = alarms.every(tx)
        waiting = webhooks.n_waiting(tx)
        seen = workers.every(tx)
        kept = image_table.kept_bytes(tx)
        n_bytes = size.of_database(tx)
    yield from _traffic(counts)
    yield _family(
        "apprenti_trainings", "gauge", "Trainings by how far they are.",
        [Sample(value=states.get(state, 0), labels={"state": state.value}) for state in JobState],
    )  # fmt: skip
    yield _one(
        "apprenti_training_queue_length", "Trainings nobody has taken up.", states.get(JobState.QUEUED, 0)
    )
    yield _family(
        "apprenti_corrections", "gauge", "Corrections by what became of them.",
        [
            Sample(value=n, labels={"workspace": workspace, "task": task, "state": state})
            for (workspace, task, state), n in sorted(said.items())
        ],
    )  # fmt: skip
    yield _family(
        "apprenti_drift_alarm", "gauge", "1 while a task's photos differ from the training photos.",
        [
            Sample(value=int(alarm.is_on), labels={"workspace": workspace, "task": alarm.task_id})
            for workspace, alarm in watched
        ],
    )  # fmt: skip
    yield _one("apprenti_webhook_messages_waiting", "Messages that have not arrived yet.", waiting)
    yield _family(
        "apprenti_blob_bytes", "gauge", "Bytes that images and models take.",
        [Sample(value=n, labels={"of": what}) for what, n in kept.items()],
    )  # fmt: skip
    yield _one("apprenti_database_bytes", "Size of the database.", n_bytes)
    n_alive = sum(service.locks.is_alive(worker.id) for worker in seen)
    yield _one("apprenti_workers_alive", "Workers that hold their lock.", n_alive)


def _traffic(counts: Sequence[Count]) -> Iterable[Family]:
    """Yield what was answered, by workspace, task and version."""
    by_task: dict[tuple[str, str], list[Count]] = {}
    for count in counts:
        by_task.setdefault((count.workspace_id, count.task_id), []).append(count)
    plain: dict[str, list[Sample]] = {"n": [], "n_unfamiliar": [], "n_errors": []}
    latency: list[Sample] = []
    for (workspace, task), of_task in by_task.items():
        for day in by_day(of_task):
            labels = {"workspace": workspace, "task": task, "version": str(day.version_number)}
            for name, samples in plain.items():
                samples.append(Sample(value=getattr(day, name), labels=labels))
            latency += histogram(
                labels,
                ends=[end / 1000 for end in LATENCY_ENDS_MS],
                counts=day.latency,
                total=day.latency_us / 1e6,
            )
    yield _family("apprenti_predictions_total", "counter", "Images answered.", plain["n"])
    yield _family(
        "apprenti_unfamiliar_total", "counter", "Images unlike the training images.", plain["n_unfamiliar"]
    )
    yield _family(
        "apprenti_prediction_errors_total", "counter", "Images that could not be used.", plain["n_errors"]
    )
    yield _family("apprenti_prediction_seconds", "histogram", "How long answers took.", latency)


def _family(name: str, kind: Kind, words: str, samples: Sequence[Sample]) -> Family:
    return Family(name=name, kind=kind, help=words, samples=samples)


def _one(name: str, words: str, value: int) -> Family:
    return _family(name, "gauge", words, [Sample(value=value, labels={})])
