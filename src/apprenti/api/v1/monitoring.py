"""Routes of what is watched: traffic, the window alarm, a task at a glance, figures for Prometheus."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Response

from apprenti.api.v1.asking import Asks, Id, nouns
from apprenti.api.v1.schemas_monitoring import AlarmState, AlarmView, DashboardView, DayView, Traffic
from apprenti.flow.service import metrics, monitoring
from apprenti.flow.service.exposition import CONTENT_TYPE

ROUTER = nouns("monitoring")
Days = Annotated[int, Query(ge=1, le=366, description="how many, today included")]
_TEXT: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {"text/plain": {"schema": {"type": "string"}}},
        "description": "the text format of Prometheus, 0.0.4",
    }
}


@ROUTER.get("/tasks/{task_id}/dashboard")
def show_dashboard(asks: Asks, task_id: Id, days: Days = 30) -> DashboardView:
    """Show a task at a glance: traffic, accuracy, alarm, what waits."""
    return DashboardView.of(monitoring.dashboard(*asks.who, task_id, days=days), asks.lang)


@ROUTER.get("/tasks/{task_id}/traffic")
def show_traffic(asks: Asks, task_id: Id, days: Days = 30) -> Traffic:
    """Show what each version answered on each day; days without answers are left out."""
    found = monitoring.traffic_of(*asks.who, task_id, days=days)
    return Traffic(items=[DayView.of(day) for day in found])


@ROUTER.get("/tasks/{task_id}/alarm")
def show_alarm(asks: Asks, task_id: Id) -> AlarmState:
    """Say whether the photos that come in differ from the training photos, since when, and which differ most."""
    alarm = monitoring.alarm_of(*asks.who, task_id)
    return AlarmState(alarm=AlarmView.of(alarm, asks.lang) if alarm is not None else None)


@ROUTER.get("/metrics", response_class=Response, responses=_TEXT)
def show_metrics(asks: Asks) -> Response:
    """Show the figures of the whole service for Prometheus; operators only."""
    return Response(metrics.metrics_text(asks.service, asks.caller), media_type=CONTENT_TYPE)
