"""Which version of a task answers, remembered for a moment so that answering asks no database."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from apprenti.domain.errors import ConflictError
from apprenti.store.database import tasks as task_table
from apprenti.store.database import versions as version_table

if TYPE_CHECKING:
    from apprenti.domain.service import Task, Version
    from apprenti.store.database.connection import Database

REMEMBERED_US = 1_000_000
MOST_REMEMBERED = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """A task and the version of it that answers.

    Args:
        task: what is asked.
        version: who answers.
    """

    task: Task
    version: Version


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    answering: Answering
    change: object
    read_us: int


class AnsweringVersions:
    """Looks up who answers.

    What this server writes is seen at once: any change of its database, a promotion or another, makes it look again.
    What others write, workers and other servers, is seen after ``REMEMBERED_US`` at the latest.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str, int | None], _Known] = OrderedDict()
        self._lock = threading.Lock()

    def of(
        self, database: Database, workspace_id: str, task_id: str, number: int | None, *, now_us: int
    ) -> Answering:
        """Return a task and the version of it that answers.

        Args:
            database: where to look.
            workspace_id: where the task is.
            task_id: which.
            number: of the version; the one in production where none is named.
            now_us: the time.

        Raises:
            ConflictError: the task has no model yet.
            NotFoundError: there is no such task or version.
        """
        key = (workspace_id, task_id, number)
        change = database.last_change  # before looking: what is written meanwhile makes what was seen old
        known = self._known.get(key)
        if known is not None and known.change == change and 0 <= now_us - known.read_us < REMEMBERED_US:
            return known.answering
        found = _looked_up(database, workspace_id, task_id, number)
        with self._lock:
            self._known[key] = _Known(answering=found, change=change, read_us=now_us)
            self._known.move_to_end(key)
            while len(self._known) > MOST_REMEMBERED:
                self._known.popitem(last=False)
        return found


def _looked_up(database: Database, workspace_id: str, task_id: str, number: int | None) -> Answering:
    with database.read() as tx:
        task = task_table.get(tx, workspace_id, task_id)
        chosen = task.production_version if number is None else number
        if chosen is None:
            raise ConflictError("no_version_yet", task=task.name)
        return Answering(task=task, version=version_table.numbered(tx, workspace_id, task_id, chosen))
