"""The second part of the review room: what comes in, and whether it is still what the model learnt from."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from apprenti.domain.errors import NotFoundError
from apprenti.domain.service import Alarm
from apprenti.flow.service import monitoring, predictions, tasks
from apprenti.flow.service.drift_checks import EPOCH
from apprenti.flow.service.monitoring import Dashboard
from apprenti.flow.service.photo_history import photo_history
from apprenti.flow.service.traffic import day_of
from apprenti.stages.feedback.drift import FEWEST_PHOTOS
from apprenti.stages.feedback.photo_shift import WORDS
from apprenti.texts import Lang, say
from apprenti.web.rooms import told
from apprenti.web.rooms.fact_charts import fact_charts
from apprenti.web.rooms.traffic_charts import Drawn, together, traffic_charts, versions_begun
from apprenti.web.rooms.visits import Visit, Visits

ROUTER = APIRouter()
DAYS = (7, 30, 90)
MOST_MOVED = 8


@ROUTER.get("/tasks/{task_id}/review/traffic")
def show_traffic(visit: Visits, task_id: str, days: Annotated[int, Query(ge=1, le=366)] = 30) -> Response:
    """Show what came in on each day, and what the last window said."""
    glance = monitoring.dashboard(*visit.who, task_id, days=days)
    drawn = _drawn(visit, glance, days)
    names = {label.id: label.name for label, _ in tasks.task_labels(*visit.who, task_id)}
    histories = photo_history(*visit.who, task_id, days=days)
    return visit.page(
        "review_traffic",
        task=glance.task,
        room="review",
        part="traffic",
        days=days,
        choices=DAYS,
        drift=_drift(visit, glance),
        traffic=traffic_charts(drawn, names) if drawn.found else [],
        facts=fact_charts(drawn, histories, _changed(glance, visit.look.lang)) if histories else [],
    )


def _drawn(visit: Visit, glance: Dashboard, days: int) -> Drawn:
    today, lang = day_of(visit.house.service.now_us()), visit.look.lang
    return Drawn(
        lang=lang,
        days=range(today - days + 1, today + 1),
        found=together(glance.traffic),
        begun=versions_begun(glance.traffic),
        say_day=lambda day: day_said(day, lang),
    )


def day_said(day: int, lang: Lang) -> str:
    """Return the short name of a UTC day, given in days since the epoch.

    Example:
        >>> day_said(20_370, "en"), day_said(20_370, "fr")
        ('9 Oct', '9 oct.')
    """
    date = EPOCH + timedelta(days=day)
    return say(f"traffic_room.day_short_{date.month}", lang, day=date.day)


def _drift(visit: Visit, glance: Dashboard) -> dict[str, Any]:
    lang, alarm = visit.look.lang, glance.alarm
    if alarm is None or not alarm.checked_us or alarm.version_number != glance.task.production_version:
        return {
            "is_on": False,
            "said": say("traffic_room.drift_none", lang, fewest=FEWEST_PHOTOS),
            "when": "",
        }
    key = "traffic_room.drift_on" if alarm.is_on else "traffic_room.drift_off"
    return {
        "is_on": alarm.is_on,
        "said": say(key, lang, n=alarm.n),
        "window": say("traffic_room.drift_window", lang, n=alarm.n),
        "notices": [notice.said(lang) for notice in glance.notices],
        "when": told.moment(alarm.checked_us),
        "moved": _moved(visit, alarm),
    }


def _moved(visit: Visit, alarm: Alarm) -> list[str]:
    """Return the images of the predictions that differ most, those that were kept."""
    found: list[str] = []
    for prediction_id in alarm.moved:
        try:
            image_id = predictions.get_prediction(*visit.who, prediction_id).image_id
        except NotFoundError:
            continue
        if image_id is not None and image_id not in found:
            found.append(image_id)
    return found[:MOST_MOVED]


def _changed(glance: Dashboard, lang: Lang) -> dict[str, str] | None:
    """Return the sentence of each fact the alarm names; ``None`` where nothing was looked at yet."""
    alarm = glance.alarm
    if alarm is None or not alarm.checked_us or alarm.version_number != glance.task.production_version:
        return None
    fact_of = {f"feedback.{word}": fact for fact, both in WORDS.items() for word in both}
    return {
        fact_of[notice.what.key]: notice.said(lang) for notice in glance.notices if notice.what.key in fact_of
    }
