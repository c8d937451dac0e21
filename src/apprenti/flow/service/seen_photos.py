"""Photos of a task that have been looked at, with what they show: what groups, maps and doubts are made of."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from apprenti.domain.dataset import TaskType
from apprenti.domain.service import Caller, Label, Role
from apprenti.flow.service.access import allow
from apprenti.flow.service.service import Service
from apprenti.stages.profile import answer_by_likeness
from apprenti.store.database import embeddings, photo_grid
from apprenti.store.database import labels as label_table
from apprenti.store.database import tasks as task_table
from apprenti.store.database.photo_grid import EVERY, GridPhoto

MOST_SEEN = 5_000
"""Photos, the oldest; of more, a person has enough to do with these first."""
SEED = 0
"""Of everything drawn here: the same photos are always shown the same way."""
FEWEST_TO_LEARN_FROM = 2
"""Labelled photos a label needs before it is suggested."""


@dataclass(frozen=True, slots=False, kw_only=True, eq=False)
class SeenPhotos:
    """Photos that have been looked at.

    Args:
        task_type: what is told of them.
        labels: the task's.
        photos: in the order they came in.
        features: [n, d] float32, a row for each.
    """

    task_type: TaskType
    labels: tuple[Label, ...]
    photos: tuple[GridPhoto, ...]
    features: NDArray[np.float32]

    @cached_property
    def classes(self) -> NDArray[np.int64]:
        """The class index of each photo, [n] int64; -1 where it shows none."""
        index = {label.id: number for number, label in enumerate(self.labels)}
        return np.asarray([index[each.shows[0][0]] if each.shows else -1 for each in self.photos], np.int64)

    @cached_property
    def mark(self) -> str:
        """Changes with the photos and with what they show."""
        said = repr([(each.id, each.is_test, each.shows) for each in self.photos])
        return hashlib.sha256(
            f"{self.task_type}{[label.id for label in self.labels]}{said}".encode()
        ).hexdigest()

    def rows(self, which: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return the rows for which it holds."""
        return np.flatnonzero(which).astype(np.int64)

    def guesses(self, rows: NDArray[np.int64]) -> NDArray[np.float32] | None:
        """Return how probable each label is for these photos, [m, K]; ``None`` where too little is known to say."""
        if self.task_type is not TaskType.MULTI_CLASS or not len(rows):
            return None
        known = self.rows(self.classes >= 0)
        counts = np.bincount(self.classes[known], minlength=len(self.labels))
        known = known[counts[self.classes[known]] >= FEWEST_TO_LEARN_FROM]
        if len(np.unique(self.classes[known])) < 2:
            return None
        return answer_by_likeness(
            self.features[known],
            self.classes[known],
            self.features[rows],
            n_labels=len(self.labels),
            seed=SEED,
        )


def seen_photos(
    service: Service, caller: Caller, workspace_id: str, task_id: str, which: str = EVERY
) -> SeenPhotos:
    """Return the photos of a task that have been looked at; ``which`` as of ``photo_grid.photos``."""
    allow(caller, workspace_id, Role.READER)
    with service.database.read() as tx:
        task = task_table.get(tx, workspace_id, task_id)
        labels = tuple(label for label, _ in label_table.of_task(tx, task_id))
        photos = photo_grid.photos(tx, workspace_id, task_id, which, limit=MOST_SEEN)
        ids, features = embeddings.of_images(tx, [photo.id for photo in photos], made_by=service.sight.name)
    by_id = {photo.id: photo for photo in photos}
    return SeenPhotos(
        task_type=task.task_type, labels=labels, photos=tuple(by_id[id_] for id_ in ids), features=features
    )
