"""How much a workspace holds, counted in the database."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select

from apprenti.store.database import rows
from apprenti.store.database.rows import Tx
from apprenti.store.database.tables import (
    CORRECTIONS,
    IMAGES,
    LABELS,
    PREDICTIONS,
    TASKS,
    TRAININGS,
    VERSIONS,
)


def n_rows(tx: Tx, workspace_id: str) -> Mapping[str, int]:
    """Return how many rows of each noun a workspace has, by the name of its table."""
    tables = (TASKS, LABELS, IMAGES, TRAININGS, VERSIONS, PREDICTIONS, CORRECTIONS)
    return {table.name: rows.count(tx, table, table.c.workspace_id == workspace_id) for table in tables}


def n_bytes_of_versions(tx: Tx, workspace_id: str) -> int:
    """Return how many bytes the model files of a workspace take."""
    taken = func.coalesce(func.sum(VERSIONS.c.n_bytes), 0)
    return int(tx.execute(select(taken).where(VERSIONS.c.workspace_id == workspace_id)).scalar_one())
