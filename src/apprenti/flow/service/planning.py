"""Plans: what a training would try within each budget and why, worked out by a worker that has nothing to train.

A person asks for one by looking at the training room. Photos are counted, not compared: a plan stands as long as there
are as many of each label. A training that is asked for comes first: the plan is then left for later.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from apprenti.domain.errors import ApprentiError, InterruptedWorkError
from apprenti.domain.sentence import Sentence
from apprenti.domain.service import Caller, Plan, Role, Task
from apprenti.engine.stoppable import StoppableEngine
from apprenti.flow.foretelling import Foretold, foretell
from apprenti.flow.service.access import allow
from apprenti.flow.service.enough import require_enough
from apprenti.flow.service.race_story import pick_data
from apprenti.flow.service.service import Service
from apprenti.flow.service.snapshot import lay_out_as_labelled
from apprenti.store import private_workspace
from apprenti.store.database import photo_grid
from apprenti.store.database import plans as table
from apprenti.store.database import tasks as task_table
from apprenti.store.database import trainings as training_table

if TYPE_CHECKING:
    from apprenti.domain.seams import Clock
    from apprenti.flow.tools import Tools
    from apprenti.store.database.rows import Tx

LOG = logging.getLogger("apprenti.planning")
BUDGETS_SECONDS = (15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1200.0, 1800.0, 3600.0, 7200.0)
"""Those a person chooses from; a plan tells of each."""
SECONDS_BETWEEN_LOOKS = 0.5


def ask_plan(service: Service, caller: Caller, workspace_id: str, task_id: str) -> Plan:
    """Ask for a plan of the task's photos as they are now, and return it as it stands.

    Raises:
        ConflictError: there is too little to learn from; the message says what to add.
    """
    allow(caller, workspace_id, Role.EDITOR)
    with service.database.write() as tx:
        task = task_table.get(tx, workspace_id, task_id)
        require_enough(tx, task)
        return table.want(tx, task_id, photos_digest(tx, task), now_us=service.now_us())


def get_plan(service: Service, caller: Caller, workspace_id: str, task_id: str) -> tuple[Plan | None, bool]:
    """Return the plan of a task, ``None`` where nobody asked for one; and whether it is of the photos of now."""
    allow(caller, workspace_id, Role.READER)
    with service.database.read() as tx:
        task = task_table.get(tx, workspace_id, task_id)
        plan = table.of_task(tx, task_id)
        return plan, plan is not None and plan.made_for == photos_digest(tx, task)


def photos_digest(tx: Tx, task: Task) -> str:
    """Return a word for the photos of a task that changes with how many there are of each label."""
    counted = [task.task_type.value, sorted(_counts(tx, task).items())]
    return hashlib.sha256(json.dumps(counted).encode()).hexdigest()


def _counts(tx: Tx, task: Task) -> dict[str, int]:
    return dict(photo_grid.counts_by_label(tx, task.workspace_id, task.id))


def make_next_plan(service: Service, worker_id: str, *, tools: Tools, stopping: Callable[[], bool]) -> bool:
    """Make the plan that was asked for last; return whether there was one to make.

    It is given up as soon as a training waits or the worker is to end; whoever comes next begins it anew.
    """
    with service.database.read() as tx:
        if not table.is_something_to_do(tx):
            return False
    with service.database.write() as tx:
        plan = table.claim(tx, worker_id, is_alive=service.locks.is_alive)
        task = task_table.of_id(tx, plan.task_id) if plan is not None else None
    if plan is None or task is None:
        return False
    should_stop = _Stop(service, stopping, tools.clock)
    try:
        content, error = _made(service, task, tools, should_stop), {}
    except InterruptedWorkError:
        with service.database.write() as tx:
            table.put_down(tx, plan, worker_id)
        return False
    except ApprentiError as refused:
        content, error = {}, {"key": f"errors.{refused.key}", "values": dict(refused.values)}
    except Exception as broken:  # whatever it is, trainings go on
        LOG.exception("the plan of task %s broke off", task.id)
        content, error = {}, {"key": "errors.training_broke", "values": {"cause": type(broken).__name__}}
    with service.database.write() as tx:
        table.finish(tx, plan, worker_id, content=content, error=error)
    return True


class _Stop:
    """Whether to give a plan up, looked at twice a second; it is told of progress to look while photos are written."""

    def __init__(self, service: Service, stopping: Callable[[], bool], clock: Clock) -> None:
        self._service, self._stopping, self._clock = service, stopping, clock
        self._looked = clock()
        self._stops = False

    def __call__(self) -> bool:
        if not self._stops and self._clock() - self._looked >= SECONDS_BETWEEN_LOOKS:
            self._looked = self._clock()
            with self._service.database.read() as tx:
                waits = training_table.is_something_to_do(tx, is_alive=self._service.locks.is_alive)
            self._stops = waits or self._stopping()
        return self._stops

    def begin(self, step: str, total: int | None = None) -> None:
        self.advance(0)

    def advance(self, n: int = 1) -> None:
        if self():
            raise InterruptedWorkError("stopped_from_outside")

    def note(self, news: Sentence, *, seconds_left: float | None = None) -> None:
        self.advance(0)

    def end(self) -> None:
        self.advance(0)


def _made(service: Service, task: Task, tools: Tools, should_stop: _Stop) -> dict[str, Any]:
    tools = replace(tools, progress=should_stop, engine=StoppableEngine(tools.engine, should_stop))
    with private_workspace() as folder:
        source = lay_out_as_labelled(service, task, folder, should_stop)
        return plan_content(foretell(source, budgets_seconds=BUDGETS_SECONDS, tools=tools))


def plan_content(foretold: Foretold) -> dict[str, Any]:
    """Return the JSON form of what is kept of a plan."""
    outlook = foretold.outlook
    best = outlook.best_score if outlook is not None else None
    return {
        "n_learnt_from": foretold.n_learnt_from,
        "n_test": foretold.n_test,
        "has_torch": foretold.has_torch,
        "n_datasets": outlook.n_datasets if outlook is not None else 0,
        "low": best.low if best is not None else None,
        "high": best.high if best is not None else None,
        "seconds_before": round(foretold.seconds_before, 1),
        "plans": [
            {
                "budget_seconds": plan.budget_seconds,
                "n_fitting": plan.n_fitting,
                "picks": [pick_data(pick) for pick in plan.picks],
            }
            for plan in foretold.plans
        ],
    }
