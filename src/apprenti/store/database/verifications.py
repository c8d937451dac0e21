"""Verifications in the database: who found right what an image is said to show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from apprenti.domain.service import Verification
from apprenti.store.database import rows
from apprenti.store.database.rows import Page, Tx
from apprenti.store.database.tables import VERIFICATIONS


def insert(tx: Tx, *verifications: Verification) -> None:
    """Write new verifications."""
    rows.add(tx, VERIFICATIONS, *verifications)


def by_user(tx: Tx, image_id: str, user: str) -> Verification | None:
    """Return the verification of an image by one person, where there is one."""
    return rows.find(
        tx, VERIFICATIONS, Verification, VERIFICATIONS.c.image_id == image_id, VERIFICATIONS.c.user == user
    )


def page(
    tx: Tx, workspace_id: str, *, image_id: str | None = None, cursor: str | None = None, limit: int = 50
) -> Page[Verification]:
    """Return verifications of a workspace or of one of its images, oldest first."""
    where = _where(workspace_id, image_id)
    return rows.page(tx, VERIFICATIONS, Verification, *where, cursor=cursor, limit=limit)


def count(tx: Tx, workspace_id: str, *, image_id: str | None = None) -> int:
    """Return how many verifications ``page`` would give in all."""
    return rows.count(tx, VERIFICATIONS, *_where(workspace_id, image_id))


def n_of_images(tx: Tx, image_ids: Sequence[str]) -> Mapping[str, int]:
    """Return how many people have verified each image."""
    found = dict.fromkeys(image_ids, 0)
    for part in rows.in_batches(list(image_ids)):
        asked = (
            select(VERIFICATIONS.c.image_id, func.count())
            .where(VERIFICATIONS.c.image_id.in_(part))
            .group_by(VERIFICATIONS.c.image_id)
        )
        found.update({row[0]: row[1] for row in tx.execute(asked)})
    return found


def delete(tx: Tx, workspace_id: str, verification_id: str) -> int:
    """Delete a verification; return 1, or 0 where this workspace has none of this id."""
    return rows.remove(
        tx,
        VERIFICATIONS,
        VERIFICATIONS.c.workspace_id == workspace_id,
        VERIFICATIONS.c.id == verification_id,
    )


def _where(workspace_id: str, image_id: str | None) -> list[Any]:
    where: list[Any] = [VERIFICATIONS.c.workspace_id == workspace_id]
    if image_id is not None:
        where.append(VERIFICATIONS.c.image_id == image_id)
    return where
