"""A worker: takes what should be worked on next, until it is told to stop."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import nullcontext

from apprenti.domain.service import TrainingJob
from apprenti.flow.service.planning import make_next_plan
from apprenti.flow.service.running import run_training
from apprenti.flow.service.service import Service
from apprenti.flow.service.upkeep import Upkeep
from apprenti.flow.tools import Tools
from apprenti.jobs.upkeep_thread import kept_up
from apprenti.store.database import trainings

LOG = logging.getLogger("apprenti.jobs")
SECONDS_BETWEEN_LOOKS = 1.0


def work(
    service: Service,
    *,
    worker_id: str,
    tools: Tools,
    stopping: Callable[[], bool],
    wait: Callable[[float], object],
    until_empty: bool = False,
    keeps_up_beside: bool = False,
) -> int:
    """Train what waits in the queue, one after the other; return how many trainings were taken up.

    With nothing to train it makes the plans that were asked for.

    While it works it holds a lock, by which others see that it is alive: what a killed worker had is taken up by
    the next that looks.

    Args:
        service: what to work with.
        worker_id: no other worker has ever had.
        tools: where work runs.
        stopping: whether to end; a training under way is then left for another worker.
        wait: waits so many seconds, or less where something happens.
        until_empty: end when there is nothing to do.
        keeps_up_beside: do the upkeep in a thread beside the trainings, and not only between them; takes a database
            with more than one connection.
    """
    n = 0
    upkeep = Upkeep(service, worker_id)
    with service.locks.hold(worker_id), kept_up(upkeep) if keeps_up_beside else nullcontext():
        LOG.info("worker %s has begun", worker_id)
        while not stopping():
            if not keeps_up_beside:
                upkeep.do_due()
            job = next_training(service, worker_id)
            if job is None:
                if make_next_plan(service, worker_id, tools=tools, stopping=stopping):
                    continue
                if until_empty:
                    return n
                wait(SECONDS_BETWEEN_LOOKS)
                continue
            n += 1
            LOG.info("training %s, attempt %d", job.id, job.attempt)
            done = run_training(service, job, tools=tools, stopping=stopping)
            LOG.info("training %s is %s", done.id, done.state.value)
    return n


def next_training(service: Service, worker_id: str) -> TrainingJob | None:
    """Claim the next training; ``None`` where nothing waits."""
    with service.database.read() as tx:
        if not trainings.is_something_to_do(tx, is_alive=service.locks.is_alive):
            return None
    with service.database.write() as tx:
        return trainings.claim(tx, worker_id, is_alive=service.locks.is_alive, now_us=service.now_us())
