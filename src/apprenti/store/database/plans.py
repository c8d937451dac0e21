"""Plans in the database: one for each task, asked for by people and made by workers that have nothing else to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from apprenti.domain.service import Plan
from apprenti.store.database import rows
from apprenti.store.database.rows import Tx
from apprenti.store.database.tables import PLANS


def of_task(tx: Tx, task_id: str) -> Plan | None:
    """Return the plan of a task; ``None`` where nobody has asked for one."""
    return rows.find(tx, PLANS, Plan, PLANS.c.task_id == task_id)


def want(tx: Tx, task_id: str, photos: str, *, now_us: int) -> Plan:
    """Note that a plan is wanted for photos of this digest, and return it as it stands."""
    here = PLANS.c.task_id == task_id
    if not rows.change(tx, PLANS, here, wanted_for=photos, asked_us=now_us):
        rows.add(tx, PLANS, Plan(task_id=task_id, wanted_for=photos, asked_us=now_us))
    plan = of_task(tx, task_id)
    assert plan is not None
    return plan


def claim(tx: Tx, owner: str, *, is_alive: Callable[[str], bool]) -> Plan | None:
    """Take the plan that was asked for last and nobody works at; ``None`` where there is none."""
    due = rows.every(
        tx, PLANS, Plan, PLANS.c.wanted_for != PLANS.c.made_for, order=[PLANS.c.asked_us.desc(), PLANS.c.seq]
    )
    plan = next((one for one in due if not one.owner or not is_alive(one.owner)), None)
    if plan is not None:
        rows.change(tx, PLANS, PLANS.c.task_id == plan.task_id, owner=owner)
    return plan


def is_something_to_do(tx: Tx) -> bool:
    """Return whether any plan is wanted."""
    return rows.count(tx, PLANS, PLANS.c.wanted_for != PLANS.c.made_for) > 0


def put_down(tx: Tx, plan: Plan, owner: str) -> None:
    """Leave a plan to whoever comes next."""
    rows.change(tx, PLANS, PLANS.c.task_id == plan.task_id, PLANS.c.owner == owner, owner="")


def finish(tx: Tx, plan: Plan, owner: str, *, content: Mapping[str, Any], error: Mapping[str, Any]) -> None:
    """Write what came of a plan, unless another worker has it or its task is gone."""
    mine = (PLANS.c.task_id == plan.task_id, PLANS.c.owner == owner)
    rows.change(tx, PLANS, *mine, owner="", made_for=plan.wanted_for, content=content, error=error)
