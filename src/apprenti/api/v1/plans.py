"""Routes of plans: what a training would try and why, before one is asked for."""

from __future__ import annotations

from fastapi.responses import JSONResponse

from apprenti.api.v1.asking import Asks, Id, Posts, done, nouns
from apprenti.api.v1.schemas_plans import PlanView
from apprenti.flow.service import planning
from apprenti.flow.service.repeats import Answer
from apprenti.flow.service.service import Service

ROUTER = nouns("trainings")


@ROUTER.get("/tasks/{task_id}/plan")
def show_plan(asks: Asks, task_id: Id) -> PlanView:
    """Show what a training would try within budgets from seconds to hours, and why, as far as it is worked out."""
    plan, is_current = planning.get_plan(*asks.who, task_id)
    return PlanView.of(task_id, plan, asks.lang, is_current=is_current)


@ROUTER.post("/tasks/{task_id}/plan", response_model=PlanView)
def ask_plan(posts: Posts, task_id: Id) -> JSONResponse:
    """Ask for the plan of the photos as they are now; a worker makes it as soon as it has nothing to train."""

    def ask(service: Service) -> Answer:
        planning.ask_plan(*posts.of(service), task_id)
        plan, is_current = planning.get_plan(*posts.of(service), task_id)
        return done(PlanView.of(task_id, plan, posts.lang, is_current=is_current))

    return posts.once(ask)
