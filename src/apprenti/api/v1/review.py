"""Routes of the review queue: what to look at first, and what that tells."""

from __future__ import annotations

from apprenti.api.v1.asking import Asks, Cursor, Id, Limit, nouns
from apprenti.api.v1.schemas import Listed
from apprenti.api.v1.schemas_loop import EstimateView, NextTrainingView, ReviewItemView
from apprenti.flow.service import review, tasks

ROUTER = nouns("review")


@ROUTER.get("/tasks/{task_id}/review")
def list_review(asks: Asks, task_id: Id, cursor: Cursor = None, limit: Limit = 50) -> Listed[ReviewItemView]:
    """List what teaches most first; images of a page that show nearly the same are folded into one item."""
    page = review.review_queue(*asks.who, task_id, cursor=cursor, limit=limit)
    return Listed(
        items=[ReviewItemView.of(item, asks.lang) for item in page.items], next_cursor=page.next_cursor
    )


@ROUTER.get("/tasks/{task_id}/estimate")
def show_estimate(asks: Asks, task_id: Id) -> EstimateView:
    """Say how often the version in production is right on the images that come in."""
    return EstimateView.of(review.honest_estimate(*asks.who, task_id), asks.lang)


@ROUTER.get("/tasks/{task_id}/next-training")
def show_next_training(asks: Asks, task_id: Id) -> NextTrainingView:
    """Say what the next training would take, and when it begins by itself."""
    labels = [label for label, negative in tasks.task_labels(*asks.who, task_id) if not negative]
    return NextTrainingView.of(review.next_training(*asks.who, task_id), labels, asks.lang)
