"""Upkeep: what nobody asks for and somebody must do, each at its own pace; done twice it does no harm."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from apprenti.domain.errors import ApprentiError, NotFoundError
from apprenti.flow.service.drift_checks import check_drift
from apprenti.flow.service.images import drop_blobs
from apprenti.flow.service.looking import forget_other_sights, look_at_photos
from apprenti.flow.service.repeats import KEPT_US as ANSWERS_KEPT_US
from apprenti.flow.service.retraining import decision_of, retrain_if_due
from apprenti.flow.service.running import sweep_folders
from apprenti.flow.service.service import Service
from apprenti.flow.service.webhooks import deliver_due, forget_old_deliveries
from apprenti.store.database import idempotency, tasks, workers
from apprenti.store.database import images as image_table

LOG = logging.getLogger("apprenti.upkeep")
SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
HOUR_US = 60 * MINUTE_US
DAY_US = 24 * HOUR_US
ORPHANS_KEPT_SECONDS = 3600.0
"""A blob is written before the row that names it; one that no row names after an hour never will be."""

N_BLOBS_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """Something to be done again and again.

    Args:
        every_us: how long after the last time.
        do: does it.
    """

    every_us: int
    do: Callable[[Service], object]


def watch_tasks(service: Service) -> None:
    """Look at the photos of every task that is in use, and begin the trainings that are due."""
    with service.database.read() as tx:
        watched = tasks.in_production(tx)
    for task in watched:
        try:
            check_drift(service, task.workspace_id, task.id)
            with service.database.read() as tx:
                is_due = task.corrections_until_retrain is not None and decision_of(tx, task).due
            if is_due:
                with service.database.write() as tx:
                    retrain_if_due(tx, service, tasks.get(tx, task.workspace_id, task.id))
        except NotFoundError:  # deleted meanwhile
            continue
        except (ApprentiError, ValueError) as error:  # one task's damage is not another's
            LOG.warning("task %s could not be looked at: %s", task.id, error)


def sweep_blobs(service: Service) -> int:
    """Delete bytes that no row has named for an hour; return how many blobs there were."""
    n = 0
    hashes = service.blobs.hashes(older_than_seconds=ORPHANS_KEPT_SECONDS)
    while part := list(islice(hashes, N_BLOBS_AT_ONCE)):
        with service.database.read() as tx:
            named = image_table.named(tx, part)
        orphans = [sha256 for sha256 in part if sha256 not in named]
        if orphans:
            drop_blobs(service, orphans)  # which looks again while nobody can write
            n += len(orphans)
    return n


def forget_old(service: Service) -> None:
    """Forget what had its time: answers kept for requests sent again, messages that arrived, workers long gone."""
    forget_old_deliveries(service)
    now_us = service.now_us()
    with service.database.write() as tx:
        idempotency.forget(tx, before_us=now_us - ANSWERS_KEPT_US)
        workers.forget(tx, before_us=now_us - DAY_US)


DUTIES = (
    Duty(every_us=SECOND_US, do=deliver_due),
    Duty(every_us=SECOND_US, do=look_at_photos),
    Duty(every_us=MINUTE_US, do=watch_tasks),
    Duty(every_us=HOUR_US, do=forget_old),
    Duty(every_us=HOUR_US, do=sweep_blobs),
    Duty(every_us=HOUR_US, do=sweep_folders),
    Duty(every_us=DAY_US, do=forget_other_sights),
)


def do_upkeep(service: Service) -> None:
    """Do every duty now."""
    for duty in DUTIES:
        duty.do(service)


class Upkeep:
    """The duties of a worker, each done when its time has come.

    Args:
        service: what to work with.
        worker_id: who does them; noted, so that others see who works.
    """

    def __init__(self, service: Service, worker_id: str) -> None:
        self._service, self._worker_id = service, worker_id
        self._duties = (Duty(every_us=MINUTE_US, do=self._note_worker), *DUTIES)
        self._done_us: list[int | None] = [None] * len(self._duties)

    def do_due(self) -> None:
        """Do what is due; what fails is said in the log and tried again at its next time."""
        for number, duty in enumerate(self._duties):
            now_us, last_us = self._service.now_us(), self._done_us[number]
            # a clock that was set back must not put duties off
            if last_us is not None and 0 <= now_us - last_us < duty.every_us:
                continue
            self._done_us[number] = now_us
            try:
                duty.do(self._service)
            except Exception:  # whatever it is, the trainings and the other duties go on
                LOG.exception("a duty failed")

    def _note_worker(self, service: Service) -> None:
        with service.database.write() as tx:
            workers.note(tx, self._worker_id, now_us=service.now_us())
