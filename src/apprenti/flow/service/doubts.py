"""What of a task's photos wants a look: pictures kept twice, or under two labels, and labels that look wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath

import numpy as np

from apprenti.blocks.sampling import sample_by_label
from apprenti.domain.dataset import TaskType
from apprenti.domain.errors import ApprentiError
from apprenti.domain.report import LabelSuspect, Report
from apprenti.domain.service import Caller, Role, Version
from apprenti.flow.service.access import allow
from apprenti.flow.service.seen_photos import SEED, SeenPhotos, seen_photos
from apprenti.flow.service.service import Service
from apprenti.flow.service.verifications import take_back_verification, verify_image
from apprenti.stages.evaluate import find_label_suspects
from apprenti.stages.profile import answer_by_likeness, answer_left_out, find_twins
from apprenti.store.database import images as image_table
from apprenti.store.database import verifications
from apprenti.store.database import versions as version_table
from apprenti.store.database.photo_grid import GridPhoto

MOST_DOUBTS = 100
MOST_LEFT_OUT = 1_500
"""Photos whose answers come from all others; of more, those of the rest come from these: a second in all."""


class DoubtKind(StrEnum):
    """What may be wrong."""

    CONFLICT = "conflict"
    TWIN = "twin"
    LABEL = "label"


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Something a person should look at.

    Args:
        kind: what may be wrong.
        photos: one whose label looks wrong, or two that look like the same picture.
        suggested_id: the label it looks like; empty for pictures kept twice.
        p: how probable its own label is; 0 for pictures kept twice.
    """

    kind: DoubtKind
    photos: tuple[GridPhoto, ...]
    suggested_id: str = ""
    p: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubts:
    """What wants a look, the most pressing first.

    Args:
        doubts: at most ``MOST_DOUBTS``.
        by_version: the version whose training found the labels that look wrong; ``None`` where likeness did.
    """

    doubts: tuple[Doubt, ...]
    by_version: int | None = None


def find_doubts(service: Service, caller: Caller, workspace_id: str, task_id: str) -> Doubts:
    """Return what of a task's photos wants a look; photos that a person has found right are left out.

    Labels look wrong by the held-out answers of the last training, where there is one; before, by photos alike.
    """
    seen = seen_photos(service, caller, workspace_id, task_id)
    with service.database.read() as tx:
        found = verifications.n_of_images(tx, [photo.id for photo in seen.photos])
        newest = version_table.page(tx, workspace_id, task_id=task_id, limit=1).items
    right = frozenset(image_id for image_id, n in found.items() if n)
    version = newest[0] if newest else None
    key = ("doubts", task_id, seen.mark, right, version.id if version else "")
    return service.remembered.of(key, lambda: _doubts(service, seen, right, version))


def find_right(service: Service, caller: Caller, workspace_id: str, image_id: str) -> str:
    """Note that a person has looked at an image and found its label right; return the id of that note."""
    return verify_image(service, caller, workspace_id, image_id, user=caller.token_id).id


def take_back_right(service: Service, caller: Caller, workspace_id: str, verification_id: str) -> None:
    """Forget such a note."""
    allow(caller, workspace_id, Role.EDITOR)
    take_back_verification(service, caller, workspace_id, verification_id)


def _doubts(service: Service, seen: SeenPhotos, right: frozenset[str], version: Version | None) -> Doubts:
    twins = tuple(_twins(seen, right))
    reported = _reported(service, seen, version) if version is not None else None
    suspects = _by_likeness(seen) if reported is None else reported
    in_twins = {photo.id for doubt in twins if doubt.kind is DoubtKind.CONFLICT for photo in doubt.photos}
    labels = [one for one in suspects if one.photos[0].id not in right | in_twins]
    return Doubts(
        doubts=(*twins, *labels)[:MOST_DOUBTS],
        by_version=version.number if version is not None and reported is not None else None,
    )


def _twins(seen: SeenPhotos, right: frozenset[str]) -> Iterable[Doubt]:
    """Yield pictures that are there twice, those under two labels first."""
    pairs = [(seen.photos[a], seen.photos[b]) for a, b in find_twins(seen.features)]
    open_pairs = [pair for pair in pairs if not {photo.id for photo in pair} <= right]
    kinds = [DoubtKind.CONFLICT if _say_different(*pair) else DoubtKind.TWIN for pair in open_pairs]
    for wanted in (DoubtKind.CONFLICT, DoubtKind.TWIN):
        for kind, pair in zip(kinds, open_pairs, strict=True):
            if kind is wanted:
                yield Doubt(kind=kind, photos=pair)


def _say_different(first: GridPhoto, second: GridPhoto) -> bool:
    return bool(first.shows and second.shows) and set(first.shows) != set(second.shows)


def _reported(service: Service, seen: SeenPhotos, version: Version) -> list[Doubt] | None:
    """Return what the training of a version found, as far as it still holds; ``None`` where it cannot be read."""
    try:
        text = service.models.of(version, service.blobs).predictor.report
        suspects = Report.from_json(text).label_suspects if text else ()
    except (ApprentiError, ValueError, KeyError):  # of a later version, or damaged: likeness tells as well
        return None
    names = {label.name: label.id for label in seen.labels}
    with service.database.read() as tx:
        hashes = [PurePosixPath(suspect.name).stem for suspect in suspects]
        ids = {image.sha256: image.id for image in image_table.by_hashes(tx, version.workspace_id, hashes)}
    by_id = {photo.id: photo for photo in seen.photos}
    found = []
    for sha256, suspect in zip(hashes, suspects, strict=True):
        photo = by_id.get(ids.get(sha256, ""))
        if photo is not None and _still_holds(photo, suspect, names):
            suggested = names[suspect.suggested]
            found.append(_label_doubt(photo, suggested, suspect.p_given))
    return found


def _still_holds(photo: GridPhoto, suspect: LabelSuspect, names: Mapping[str, str]) -> bool:
    shown = [label_id for label_id, _ in photo.shows]
    return suspect.suggested in names and shown == [names.get(suspect.given)]


def _by_likeness(seen: SeenPhotos) -> list[Doubt]:
    """Return photos whose label is unlike that of photos like them, as the report of a training finds them."""
    if seen.task_type is not TaskType.MULTI_CLASS:
        return []
    known = seen.rows(seen.classes >= 0)
    labels = seen.classes[known]
    if len(np.unique(labels)) < 2:
        return []
    features, n_labels = seen.features[known], len(seen.labels)
    p = np.empty((len(known), n_labels), np.float32)
    learnt = sample_by_label(labels, MOST_LEFT_OUT, seed=SEED)
    others = np.setdiff1d(np.arange(len(known)), learnt)
    p[learnt] = answer_left_out(features[learnt], labels[learnt], n_labels=n_labels, seed=SEED)
    if len(others):
        p[others] = answer_by_likeness(
            features[learnt], labels[learnt], features[others], n_labels=n_labels, seed=SEED
        )
    suspects, _ = find_label_suspects(
        p,
        labels,
        names=[f"{row:06d}" for row in known],
        label_names=[label.id for label in seen.labels],
        max_n=MOST_DOUBTS,
    )
    return [_label_doubt(seen.photos[int(one.name)], one.suggested, one.p_given) for one in suspects]


def _label_doubt(photo: GridPhoto, suggested_id: str, p: float) -> Doubt:
    return Doubt(kind=DoubtKind.LABEL, photos=(photo,), suggested_id=suggested_id, p=float(p))
