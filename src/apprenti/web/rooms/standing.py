"""How the review of a task stands, in numbers and words: the page shows it first, and asks again after each look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from apprenti.domain import figures
from apprenti.domain.service import CorrectionState, Task
from apprenti.flow.service import monitoring, review
from apprenti.texts import Lang, say

if TYPE_CHECKING:
    from apprenti.flow.service.review import HonestEstimate, NextTraining
    from apprenti.web.rooms.visits import Visit

DRIFTED = "feedback.wait_drift"


def standing_of(visit: Visit, task: Task) -> dict[str, Any]:
    """Return what waits, what was held back, what happens next, and how often the model is right."""
    glance = monitoring.dashboard(*visit.who, task.id, days=1)
    after = review.next_training(*visit.who, task.id)
    held = glance.corrections.get(CorrectionState.QUARANTINED, 0)
    return {
        "n_waiting": glance.n_to_review,
        "n_held": held,
        "held": say("review_room.held_n", visit.look.lang, n=held),
        "next": next_said(task, after, is_running=glance.training is not None, lang=visit.look.lang),
        "estimate": estimate_said(glance.estimate, visit.look.lang),
    }


def next_said(task: Task, after: NextTraining, *, is_running: bool, lang: Lang) -> dict[str, Any]:
    """Return what becomes of the corrections: how many there are, and when a version learns them."""
    wanted = task.corrections_until_retrain
    left = max(0, wanted - after.n_corrected) if wanted else 0
    if is_running:
        said = say("review_room.next_running", lang)
    elif after.say is not None and (after.say.key == DRIFTED or not left):
        said = after.say.said(lang)
    elif left:
        said = say("review_room.next_by_itself", lang, n=left)
    else:
        said = say("review_room.next_by_hand", lang)
    return {
        "said": said,
        "is_running": is_running,
        "corrected": say("review_room.new_corrected", lang, n=after.n_corrected),
        "confirmed": say("review_room.new_confirmed", lang, n=after.n_confirmed),
        "share": (wanted - left) / wanted if wanted else None,
    }


def estimate_said(estimate: HonestEstimate, lang: Lang) -> dict[str, Any]:
    """Return how often the model is right, and the ends of the bar that shows it, in per cent."""
    found = estimate.accuracy
    interval = found.interval
    shares = {
        "share": figures.percent(found.accuracy or 0, lang),
        "low": figures.percent(interval.low, lang),
        "high": figures.percent(interval.high, lang),
    }
    n = estimate.n_undecided
    return {
        "said": found.said().said(lang),
        "bar": say("review_room.estimate_bar", lang, **shares),
        "undecided": say("review_room.estimate_undecided", lang, n=n) if n else "",
        "accuracy": None if found.accuracy is None else round(100 * found.accuracy, 1),
        "low": round(100 * interval.low, 1),
        "width": round(100 * (interval.high - interval.low), 1),
    }
