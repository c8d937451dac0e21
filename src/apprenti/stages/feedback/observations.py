"""What is kept of answered photos: the answers, how far each is from the training photos, and what it is like."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.photo_facts import PHOTO_FACTS
from apprenti.blocks.sampling import sample_rows

N_KEPT = 512
"""Held-out photos kept with a model, 75 KB for 30 classes: many more than a day's photos would show little more."""

MAX_CELLS = 20_000_000
_MEMBERS = ("answers", "distances", "facts")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Observations:
    """Photos and what a model said of them, row by row.

    Args:
        answers: [n, K] probabilities, or [n, 1] numbers; float32.
        distances: [n] from the training photos in units of the familiarity threshold; float32.
        facts: [n, 6] what the photos are like, see ``blocks.photo_facts``; float32.
    """

    answers: NDArray[np.float32]
    distances: NDArray[np.float32]
    facts: NDArray[np.float32]

    def __post_init__(self) -> None:
        n = len(self.distances)
        shapes = (self.answers.shape[:1], self.distances.shape, self.facts.shape)
        if shapes != ((n,), (n,), (n, len(PHOTO_FACTS))) or self.answers.ndim != 2:
            raise ValueError(
                f"answers {self.answers.shape}, distances {shapes[1]}, facts {shapes[2]}: no rows"
            )
        if not all(np.isfinite(part).all() for part in (self.answers, self.distances, self.facts)):
            raise ValueError("Observations has values that are not finite")

    def __len__(self) -> int:
        return len(self.distances)

    def rows(self, chosen: NDArray[np.int64]) -> Observations:
        """Return some of them."""
        return Observations(
            answers=self.answers[chosen], distances=self.distances[chosen], facts=self.facts[chosen]
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DriftReference:
    """What a model says of photos like those it learnt from: what later photos are held against.

    Args:
        held_out: photos the model did not learn from: those for testing, whose labels are not needed here, or, where
            they are too few, training photos as answered by the models of the folds that left them out.
    """

    held_out: Observations

    @classmethod
    def made_from(cls, held_out: Observations, *, seed: int) -> DriftReference:
        """Return the reference that is kept with a model: at most ``N_KEPT`` of the photos."""
        return cls(held_out=held_out.rows(sample_rows(len(held_out), N_KEPT, seed=seed)))

    def to_npz(self) -> bytes:
        """Return it as the bytes of an ``.npz`` file; the same reference gives the same bytes."""
        file = io.BytesIO()
        np.savez(file, **{name: getattr(self.held_out, name) for name in _MEMBERS})
        return file.getvalue()

    @classmethod
    def from_npz(cls, data: bytes) -> DriftReference:
        """Return what ``to_npz`` made the bytes from; nothing is unpickled.

        Raises:
            ValueError: the bytes are something else.
        """
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as file:
                parts = {name: np.asarray(file[name], np.float32) for name in _MEMBERS}
        except (KeyError, OSError, EOFError, zipfile.BadZipFile) as error:
            raise ValueError("these bytes are no reference of held-out photos") from error
        if sum(part.size for part in parts.values()) > MAX_CELLS:
            raise ValueError(f"the reference has more than {MAX_CELLS} numbers")
        return cls(held_out=Observations(**parts))
