"""What a network makes of photos, one row of numbers for each; deleted with its photo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import exists, func, insert, select

from apprenti.store.database import rows
from apprenti.store.database.photo_grid import where_of
from apprenti.store.database.rows import Tx
from apprenti.store.database.tables import EMBEDDINGS, IMAGES

KEPT_AS = np.dtype("<f2")
"""Half of float32's digits: likeness does not notice, and ten thousand photos take 34 megabytes and not 68."""


def waiting(tx: Tx, made_by: str, *, limit: int) -> tuple[tuple[str, str], ...]:
    """Return id and SHA-256 of images that have none yet, oldest first.

    Args:
        tx: a transaction.
        made_by: which network, at which size.
        limit: how many at most.
    """
    there = exists().where(EMBEDDINGS.c.image_id == IMAGES.c.id, EMBEDDINGS.c.made_by == made_by)
    asked = select(IMAGES.c.id, IMAGES.c.sha256).where(~there).order_by(IMAGES.c.seq).limit(limit)
    return tuple((row.id, row.sha256) for row in tx.execute(asked))


def newest_image(tx: Tx) -> int:
    """Return the place of the image that came in last; 0 where there is none. It is read off the end of an index."""
    return int(tx.execute(select(func.max(IMAGES.c.seq))).scalar() or 0)


def put(tx: Tx, made_by: str, vectors: Mapping[str, NDArray[np.float32]]) -> None:
    """Keep the embeddings of images by id; of an image that went meanwhile, or has one, nothing is kept.

    An image that cannot be decoded is kept with a vector of no numbers, so that it is not tried for ever.
    """
    for part in rows.in_batches(list(vectors)):
        here = set(tx.execute(select(IMAGES.c.id).where(IMAGES.c.id.in_(part))).scalars())
        of_these = (EMBEDDINGS.c.image_id.in_(part), EMBEDDINGS.c.made_by == made_by)
        had = set(tx.execute(select(EMBEDDINGS.c.image_id).where(*of_these)).scalars())
        new = [
            {"image_id": id_, "made_by": made_by, "vector": vectors[id_].astype(KEPT_AS).tobytes()}
            for id_ in part
            if id_ in here - had
        ]
        if new:
            tx.execute(insert(EMBEDDINGS), new)


def forget_others(tx: Tx, made_by: str) -> int:
    """Delete what other networks made of photos, such as that of an earlier version; return how many rows."""
    return rows.remove(tx, EMBEDDINGS, EMBEDDINGS.c.made_by != made_by)


def count(tx: Tx, workspace_id: str, task_id: str, which: str, *, made_by: str) -> int:
    """Return how many photos have been looked at; ``which`` as of ``photo_grid.photos``."""
    there = exists().where(EMBEDDINGS.c.image_id == IMAGES.c.id, EMBEDDINGS.c.made_by == made_by)
    return rows.count(tx, IMAGES, *where_of(workspace_id, task_id, which), there)


def of_images(
    tx: Tx, image_ids: Sequence[str], *, made_by: str
) -> tuple[tuple[str, ...], NDArray[np.float32]]:
    """Return the embeddings of those of these images that have one: their ids in the order given, and [n, d]."""
    found: dict[str, NDArray[np.float16]] = {}
    for part in rows.in_batches(list(image_ids)):
        asked = select(EMBEDDINGS.c.image_id, EMBEDDINGS.c.vector).where(
            EMBEDDINGS.c.image_id.in_(part), EMBEDDINGS.c.made_by == made_by
        )
        found |= {row.image_id: np.frombuffer(row.vector, KEPT_AS) for row in tx.execute(asked) if row.vector}
    ids = tuple(id_ for id_ in image_ids if id_ in found)
    if not ids:
        return (), np.empty((0, 0), np.float32)
    return ids, np.stack([found[id_] for id_ in ids]).astype(np.float32)
