"""What a page needs to show and fill a task's photos: the grid, its counts, and what is here already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from apprenti.domain.errors import OptionError
from apprenti.domain.service import Caller, Role
from apprenti.flow.service.access import allow
from apprenti.flow.service.service import Service
from apprenti.store.database import photo_grid as table
from apprenti.store.database import tasks as task_table
from apprenti.store.database.photo_grid import ELSEWHERE, EVERY, TEST, UNLABELLED, GridPhoto

__all__ = ["EVERY", "MOST_AT_ONCE", "GridPhoto", "PhotoCounts", "count_photos", "grid_photos", "known_photos"]
MOST_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoCounts:
    """How many photos there are.

    Args:
        every: of the task, or without any label.
        unlabelled: without any label.
        test: of the task, judged on.
        elsewhere: labelled for other tasks only.
        by_label: showing each label of the task.
        tested_by_label: of those, judged on.
    """

    every: int
    unlabelled: int
    test: int
    elsewhere: int
    by_label: Mapping[str, int]
    tested_by_label: Mapping[str, int]

    @property
    def of_task(self) -> int:
        """Those with a label of the task: what everybody calls its photos; the others may become any task's."""
        return self.every - self.unlabelled


def grid_photos(
    service: Service,
    caller: Caller,
    workspace_id: str,
    task_id: str,
    which: str = EVERY,
    *,
    after: int = 0,
    limit: int = 500,
) -> tuple[GridPhoto, ...]:
    """Return photos of a task in the order they came in; see ``store.database.photo_grid.photos``."""
    allow(caller, workspace_id, Role.READER)
    with service.database.read() as tx:
        task_table.get(tx, workspace_id, task_id)
        return table.photos(tx, workspace_id, task_id, which, after=after, limit=min(limit, MOST_AT_ONCE))


def count_photos(service: Service, caller: Caller, workspace_id: str, task_id: str) -> PhotoCounts:
    """Return how many photos a task has, and of which kind."""
    allow(caller, workspace_id, Role.READER)
    with service.database.read() as tx:
        task_table.get(tx, workspace_id, task_id)
        every, unlabelled, test, elsewhere = (
            table.count(tx, workspace_id, task_id, which) for which in (EVERY, UNLABELLED, TEST, ELSEWHERE)
        )
        return PhotoCounts(
            every=every,
            unlabelled=unlabelled,
            test=test,
            elsewhere=elsewhere,
            by_label=table.counts_by_label(tx, workspace_id, task_id),
            tested_by_label=table.counts_by_label(tx, workspace_id, task_id, is_test=True),
        )


def known_photos(
    service: Service, caller: Caller, workspace_id: str, task_id: str, hashes: Sequence[str]
) -> Mapping[str, tuple[str, tuple[str, ...]]]:
    """Return which bytes need not be sent: by SHA-256 the id of the photo and the task's labels it shows.

    Raises:
        OptionError: too many at once.
    """
    allow(caller, workspace_id, Role.READER)
    if len(hashes) > MOST_AT_ONCE:
        raise OptionError("too_many_at_once", limit=MOST_AT_ONCE)
    with service.database.read() as tx:
        task_table.get(tx, workspace_id, task_id)
        return table.with_bytes(tx, workspace_id, task_id, hashes)
