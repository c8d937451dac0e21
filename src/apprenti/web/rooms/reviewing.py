"""The review room: answers worth a look, what was held back, what is learnt next, and whether photos are kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from apprenti.domain import figures
from apprenti.domain.dataset import TaskType
from apprenti.domain.errors import NotFoundError, OptionError
from apprenti.domain.service import Correction, CorrectionState, StoredPrediction, Task
from apprenti.flow.service import corrections, deciding, predictions, tasks
from apprenti.flow.service.traffic import given_labels
from apprenti.texts import Lang, say
from apprenti.web.rooms import told
from apprenti.web.rooms.standing import standing_of
from apprenti.web.rooms.visits import Forms, Visit, Visits, go_to

ROUTER = APIRouter()
KEYS = "1234567890abcdefghijklmnopqrtvwxyz"
"""Of the labels, in their order; S and U have a meaning of their own here."""

MOST_HELD = 20
RETRAIN_AFTER = (5, 10, 20, 50, 100)
HELD = "feedback.held_"
DECIDED: Mapping[str, Callable[..., Correction]] = {
    "release": deciding.release,
    "reject": deciding.reject,
}


@ROUTER.get("/tasks/{task_id}/review")
def show_room(visit: Visits, task_id: str) -> Response:
    """Show what is worth a look; its script brings one photo after the other."""
    task = visit.task(task_id)
    names = {
        label.id: label.name for label, negative in tasks.task_labels(*visit.who, task_id) if not negative
    }
    after, standing = task.corrections_until_retrain, standing_of(visit, task)
    return visit.page(
        "review",
        areas=("review_room",),
        task=task,
        room="review",
        part="queue",
        standing=standing,
        held=_held(visit, task, names),
        facts={**_facts(visit, task, names), "n_waiting": standing["n_waiting"]},
        choices=sorted({*RETRAIN_AFTER, *([after] if after else [])}),
    )


@ROUTER.get("/rooms/tasks/{task_id}/standing")
def tell_standing(visit: Visits, task_id: str) -> JSONResponse:
    """Tell how the review stands after some more looks."""
    return JSONResponse(standing_of(visit, visit.task(task_id)))


@ROUTER.post("/tasks/{task_id}/consent")
def change_consent(form: Forms, task_id: str) -> Response:
    """Keep the photos that are asked about from now on, or keep no more of them."""
    tasks.change_task(*form.visit.who, task_id, keeps_images=form.fields.get("keeps") == "yes")
    return go_to(f"/tasks/{task_id}/review")


@ROUTER.post("/tasks/{task_id}/retrain-after")
def change_retraining(form: Forms, task_id: str) -> Response:
    """Say how many corrections make a training begin by itself."""
    wanted = form.fields.get("after", "")
    if wanted and not (wanted.isdecimal() and len(wanted) <= 6):
        raise OptionError("field_unknown", field="after")
    tasks.change_task(*form.visit.who, task_id, corrections_until_retrain=int(wanted) if wanted else None)
    return go_to(f"/tasks/{task_id}/review")


@ROUTER.post("/tasks/{task_id}/corrections/{correction_id}/{decision}")
def decide(form: Forms, task_id: str, correction_id: str, decision: str) -> Response:
    """Learn from a correction that was held back, or drop it."""
    if decision not in DECIDED:
        raise NotFoundError("not_found", noun="page", id=decision[:100])
    DECIDED[decision](*form.visit.who, correction_id)
    return go_to(f"/tasks/{task_id}/review#held")


def _facts(visit: Visit, task: Task, names: Mapping[str, str]) -> dict[str, Any]:
    is_number = task.task_type is TaskType.REGRESSION
    keys = dict(zip(names, KEYS, strict=False))
    return {
        "task": task.id,
        "type": task.task_type.value,
        "labels": [
            {"id": each, "name": name, "key": keys.get(each, "")}
            for each, name in names.items()
            if not is_number
        ],
        "can_edit": visit.can_edit,
    }


def _held(visit: Visit, task: Task, names: Mapping[str, str]) -> list[dict[str, Any]]:
    found = corrections.list_corrections(
        *visit.who, task_id=task.id, state=CorrectionState.QUARANTINED, limit=MOST_HELD
    )
    return [_held_row(visit, one, names) for one in found.items]


def _held_row(visit: Visit, held: Correction, names: Mapping[str, str]) -> dict[str, Any]:
    lang, kind = visit.look.lang, str(held.reason.get("key", "")).removeprefix(HELD)
    return {
        "id": held.id,
        "image_id": held.image_id,
        "said": _shown(held.label_ids, held.value, names, lang),
        "model": _model_said(visit, held.prediction_id, names),
        "why": told.sentence(held.reason, lang),
        "then": say(f"review_room.then_{_root(kind)}", lang),
        "can_release": kind != "test_photo",
    }


def _root(kind: str) -> str:
    """Return the kind of a reason: a flood is told in two ways."""
    return "flood" if kind.startswith("flood") else kind


def _shown(label_ids: tuple[str, ...], value: float | None, names: Mapping[str, str], lang: Lang) -> str:
    if value is not None:
        return figures.amount(value, lang, precision=max(abs(value), 1e-6))
    return ", ".join(names.get(one, "?") for one in label_ids) or say("review_room.none_of_them", lang)


def _model_said(visit: Visit, prediction_id: str | None, names: Mapping[str, str]) -> str:
    if prediction_id is None:
        return ""
    try:
        answered: StoredPrediction = predictions.get_prediction(*visit.who, prediction_id)
    except NotFoundError:
        return ""
    return _shown(given_labels(answered), answered.answer.get("value"), names, visit.look.lang)
