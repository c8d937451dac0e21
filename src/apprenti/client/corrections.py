"""Calls about corrections and the review queue: how a person's word comes back into training."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from apprenti.client.answers import Prediction, Trouble
from apprenti.client.shelves import Shelf, at
from apprenti.domain.service import CorrectionState


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A person's word on an answer.

    Args:
        id: lower-case UUID.
        task_id: what was asked.
        image_id: the image.
        prediction_id: what is corrected; ``None`` where it was said of the image itself.
        label_ids: what it shows.
        value: the number, in a task of numbers.
        agrees: it says what the model had said.
        token_id: who said it.
        state: accepted ones are learnt from.
        reason: why it is held back, or was.
        training_id: the first training that learnt from it.
        created_at: when.
    """

    id: str
    task_id: str
    image_id: str
    prediction_id: str | None = None
    label_ids: tuple[str, ...] = ()
    value: float | None = None
    agrees: bool = False
    token_id: str = ""
    state: CorrectionState
    reason: Trouble | None = None
    training_id: str | None = None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedImage:
    """An image to look at.

    Args:
        id: lower-case UUID.
        name: for people.
        width_px: after EXIF rotation.
        height_px: after EXIF rotation.
    """

    id: str
    name: str = ""
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewItem:
    """Something to look at.

    Args:
        prediction: what was answered.
        image: what it was answered of.
        alike: ids of predictions whose images show nearly the same.
    """

    prediction: Prediction
    image: ReviewedImage
    alike: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """How often a version is right on the images that come in.

    Args:
        version_number: the one in production.
        n: images that were drawn at random and judged.
        n_right: of them, answered rightly.
        accuracy: 0..1; ``None`` without judgements.
        low: of its 95 % interval.
        high: of that interval.
        said: the same for people.
    """

    version_number: int | None = None
    n: int
    n_right: int
    accuracy: float | None = None
    low: float
    high: float
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NextTraining:
    """What the next training would take that the last did not.

    Args:
        n_corrected: corrections that say something else than the model.
        n_confirmed: and those that agree with it.
        held: corrections held back, by reason.
        held_said: those reasons for people.
        said: when it begins, for people.
    """

    n_corrected: int
    n_confirmed: int
    held: Mapping[str, int] = field(default_factory=dict)
    held_said: Mapping[str, str] = field(default_factory=dict)
    said: str = ""


class Corrections(Shelf):
    """``client.corrections``."""

    def say(
        self,
        prediction_id: str,
        label_ids: Sequence[str] = (),
        *,
        value: float | None = None,
        in_queue: bool = False,
    ) -> Correction:
        """Say what the image of a prediction shows; saying what the model said confirms it.

        Args:
            prediction_id: whose image.
            label_ids: one; all that fit in a task of several labels, or none.
            value: in a task of numbers.
            in_queue: it was judged because the review queue showed it; only then does it tell of the accuracy.
        """
        data = {"label_ids": list(label_ids), "value": value, "in_queue": in_queue}
        return self._made(at("predictions", prediction_id, "corrections"), data)

    def say_of_image(
        self, task_id: str, image_id: str, label_ids: Sequence[str] = (), *, value: float | None = None
    ) -> Correction:
        """Say what an image shows for a task, whether or not a model was asked."""
        data = {"label_ids": list(label_ids), "value": value}
        return self._made(at("tasks", task_id, "images", image_id, "corrections"), data)

    def list(
        self,
        *,
        task: str | None = None,
        state: CorrectionState | None = None,
        token: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Iterator[Correction]:
        """Yield corrections, newest first: those of a task, in a state, given with a token, or in a time."""
        chosen = {
            "task": task,
            "state": CorrectionState(state).value if state else None,
            "token": token,
            "since": since and since.isoformat(),
            "until": until and until.isoformat(),
        }
        return self._every(Correction, at("corrections"), chosen)

    def get(self, correction_id: str) -> Correction:
        """Return a correction and what became of it."""
        return self._get(Correction, at("corrections", correction_id))

    def release(self, correction_id: str) -> Correction:
        """Accept a correction that was held back; owners only."""
        return self._made(at("corrections", correction_id, "release"))

    def reject(self, correction_id: str) -> Correction:
        """Drop a correction, held back or accepted: no later training learns from it; owners only."""
        return self._made(at("corrections", correction_id, "reject"))

    def reject_all(
        self,
        *,
        task: str | None = None,
        token: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> int:
        """Drop all that fit, of which at least one must be said, and return how many there were; owners only."""
        said = {
            "task_id": task,
            "token_id": token,
            "since": since and since.isoformat(),
            "until": until and until.isoformat(),
        }
        return int(self._transport.ask_json("POST", at("corrections", "reject"), data=said)["n"])

    def _made(self, path: str, data: Any = None) -> Correction:
        return self._one(Correction, self._transport.ask_json("POST", path, data=data))


class Review(Shelf):
    """``client.review``."""

    def queue(self, task_id: str) -> Iterator[ReviewItem]:
        """Yield what teaches most first."""
        return self._every(ReviewItem, at("tasks", task_id, "review"))

    def estimate(self, task_id: str) -> Estimate:
        """Return how often the version in production is right on the images that come in."""
        return self._get(Estimate, at("tasks", task_id, "estimate"))

    def next_training(self, task_id: str) -> NextTraining:
        """Return what the next training would take, and when it begins by itself."""
        return self._get(NextTraining, at("tasks", task_id, "next-training"))
