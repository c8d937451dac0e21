"""What was done in a workspace, and what it holds."""

from __future__ import annotations

from dataclasses import dataclass

from apprenti.domain.service import AuditEntry, Caller, Role
from apprenti.flow.service.access import allow
from apprenti.flow.service.service import Service
from apprenti.store.database import audit, counting
from apprenti.store.database import images as image_table
from apprenti.store.database.rows import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """How much a workspace holds.

    Args:
        n_tasks: tasks.
        n_labels: labels.
        n_images: images.
        n_bytes_images: what they take, each counted once.
        n_trainings: trainings, whatever came of them.
        n_versions: versions of models.
        n_bytes_versions: what their model files take.
        n_predictions: answers kept.
        n_corrections: what people said of them.
    """

    n_tasks: int
    n_labels: int
    n_images: int
    n_bytes_images: int
    n_trainings: int
    n_versions: int
    n_bytes_versions: int
    n_predictions: int
    n_corrections: int


def list_audit(
    service: Service,
    caller: Caller,
    workspace_id: str,
    *,
    noun: str | None = None,
    noun_id: str | None = None,
    token_id: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[AuditEntry]:
    """Return what was done in a workspace, newest first: with a kind of thing, one thing, by somebody; or all."""
    allow(caller, workspace_id, Role.OWNER)
    with service.database.read() as tx:
        return audit.page(
            tx, workspace_id, noun=noun, noun_id=noun_id, token_id=token_id, cursor=cursor, limit=limit
        )


def usage_of(service: Service, caller: Caller, workspace_id: str) -> Usage:
    """Return how much a workspace holds."""
    allow(caller, workspace_id, Role.READER)
    with service.database.read() as tx:
        n = counting.n_rows(tx, workspace_id)
        return Usage(
            n_tasks=n["tasks"],
            n_labels=n["labels"],
            n_images=n["images"],
            n_bytes_images=image_table.n_bytes(tx, workspace_id),
            n_trainings=n["trainings"],
            n_versions=n["versions"],
            n_bytes_versions=counting.n_bytes_of_versions(tx, workspace_id),
            n_predictions=n["predictions"],
            n_corrections=n["corrections"],
        )
