"""Where answers go that keep no image: into the database, at once or some at a time.

An answer whose image is kept waits until both are on the disk, for somebody will be shown them. One without is a row
for the statistics; written alone, most of what it costs is the disk's promise that a few hundred bytes are
safe. So a server gathers such rows for a moment and writes them together. What a
process that is killed had not written yet is lost, ``pause_seconds`` of answers at the most; whoever looks for one
waits until it is written, and when the disk does not take them, answers are refused rather than forgotten.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from apprenti.domain.errors import StoreError
from apprenti.domain.seams import Peers
from apprenti.domain.service import StoredPrediction
from apprenti.flow.service.traffic import counts_of, day_of
from apprenti.store.database import predictions as table
from apprenti.store.database import traffic as traffic_table

if TYPE_CHECKING:
    from apprenti.store.database.connection import Database
    from apprenti.store.database.rows import Tx

LOG = logging.getLogger("apprenti.service")
PAUSE_SECONDS = 1.0
RETRY_SECONDS = 1.0
MOST_WAITING = 2_000
MOST_AT_ONCE = 500
LOOK_SECONDS = 0.02


class PredictionLog(Protocol):
    """Takes answers that keep no image."""

    def keep(self, database: Database, predictions: Sequence[StoredPrediction]) -> None:
        """Take answers.

        Raises:
            StoreError: they cannot be kept.
        """

    def settle(self) -> None:
        """Return when every answer taken so far is on the disk.

        Raises:
            StoreError: they cannot be written.
        """


class DirectLog:
    """Writes answers at once."""

    def keep(self, database: Database, predictions: Sequence[StoredPrediction]) -> None:
        """Write answers; they are on the disk when this returns."""
        with database.write(only_adds=True) as tx:
            write_answers(tx, predictions)

    def settle(self) -> None:
        """Pass: nothing waits."""


class GatheredLog:
    """Writes answers a moment later, all that came meanwhile in one transaction, from a thread of its own.

    Args:
        database: where to.
        pause_seconds: how long answers are gathered.
        most_waiting: answers; more are written by whoever brings them, who so learns when the disk takes nothing.
        peers: other processes of the same server; who looks for an answer waits for theirs as well.
    """

    def __init__(
        self,
        database: Database,
        *,
        pause_seconds: float = PAUSE_SECONDS,
        most_waiting: int = MOST_WAITING,
        peers: Peers | None = None,
    ) -> None:
        self._database, self._pause_seconds, self._most = database, pause_seconds, most_waiting
        self._peers = peers
        self._waiting: list[StoredPrediction] = []
        self._n_taken = self._n_settled = self._n_dropped = 0
        self._error: StoreError | None = None
        self._closing = False
        self._state = threading.Condition()
        # the writer is woken by the first of a group alone: a wake-up costs as much as the row
        self._has_work, self._in_a_hurry = threading.Event(), threading.Event()
        self._writer = threading.Thread(target=self._write_on, name="predictions", daemon=True)

    @property
    def n_dropped(self) -> int:
        """How many answers were not written: their task was deleted meanwhile, or the last write failed."""
        return self._n_dropped

    def keep(self, database: Database, predictions: Sequence[StoredPrediction]) -> None:
        """Take answers, to be written in a moment."""
        with self._state:
            takes = not self._closing and len(self._waiting) + len(predictions) <= self._most
            if takes:
                self._waiting.extend(predictions)
                self._n_taken += len(predictions)
                self._tell_peers()
                if self._writer.ident is None:
                    self._writer.start()
        if not takes:
            with database.write(only_adds=True) as tx:
                write_answers(tx, predictions)
        elif not self._has_work.is_set():
            self._has_work.set()

    def settle(self) -> None:
        """Return when every answer taken so far is on the disk, by this process or another of the server."""
        with self._state:
            wanted, self._error = self._n_taken, None
            while self._n_settled < wanted:
                self._in_a_hurry.set()
                self._state.wait()
                if self._error is not None:
                    raise self._error
        if self._peers is not None:
            self._peers.settle()

    def close(self) -> None:
        """Write what waits, and end."""
        with self._state:
            self._closing = True
        self._has_work.set()
        self._in_a_hurry.set()
        if self._writer.ident is not None:
            self._writer.join()
        if self._waiting:
            self._n_dropped += len(self._waiting)
            LOG.error("%d answers could not be written: %s", len(self._waiting), self._error)

    def _write_on(self) -> None:
        """Write a group after the other until ``close``; on closing, what cannot be written stays."""
        is_written = True
        while is_written or not self._closing:
            self._has_work.wait()
            if not self._closing:
                self._gather(self._pause_seconds if is_written else RETRY_SECONDS)
            self._in_a_hurry.clear()
            with self._state:
                some = self._waiting[:MOST_AT_ONCE]
                if not some:
                    self._has_work.clear()
            if not some and self._closing:
                return
            is_written = not some or self._written(some)

    def _gather(self, seconds: float) -> None:
        """Wait for more, but not when somebody here or in another process waits for what there is."""
        if self._peers is None:
            self._in_a_hurry.wait(seconds)
            return
        for _ in range(round(seconds / LOOK_SECONDS)):
            if self._in_a_hurry.wait(LOOK_SECONDS) or self._peers.is_hurried():
                return

    def _tell_peers(self) -> None:
        """Say how far we are; called with ``_state`` held."""
        if self._peers is not None:
            self._peers.tell(taken=self._n_taken, written=self._n_settled)

    def _written(self, some: Sequence[StoredPrediction]) -> bool:
        """Write the first answers that wait; where that fails they go on waiting."""
        try:
            with self._database.write(only_adds=True) as tx:
                n = write_answers(tx, some)
        except StoreError as error:
            LOG.warning("%d answers wait to be written: %s", len(some), error)
            with self._state:
                self._error = error
                self._state.notify_all()
            return False
        with self._state:
            del self._waiting[: len(some)]
            self._n_settled += len(some)
            self._n_dropped += len(some) - n
            self._tell_peers()
            self._state.notify_all()
        return True


def write_answers(tx: Tx, predictions: Sequence[StoredPrediction]) -> int:
    """Write answers and count them for the traffic; return how many: those of a deleted task are left out."""
    there = table.tasks_there(tx, {one.task_id for one in predictions})
    written = [one for one in predictions if one.task_id in there]
    table.insert(tx, *written)
    counts: dict[tuple[str, int, int], Counter[tuple[str, str]]] = {}
    for one in written:
        counted = counts.setdefault((one.task_id, one.version_number, day_of(one.created_us)), Counter())
        for measure, bucket, n in counts_of(one):
            counted[measure, bucket] += n
    for (task_id, number, day), counted in sorted(counts.items()):
        raised = [(measure, bucket, n) for (measure, bucket), n in counted.items()]
        traffic_table.add(tx, task_id, version_number=number, day=day, counts=raised)
    return len(written)
