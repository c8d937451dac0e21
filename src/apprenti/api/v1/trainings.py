"""Routes of trainings; ``training_events`` lets people follow them."""

from __future__ import annotations

from fastapi.responses import JSONResponse

from apprenti.api.v1 import training_events
from apprenti.api.v1.asking import Asks, Cursor, Id, IdQuery, Limit, Posts, done, made, nouns
from apprenti.api.v1.schemas import Listed
from apprenti.api.v1.schemas_trainings import NewTraining, TrainingView
from apprenti.flow.service import trainings

ROUTER = nouns("trainings")
ROUTER.include_router(training_events.ROUTER)


@ROUTER.post("/tasks/{task_id}/trainings", status_code=201, response_model=TrainingView)
def ask_training(posts: Posts, task_id: Id, body: NewTraining | None = None) -> JSONResponse:
    """Put a training into the queue; where one of the task waits or runs already, that one is the answer."""
    wanted = body or NewTraining()
    return posts.once(
        lambda service: made(
            TrainingView.of(
                trainings.ask_training(*posts.of(service), task_id, **wanted.model_dump()), posts.lang
            )
        ),
        wanted,
    )


@ROUTER.get("/trainings")
def list_trainings(
    asks: Asks, task: IdQuery = None, cursor: Cursor = None, limit: Limit = 50
) -> Listed[TrainingView]:
    """List trainings, newest first."""
    page = trainings.list_trainings(*asks.who, task_id=task, cursor=cursor, limit=limit)
    return Listed(items=[TrainingView.of(job, asks.lang) for job in page.items], next_cursor=page.next_cursor)


@ROUTER.get("/trainings/{training_id}")
def show_training(asks: Asks, training_id: Id) -> TrainingView:
    """Show a training and how far it is."""
    return TrainingView.of(trainings.get_training(*asks.who, training_id), asks.lang)


@ROUTER.post("/trainings/{training_id}/cancel", response_model=TrainingView)
def cancel_training(posts: Posts, training_id: Id) -> JSONResponse:
    """Cancel a training: at once where it waits, within seconds where it runs; one that is over stays as it is."""
    return posts.once(
        lambda service: done(
            TrainingView.of(trainings.cancel_training(*posts.of(service), training_id), posts.lang)
        )
    )
