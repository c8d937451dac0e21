"""Images that show one label made to show another, all at once."""

from __future__ import annotations

from sqlalchemy import delete, select, update

from apprenti.store.database.rows import Tx
from apprenti.store.database.tables import IMAGE_LABELS, IMAGES


def move(tx: Tx, label_id: str, into: str, *, now_us: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Let images that show ``label_id`` show ``into``; a number said with the label goes with it.

    Returns:
        The ids of the images that show ``into`` now, and of those that showed both before.
    """
    showing = (
        select(IMAGE_LABELS.c.image_id)
        .join(IMAGES, IMAGES.c.id == IMAGE_LABELS.c.image_id)
        .where(IMAGE_LABELS.c.label_id == label_id)
        .order_by(IMAGES.c.seq)
    )
    there = select(IMAGE_LABELS.c.image_id).where(IMAGE_LABELS.c.label_id == into)
    all_ids = tuple(tx.execute(showing).scalars())
    both = tuple(tx.execute(showing.where(IMAGE_LABELS.c.image_id.in_(there))).scalars())
    had = set(both)
    ours = IMAGE_LABELS.c.label_id == label_id
    tx.execute(delete(IMAGE_LABELS).where(ours, IMAGE_LABELS.c.image_id.in_(there.scalar_subquery())))
    tx.execute(update(IMAGE_LABELS).where(ours).values(label_id=into, created_us=now_us))
    return tuple(image_id for image_id in all_ids if image_id not in had), both
