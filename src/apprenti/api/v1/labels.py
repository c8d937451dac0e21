"""Routes of labels."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Response
from fastapi.responses import JSONResponse

from apprenti.api.v1.asking import Asks, Cursor, Id, IdQuery, Limit, Posts, made, nouns
from apprenti.api.v1.schemas import Listed
from apprenti.api.v1.schemas_tasks import CountedLabel, LabelChange, LabelView, NewLabel, TaskView
from apprenti.flow.service import labels

ROUTER = nouns("labels")


@ROUTER.get("/labels")
def list_labels(
    asks: Asks,
    task: IdQuery = None,
    search: Annotated[str | None, Query(max_length=200, description="letters of the name")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Listed[CountedLabel]:
    """List labels, oldest first, each with how many images show it."""
    page = labels.list_labels(*asks.who, task_id=task, search=search, cursor=cursor, limit=limit)
    n_images = labels.count_images(*asks.who, [label.id for label in page.items])
    items = [CountedLabel.counted(label, n_images[label.id]) for label in page.items]
    return Listed(items=items, next_cursor=page.next_cursor)


@ROUTER.post("/labels", status_code=201, response_model=LabelView)
def create_label(posts: Posts, body: NewLabel) -> JSONResponse:
    """Make a label."""
    return posts.once(
        lambda service: made(LabelView.of(labels.create_label(*posts.of(service), **body.model_dump()))), body
    )


@ROUTER.get("/labels/{label_id}")
def show_label(asks: Asks, label_id: Id) -> CountedLabel:
    """Show a label."""
    label = labels.get_label(*asks.who, label_id)
    return CountedLabel.counted(label, labels.count_images(*asks.who, [label_id])[label_id])


@ROUTER.patch("/labels/{label_id}")
def change_label(asks: Asks, label_id: Id, body: LabelChange) -> LabelView:
    """Change a label."""
    return LabelView.of(labels.change_label(*asks.who, label_id, **body.model_dump(exclude_unset=True)))


@ROUTER.delete("/labels/{label_id}", status_code=204)
def delete_label(
    asks: Asks,
    label_id: Id,
    with_images: Annotated[bool, Query(description="delete every image that shows it as well")] = False,
) -> Response:
    """Delete a label; images stay without it unless ``with_images`` says otherwise."""
    labels.delete_label(*asks.who, label_id, with_images=with_images)
    return Response(status_code=204)


@ROUTER.get("/labels/{label_id}/tasks")
def list_tasks_of_label(asks: Asks, label_id: Id) -> Listed[TaskView]:
    """List the tasks a label answers."""
    return Listed(items=[TaskView.of(task) for task, _ in labels.tasks_of_label(*asks.who, label_id)])
