"""Photos of a task as a grid shows them: thousands at once, so that only what is drawn is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, exists, func, or_, select

from apprenti.store.database import rows
from apprenti.store.database.rows import Tx
from apprenti.store.database.tables import IMAGE_LABELS, IMAGES, TASK_LABELS

EVERY, UNLABELLED, TEST, ELSEWHERE = "all", "unlabelled", "test", "elsewhere"
"""Which photos: of the task or without any label · without any · judged on · labelled for other tasks only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GridPhoto:
    """A photo in a grid.

    Args:
        seq: its place.
        id: lower-case UUID.
        name: for people.
        is_test: judged on, never trained on.
        shows: ids of the task's labels it shows, with the numbers they stand for.
    """

    seq: int
    id: str
    name: str
    is_test: bool
    shows: tuple[tuple[str, float | None], ...] = ()


def photos(
    tx: Tx, workspace_id: str, task_id: str, which: str, *, after: int = 0, limit: int = 500
) -> tuple[GridPhoto, ...]:
    """Return up to ``limit`` photos behind the place ``after``, in the order they came in.

    Args:
        tx: a transaction.
        workspace_id: where.
        task_id: whose labels are meant.
        which: one of the words above, or the id of a label.
        after: the ``seq`` of the last one had.
        limit: how many at most.
    """
    columns = (IMAGES.c.seq, IMAGES.c.id, IMAGES.c.name, IMAGES.c.is_test)
    asked = select(*columns).where(*where_of(workspace_id, task_id, which), IMAGES.c.seq > after)
    found = tx.execute(asked.order_by(IMAGES.c.seq).limit(limit)).all()
    shows = _shows(tx, task_id, [row.id for row in found])
    return tuple(
        GridPhoto(seq=row.seq, id=row.id, name=row.name, is_test=row.is_test, shows=tuple(shows[row.id]))
        for row in found
    )


def count(tx: Tx, workspace_id: str, task_id: str, which: str) -> int:
    """Return how many photos there are of this kind."""
    return rows.count(tx, IMAGES, *where_of(workspace_id, task_id, which))


def counts_by_label(
    tx: Tx, workspace_id: str, task_id: str, *, is_test: bool | None = None
) -> Mapping[str, int]:
    """Return how many photos show each label of the task; labels without any are left out."""
    asked = (
        select(IMAGE_LABELS.c.label_id, func.count().label("n"))
        .join(IMAGES, IMAGES.c.id == IMAGE_LABELS.c.image_id)
        .where(IMAGES.c.workspace_id == workspace_id, IMAGE_LABELS.c.label_id.in_(_answers(task_id)))
        .group_by(IMAGE_LABELS.c.label_id)
    )
    if is_test is not None:
        asked = asked.where(IMAGES.c.is_test == is_test)
    return {row.label_id: row.n for row in tx.execute(asked)}


def with_bytes(
    tx: Tx, workspace_id: str, task_id: str, hashes: Sequence[str]
) -> Mapping[str, tuple[str, tuple[str, ...]]]:
    """Return which of these bytes are here already: by SHA-256 the photo's id and the task's labels it shows."""
    here: dict[str, str] = {}
    for part in rows.in_batches(list(hashes)):
        asked = select(IMAGES.c.sha256, IMAGES.c.id).where(
            IMAGES.c.workspace_id == workspace_id, IMAGES.c.sha256.in_(part)
        )
        here |= {row.sha256: row.id for row in tx.execute(asked)}
    shows = _shows(tx, task_id, list(here.values()))
    return {sha256: (id_, tuple(label for label, _ in shows[id_])) for sha256, id_ in here.items()}


def _answers(task_id: str) -> Select[Any]:
    return select(TASK_LABELS.c.label_id).where(TASK_LABELS.c.task_id == task_id)


def where_of(workspace_id: str, task_id: str, which: str) -> list[Any]:
    """Return what says which images are meant; ``which`` as of ``photos``."""
    shows = IMAGE_LABELS.c.image_id == IMAGES.c.id
    any_label = exists().where(shows)
    of_task = exists().where(shows, IMAGE_LABELS.c.label_id.in_(_answers(task_id)))
    meant: dict[str, list[Any]] = {
        EVERY: [or_(of_task, ~any_label)],
        UNLABELLED: [~any_label],
        TEST: [of_task, IMAGES.c.is_test],
        ELSEWHERE: [any_label, ~of_task],
    }
    one_label = [exists().where(shows, IMAGE_LABELS.c.label_id == which)]
    return [IMAGES.c.workspace_id == workspace_id, *meant.get(which, one_label)]


def _shows(tx: Tx, task_id: str, image_ids: Sequence[str]) -> dict[str, list[tuple[str, float | None]]]:
    shows: dict[str, list[tuple[str, float | None]]] = {image_id: [] for image_id in image_ids}
    columns = (IMAGE_LABELS.c.image_id, IMAGE_LABELS.c.label_id, IMAGE_LABELS.c.value)
    for part in rows.in_batches(list(image_ids)):
        asked = select(*columns).where(
            IMAGE_LABELS.c.image_id.in_(part), IMAGE_LABELS.c.label_id.in_(_answers(task_id))
        )
        for row in tx.execute(asked.order_by(IMAGE_LABELS.c.seq)):
            shows[row.image_id].append((row.label_id, row.value))
    return shows
