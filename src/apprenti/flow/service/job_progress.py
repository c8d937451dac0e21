"""Progress of a training, written where people follow it: once a second at most, never by one given up for dead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from apprenti.domain.errors import ConflictError, NotFoundError
from apprenti.domain.json_form import to_json
from apprenti.domain.recipe import Pick, Trial
from apprenti.domain.sentence import Sentence
from apprenti.domain.service import JobState, TrainingJob
from apprenti.flow.service.race_story import RaceStory
from apprenti.flow.service.service import Service
from apprenti.store.database import trainings as table

SECONDS_BETWEEN = 1.0
KEPT = ("n_steps", "tries")
"""What the next attempt goes on with."""


class JobProgress:
    """Somebody who is told how far a training is (``domain.seams.Progress``), and asks whether it should go on."""

    def __init__(self, service: Service, job: TrainingJob, *, clock: Callable[[], float]) -> None:
        self._service, self._job, self._clock = service, job, clock
        self._last = float("-inf")
        self._kept = {name: job.progress[name] for name in KEPT if name in job.progress}
        self._story = RaceStory(job.progress)
        self._now: dict[str, Any] = {}
        self.cancel_requested = False

    def begin(self, step: str, total: int | None = None) -> None:
        """Say that a step begins."""
        self._now = {"step": step, "done": 0, "total": total}
        self._story.step(step)
        self._write()

    def advance(self, n: int = 1) -> None:
        """Say that more is done."""
        self._now["done"] = self._now.get("done", 0) + n
        self._write()

    def note(self, news: Sentence, *, seconds_left: float | None = None) -> None:
        """Say how the step goes."""
        self._now["news"] = to_json(news)
        self._story.news(news)
        self._now["seconds_left"] = seconds_left
        self._write()

    def planned(self, picks: Sequence[Pick]) -> None:
        """Say what will be tried, and why."""
        self._story.planned(picks)
        self._write()

    def begun(self, pick: Pick, planned: Callable[[], Sequence[Pick]]) -> None:
        """Say that a candidate begins."""
        self._story.begun(pick, planned)
        self._write()

    def tried(self, trial: Trial) -> None:
        """Say what a candidate came to."""
        self._story.tried(trial)
        self._write()

    def end(self) -> None:
        """Say that the step is over."""
        self._write()

    def flush(self) -> None:
        """Write what was said last."""
        self._last = float("-inf")
        self._write()

    def refuse_if_taken_over(self) -> None:
        """Pass where this worker still has the training.

        Raises:
            ConflictError: another has, or it is over.
        """
        with self._service.database.read() as tx:
            try:
                now = table.get(tx, self._job.workspace_id, self._job.id)
            except NotFoundError as error:
                raise ConflictError("training_taken_over", id=self._job.id) from error
        mine = (now.owner, now.attempt, now.state) == (self._job.owner, self._job.attempt, JobState.RUNNING)
        if not mine:
            raise ConflictError("training_taken_over", id=self._job.id)
        self.cancel_requested = now.cancel_requested

    def _write(self) -> None:
        now = self._clock()
        if now - self._last < SECONDS_BETWEEN:
            return
        self._last = now
        self.refuse_if_taken_over()
        with self._service.database.write() as tx:
            table.write(tx, self._job, progress={**self._kept, **self._story.told, **self._now})
