"""Photos by likeness: groups to name, a map, an order for the grid, and what the rest most likely shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apprenti.domain.service import Caller
from apprenti.flow.service.seen_photos import SEED, SeenPhotos, seen_photos
from apprenti.flow.service.service import Service
from apprenti.stages.profile import group_alike, place_on_map, rows_of_map
from apprenti.store.database.photo_grid import EVERY, GridPhoto

LEAST_P_OF_GROUP = 0.5
"""Mean probability from which on a label is suggested for a whole group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoGroup:
    """Unlabelled photos that are alike.

    Args:
        photos: the most typical first.
        label_id: what they most likely show; empty where that cannot be said.
    """

    photos: tuple[GridPhoto, ...]
    label_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedPhoto:
    """A photo on the map, ``x`` and ``y`` in 0..1."""

    photo: GridPhoto
    x: float
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """What a photo without a label most likely shows, and how probable that is."""

    image_id: str
    label_id: str
    p: float


def group_photos(service: Service, caller: Caller, workspace_id: str, task_id: str) -> tuple[PhotoGroup, ...]:
    """Return the unlabelled photos of a task in groups of those alike, the largest first."""
    seen = seen_photos(service, caller, workspace_id, task_id)
    return service.remembered.of(("groups", task_id, seen.mark), lambda: _groups(seen))


def order_photos(
    service: Service, caller: Caller, workspace_id: str, task_id: str, which: str = EVERY, *, n_columns: int
) -> tuple[str, ...]:
    """Return ids of photos so that in rows of ``n_columns`` those alike are neighbours, across and down.

    Photos not looked at yet, and those past the first few thousand, are left out.
    """
    seen = seen_photos(service, caller, workspace_id, task_id, which)
    everything = seen if which == EVERY else seen_photos(service, caller, workspace_id, task_id)
    key = ("order", task_id, which, n_columns, seen.mark, everything.mark)
    return service.remembered.of(key, lambda: _in_rows(seen, everything, n_columns))


def map_photos(service: Service, caller: Caller, workspace_id: str, task_id: str) -> tuple[PlacedPhoto, ...]:
    """Return all photos of a task on a map, those alike near each other; the same photos always stand the same way."""
    seen = seen_photos(service, caller, workspace_id, task_id)
    ids = tuple(
        photo.id for photo in seen.photos
    )  # labels change nothing: nobody's map moves while they label
    places = service.remembered.of(("map", ids), lambda: place_on_map(seen.features, seed=SEED))
    return tuple(
        PlacedPhoto(photo=photo, x=float(x), y=float(y))
        for photo, (x, y) in zip(seen.photos, places, strict=True)
    )


def suggest_labels(
    service: Service, caller: Caller, workspace_id: str, task_id: str
) -> tuple[Suggestion, ...]:
    """Return what the unlabelled photos of a task most likely show, learnt from the others; nothing of too few."""
    seen = seen_photos(service, caller, workspace_id, task_id)
    rows = seen.rows(seen.classes < 0)
    p = seen.guesses(rows)
    if p is None:
        return ()
    return tuple(
        Suggestion(image_id=seen.photos[row].id, label_id=seen.labels[best].id, p=float(own[best]))
        for row, own, best in zip(rows, p, p.argmax(axis=1), strict=True)
    )


def _groups(seen: SeenPhotos) -> tuple[PhotoGroup, ...]:
    rows = seen.rows(np.asarray([not photo.shows for photo in seen.photos], bool))
    if not len(rows):
        return ()
    p = seen.guesses(rows)
    groups = group_alike(seen.features[rows], seed=SEED, hints=p)
    return tuple(
        PhotoGroup(
            photos=tuple(seen.photos[row] for row in rows[group]),
            label_id="" if p is None else _likely(seen, p[group]),
        )
        for group in groups
    )


def _likely(seen: SeenPhotos, p: NDArray[np.float32]) -> str:
    mean = p.mean(axis=0)
    best = int(mean.argmax())
    return seen.labels[best].id if mean[best] >= LEAST_P_OF_GROUP else ""


def _in_rows(seen: SeenPhotos, everything: SeenPhotos, n_columns: int) -> tuple[str, ...]:
    if not seen.photos:
        return ()
    place = {photo.id: row for row, photo in enumerate(everything.photos)}
    rows = np.asarray([place.get(photo.id, -1) for photo in seen.photos], np.int64)
    hints = everything.guesses(rows) if (rows >= 0).all() else None
    places = place_on_map(seen.features, seed=SEED, hints=hints)
    return tuple(seen.photos[row].id for row in rows_of_map(places, n_columns))
