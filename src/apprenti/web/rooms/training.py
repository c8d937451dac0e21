"""The train room: begin with a budget, follow, cancel, and read what came of it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from apprenti.domain.errors import ApprentiError, OptionError
from apprenti.domain.service import JobState, TrainingJob
from apprenti.flow.service import photo_grid, tasks, trainings
from apprenti.flow.service.planning import BUDGETS_SECONDS
from apprenti.flow.service.trainings import LEAST_IMAGES
from apprenti.web.rooms import told
from apprenti.web.rooms.outcome import outcome_said, read_on
from apprenti.web.rooms.visits import Forms, Visit, Visits, go_to

ROUTER = APIRouter()
N_PAST = 8


@ROUTER.get("/tasks/{task_id}/train")
def show_room(visit: Visits, task_id: str) -> Response:
    """Show the training under way, or how to begin one; and those before it."""
    task, lang = visit.task(task_id), visit.look.lang
    jobs = trainings.list_trainings(*visit.who, task_id=task_id, limit=N_PAST).items
    now = next((job for job in jobs if not job.state.is_over), None)
    return visit.page(
        "train",
        areas=("train_room",),
        task=task,
        room="train",
        readiness=_readiness(visit, task_id),
        budgets=[{"seconds": seconds, "said": told.duration(seconds, lang)} for seconds in BUDGETS_SECONDS],
        chosen=_nearest(task.budget_seconds),
        now=now,
        budget_said=told.duration(now.budget_seconds, lang) if now else "",
        last=_outcome(visit, task_id, jobs[0]) if jobs and now is None else None,
        past=[_row(visit, job) for job in jobs if job.state.is_over],
    )


@ROUTER.post("/tasks/{task_id}/train")
def begin(form: Forms, task_id: str) -> Response:
    """Put a training into the queue."""
    step = form.fields.get("budget", "")
    if not step.isdecimal() or len(step) > 2 or int(step) >= len(BUDGETS_SECONDS):
        raise OptionError("field_unknown", field="budget")
    seconds = float(BUDGETS_SECONDS[int(step)])
    tasks.change_task(*form.visit.who, task_id, budget_seconds=seconds)  # what is proposed the next time
    trainings.ask_training(*form.visit.who, task_id, budget_seconds=seconds)
    return go_to(f"/tasks/{task_id}/train")


@ROUTER.post("/tasks/{task_id}/trainings/{training_id}/cancel")
def cancel(form: Forms, task_id: str, training_id: str) -> Response:
    """Cancel a training."""
    trainings.cancel_training(*form.visit.who, training_id)
    return go_to(f"/tasks/{task_id}/train")


def _readiness(visit: Visit, task_id: str) -> dict[str, Any]:
    counts = photo_grid.count_photos(*visit.who, task_id)
    n = {label.id: counts.by_label.get(label.id, 0) for label, _ in tasks.task_labels(*visit.who, task_id)}
    n_photos = counts.every - counts.unlabelled
    return {
        "n_photos": n_photos,
        "n_labels": len(n),
        "n_test": counts.test,
        "n_unlabelled": counts.unlabelled,
        "fewest": min(n.values(), default=0),
        "is_enough": n_photos >= LEAST_IMAGES,
    }


def _outcome(visit: Visit, task_id: str, job: TrainingJob) -> dict[str, Any] | None:
    if job.state is JobState.DONE and job.version_number is not None:
        try:
            row = told.version_row(visit, task_id, job.version_number)
            report = told.report_of(visit, task_id, job.version_number)
            lang = visit.look.lang
            return {
                "state": "done",
                **row,
                "has_report": report is not None,
                "said": () if report is None else outcome_said(report, lang),
                "read_on": () if report is None else read_on(report, lang),
            }
        except ApprentiError:  # deleted since
            return None
    return {"state": job.state.value, "error": told.sentence(job.error, visit.look.lang)}


def _row(visit: Visit, job: TrainingJob) -> dict[str, Any]:
    lang = visit.look.lang
    took = (job.finished_us or job.created_us) - (job.started_us or job.finished_us or job.created_us)
    return {
        "job": job,
        "when": told.moment(job.created_us),
        "took": told.duration(took / 1e6, lang),
        "budget": told.duration(job.budget_seconds, lang),
        "error": told.sentence(job.error, lang),
    }


def _nearest(seconds: float) -> int:
    return min(range(len(BUDGETS_SECONDS)), key=lambda step: abs(BUDGETS_SECONDS[step] - seconds))
