"""The models room: versions side by side, which one answers, trying it, asking it from programs."""

from __future__ import annotations

import re

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from apprenti.domain.dataset import TaskType
from apprenti.domain.errors import ModelFileError
from apprenti.domain.report import Report
from apprenti.domain.service import Role
from apprenti.flow.export import Format
from apprenti.flow.service import access, runs, tasks, versions
from apprenti.stages.predict import Predictor
from apprenti.web.rooms import told
from apprenti.web.rooms.frame import HEADERS, REPORT_POLICY
from apprenti.web.rooms.snippets import LANGUAGES, snippets
from apprenti.web.rooms.visits import Forms, Visits, go_to

ROUTER = APIRouter()
MOST_SHOWN = 50
EXPORTS = {
    TaskType.MULTI_CLASS: (Format.ONNX, Format.INT8, Format.LABELS),
    TaskType.MULTI_LABEL: (Format.ONNX, Format.LABELS),
    TaskType.REGRESSION: (Format.ONNX,),
}
_NOT_IN_A_NAME = re.compile(r"[^\w.-]+", re.ASCII)


@ROUTER.get("/tasks/{task_id}/models")
def show_room(request: Request, visit: Visits, task_id: str) -> Response:
    """Show the versions side by side."""
    task = visit.task(task_id)
    found = versions.list_versions(*visit.who, task_id=task_id, limit=MOST_SHOWN).items
    origin = str(request.base_url).rstrip("/")
    return visit.page(
        "models",
        areas=("models_room",),
        task=task,
        room="models",
        rows=[told.version_said(visit, task, version) for version in found],
        max_bytes=visit.house.service.limits.max_image_bytes,
        origin=origin,
        code=snippets(origin, task_id, task.task_type),
        languages=LANGUAGES,
        exports=[form.value for form in EXPORTS[task.task_type]],
    )


@ROUTER.post("/tasks/{task_id}/versions/{number}/promote")
def promote(form: Forms, task_id: str, number: int) -> Response:
    """Let a version answer from now on."""
    task = form.visit.task(task_id)
    versions.promote(*form.visit.who, task_id, number, pin=task.pinned)
    return go_to(f"/tasks/{task_id}/models")


@ROUTER.post("/tasks/{task_id}/roll-back")
def roll_back(form: Forms, task_id: str) -> Response:
    """Let the version answer that did before."""
    versions.roll_back(*form.visit.who, task_id)
    return go_to(f"/tasks/{task_id}/models")


@ROUTER.post("/tasks/{task_id}/pin")
def pin(form: Forms, task_id: str) -> Response:
    """Keep the version that answers, whatever a later one scores."""
    tasks.change_task(*form.visit.who, task_id, pinned=True)
    return go_to(f"/tasks/{task_id}/models")


@ROUTER.post("/tasks/{task_id}/unpin")
def unpin(form: Forms, task_id: str) -> Response:
    """Let better versions take its place by themselves again."""
    versions.unpin(*form.visit.who, task_id)
    return go_to(f"/tasks/{task_id}/models")


@ROUTER.get("/tasks/{task_id}/versions/{number}/report")
def report(visit: Visits, task_id: str, number: int) -> Response:
    """Show the report of a version."""
    predictor = Predictor.open(versions.model_file(*visit.who, task_id, number))
    if not predictor.report:
        raise ModelFileError("report_missing", name=str(number))
    named = Report.from_json(predictor.report).named(f"{visit.task(task_id).name} · {number}")
    run = runs.run_id_of(versions.get_version(*visit.who, task_id, number))
    html = visit.house.render_report(named, visit.look.lang, run)
    return HTMLResponse(html, headers={**HEADERS, "content-security-policy": REPORT_POLICY})


@ROUTER.get("/tasks/{task_id}/versions/{number}/model")
def download(visit: Visits, task_id: str, number: int) -> Response:
    """Hand out the model file; owners only."""
    access.allow(visit.caller, visit.workspace_id, Role.OWNER)
    data = versions.model_file(*visit.who, task_id, number)
    name = _NOT_IN_A_NAME.sub("-", visit.task(task_id).name).strip("-.") or "model"
    saved = {"content-disposition": f'attachment; filename="{name}-{number}.apprenti"'}
    return Response(data, media_type="application/zip", headers=saved)
