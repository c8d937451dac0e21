"""Calls about trainings, the versions that come of them, and what those say."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from apprenti.client.answers import Prediction, Task, Training, Version
from apprenti.client.images import Photo, read_photo
from apprenti.client.shelves import Shelf, at
from apprenti.client.transport import Body, Transport
from apprenti.domain.errors import OutOfTimeError, WorkError
from apprenti.domain.service import JobState

FIRST_LOOK_SECONDS = 0.25
LONGEST_LOOK_SECONDS = 2.0


class Trainings(Shelf):
    """``client.trainings``.

    Args:
        transport: the way to the service.
        wait: waits so many seconds.
        clock: seconds that only ever grow.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        wait: Callable[[float], object] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(transport)
        self._wait, self._clock = wait, clock

    def start(self, task_id: str, *, budget_seconds: float | None = None, priority: int = 0) -> Training:
        """Put a training into the queue; where one of the task waits or runs already, that one is returned."""
        data = {"budget_seconds": budget_seconds, "priority": priority}
        return self._one(
            Training, self._transport.ask_json("POST", at("tasks", task_id, "trainings"), data=data)
        )

    def list(self, *, task: str | None = None) -> Iterator[Training]:
        """Yield trainings, newest first."""
        return self._every(Training, at("trainings"), {"task": task})

    def get(self, training_id: str) -> Training:
        """Return a training and how far it is."""
        return self._get(Training, at("trainings", training_id))

    def cancel(self, training_id: str) -> Training:
        """Cancel a training: at once where it waits, within seconds where it runs."""
        return self._one(Training, self._transport.ask_json("POST", at("trainings", training_id, "cancel")))

    def wait(
        self,
        training_id: str,
        *,
        progress: Callable[[Training], object] | None = None,
        timeout_seconds: float | None = None,
    ) -> Training:
        """Wait until a training is over and return it.

        Args:
            training_id: which.
            progress: called with the training each time it has come further.
            timeout_seconds: how long at most; for as long as it takes by default.

        Raises:
            WorkError: it failed, or was cancelled.
            OutOfTimeError: it was not over in time; it goes on.
        """
        give_up = None if timeout_seconds is None else self._clock() + timeout_seconds
        pause, last = FIRST_LOOK_SECONDS, None
        while True:
            training = self.get(training_id)
            if progress is not None and training != last:
                progress(training)
            last = training
            if training.state.is_over:
                return _done(training)
            if give_up is not None and self._clock() + pause > give_up:
                raise OutOfTimeError("training_not_over", id=training_id, seconds=f"{timeout_seconds:g}")
            self._wait(pause)
            pause = min(2 * pause, LONGEST_LOOK_SECONDS)


class Versions(Shelf):
    """``client.versions``."""

    def list(self, task_id: str) -> Iterator[Version]:
        """Yield the versions of a task, newest first."""
        return self._every(Version, at("tasks", task_id, "versions"))

    def get(self, task_id: str, number: int) -> Version:
        """Return a version and how it scored."""
        return self._get(Version, at("tasks", task_id, "versions", number))

    def promote(self, task_id: str, number: int, *, pin: bool | None = None) -> Task:
        """Let a version answer from now on; owners only.

        Args:
            task_id: whose version.
            number: which.
            pin: it stays, whatever a challenger scores; ``None``: the task is pinned or not, as before.
        """
        path = at("tasks", task_id, "versions", number, "promote")
        return self._one(Task, self._transport.ask_json("POST", path, data={"pin": pin}))

    def roll_back(self, task_id: str) -> Task:
        """Let the version answer that did before the present one; owners only."""
        return self._one(Task, self._transport.ask_json("POST", at("tasks", task_id, "roll-back")))

    def unpin(self, task_id: str) -> Task:
        """Let better challengers take the place of the version in production again; owners only."""
        return self._one(Task, self._transport.ask_json("POST", at("tasks", task_id, "unpin")))

    def delete(self, task_id: str, number: int) -> None:
        """Delete a version, unless it is the one that answers; owners only."""
        self._transport.ask("DELETE", at("tasks", task_id, "versions", number))

    def model_file(self, task_id: str, number: int) -> bytes:
        """Return the ``.apprenti`` file of a version, to serve or export it elsewhere; owners only."""
        return self._transport.ask("GET", at("tasks", task_id, "versions", number, "model")).data


class Predictions(Shelf):
    """``client.predictions``."""

    def ask(
        self, task_id: str, photo: Photo, *, version: int | None = None, keep_image: bool | None = None
    ) -> Prediction:
        """Return what an image shows.

        Args:
            task_id: what is asked.
            photo: a file, or its bytes.
            version: who answers; the one in production by default.
            keep_image: for review, where the task has consent; as the task says by default.
        """
        data, _ = read_photo(photo)
        query = {"version": version, "keep_image": keep_image}
        body = Body(data=data, content_type="application/octet-stream")
        reply = self._transport.ask("POST", at("tasks", task_id, "predictions"), query=query, body=body)
        return self._one(Prediction, self._transport.read_json(reply))

    def list(self, *, task: str | None = None) -> Iterator[Prediction]:
        """Yield answers that were given, newest first."""
        return self._every(Prediction, at("predictions"), {"task": task})

    def get(self, prediction_id: str) -> Prediction:
        """Return an answer that was given."""
        return self._get(Prediction, at("predictions", prediction_id))


def _done(training: Training) -> Training:
    if training.state is JobState.DONE:
        return training
    cause = training.error.message if training.error else training.state.value
    raise WorkError("training_not_done", id=training.id, state=training.state.value, cause=cause)
