"""Two versions of a task side by side on its test photos: which is better, how sure that is, and where they part.

Asking a version about hundreds of photos takes a while. So each call asks for a second or two, says how far it is, and
the next goes on: what was answered is remembered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from apprenti.domain.dataset import TaskType
from apprenti.domain.errors import ConflictError, ItemError, NotFoundError
from apprenti.domain.service import Caller, Role, StoredImage, Task, Version
from apprenti.flow.service.access import allow
from apprenti.flow.service.answers_on_test import Row, answer_row
from apprenti.flow.service.loaded_models import LoadedModel
from apprenti.flow.service.service import Service
from apprenti.stages.feedback.side_by_side import Array, SideBySide, side_by_side
from apprenti.store.database import images as image_table
from apprenti.store.database import labels as label_table
from apprenti.store.database import tasks as task_table
from apprenti.store.database import versions as version_table
from apprenti.store.database.images import ImageFilter

AT_ONCE_US = 1_500_000
MOST_COMPARED = 5_000
FEWEST_COMPARED = 2
"""One photo says nothing of a difference."""
MOST_SHOWN = 60
"""Photos of each kind that are listed: more nobody looks at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartedPhoto:
    """A test photo that only one of two versions got right, or came closer to.

    Args:
        image_id: which.
        shows: names of its labels, or its number.
        before: what the first version says.
        after: what the second says.
    """

    image_id: str
    shows: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How two versions compare, as far as they have been asked.

    Args:
        task_type: what is told of a photo.
        before: the first.
        after: the second.
        n_asked: test photos both have answered.
        n_all: test photos there are to ask about.
        n_left_out: test photos that one of them had learnt from, or that cannot be read: they are not asked about.
        result: what came of it; ``None`` until all have been asked, and where there are none.
        only_before: the clearest photos that only the first got right.
        only_after: that only the second did.
    """

    task_type: TaskType
    before: Version
    after: Version
    n_asked: int
    n_all: int
    n_left_out: int
    result: SideBySide | None
    only_before: tuple[PartedPhoto, ...] = ()
    only_after: tuple[PartedPhoto, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Contestant:
    """A version with its model and what it has answered."""

    version: Version
    model: LoadedModel

    def names(self, names: Mapping[str, str]) -> list[str]:
        """Return what the task calls the version's labels, in the order of its answers."""
        own = zip(self.version.labels, self.model.predictor.labels, strict=True)
        return [names.get(label_id, called) for label_id, called in own]


def compare(
    service: Service, caller: Caller, workspace_id: str, task_id: str, before: int | None, after: int
) -> Comparison:
    """Return how two versions compare on the task's test photos, having asked for a while.

    Args:
        service: what to work with.
        caller: on whose behalf.
        workspace_id: where.
        task_id: whose.
        before: number of the first; ``None`` is the one in production.
        after: number of the second.

    Raises:
        ConflictError: no version is in production.
        NotFoundError: there is no such task or version.
    """
    allow(caller, workspace_id, Role.READER)
    with service.database.read() as tx:
        task = task_table.get(tx, workspace_id, task_id)
        first_number = task.production_version if before is None else before
        if first_number is None:
            raise ConflictError("no_version_yet", task=task.name)
        both = [version_table.numbered(tx, workspace_id, task_id, number) for number in (first_number, after)]
        chosen = ImageFilter(task_id=task_id, is_test=True)
        photos = list(islice(image_table.all_of(tx, workspace_id, chosen), MOST_COMPARED))
        said = image_table.labels_of(tx, [photo.id for photo in photos])
        names = {label.id: label.name for label, none in label_table.of_task(tx, task_id) if not none}
    first, second = (_Contestant(version=each, model=service.models.of(each, service.blobs)) for each in both)
    unseen = [
        photo
        for photo in photos
        if not any(c.model.predictor.has_seen(photo.sha256) for c in (first, second))
    ]
    asked = _asked(service, unseen, (first, second))
    shows = {
        photo.id: [(label.id, one.value) for label, one in said[photo.id] if label.id in names]
        for photo in unseen
    }
    there = Comparison(
        task_type=task.task_type,
        before=both[0],
        after=both[1],
        n_asked=len(asked.rows),
        n_all=len(unseen) - asked.n_unreadable,
        n_left_out=len(photos) - len(unseen) + asked.n_unreadable,
        result=None,
    )
    if not asked.rows or not asked.is_over:
        return there
    return _judged(there, task, unseen, asked.rows, shows, names, (first, second))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What both say, by the SHA-256 of the photo."""

    rows: Mapping[str, tuple[Row, Row]]
    n_unreadable: int
    is_over: bool


def _asked(service: Service, photos: Sequence[StoredImage], both: tuple[_Contestant, _Contestant]) -> _Asked:
    known = [service.test_answers.of(each.version) for each in both]
    until = service.now_us() + AT_ONCE_US
    rows: dict[str, tuple[Row, Row]] = {}
    n_unreadable, is_over = 0, True
    for photo in photos:
        there = [answers.get(photo.sha256) for answers in known]
        if any(answer is None for answer in there) and service.now_us() > until:
            is_over = False
            continue
        try:
            given = [
                answer if answer is not None else _answer(service, photo, each)
                for answer, each in zip(there, both, strict=True)
            ]
        except (ItemError, NotFoundError):  # damaged, or deleted meanwhile
            n_unreadable += 1
            continue
        rows[photo.sha256] = (given[0], given[1])
    return _Asked(rows=rows, n_unreadable=n_unreadable, is_over=is_over)


def _answer(service: Service, photo: StoredImage, who: _Contestant) -> Row:
    data = service.blobs.get(photo.sha256)
    row = answer_row(
        who.model, data, item=photo.name or photo.id, max_megapixels=service.limits.max_megapixels
    )
    service.test_answers.keep(who.version, photo.sha256, row)
    return row


def _judged(
    there: Comparison,
    task: Task,
    photos: Sequence[StoredImage],
    rows: Mapping[str, tuple[Row, Row]],
    shows: Mapping[str, Sequence[tuple[str, float | None]]],
    names: Mapping[str, str],
    both: tuple[_Contestant, _Contestant],
) -> Comparison:
    answered = [
        photo for photo in photos if photo.sha256 in rows and _has_target(shows[photo.id], task.task_type)
    ]
    if len(answered) < FEWEST_COMPARED:
        return replace(there, n_asked=0, n_all=0, n_left_out=there.n_left_out + len(rows))
    ids = list(dict.fromkeys([*names, *both[0].version.labels, *both[1].version.labels]))
    given = [
        _aligned([rows[photo.sha256][turn] for photo in answered], each, ids, task.task_type)
        for turn, each in enumerate(both)
    ]
    result = side_by_side(
        _targets([shows[photo.id] for photo in answered], ids, task.task_type),
        given[0],
        given[1],
        task_type=task.task_type,
        thresholds=_thresholds(both, ids) if task.task_type is TaskType.MULTI_LABEL else None,
    )

    def listed(places: Sequence[int]) -> tuple[PartedPhoto, ...]:
        return tuple(
            PartedPhoto(
                image_id=answered[place].id,
                shows=_said([(names[label_id], value) for label_id, value in shows[answered[place].id]]),
                before=_read(rows[answered[place].sha256][0], both[0], names, task.task_type),
                after=_read(rows[answered[place].sha256][1], both[1], names, task.task_type),
            )
            for place in places[:MOST_SHOWN]
        )

    return replace(
        there, result=result, only_before=listed(result.only_before), only_after=listed(result.only_after)
    )


def _has_target(shows: Sequence[tuple[str, float | None]], task_type: TaskType) -> bool:
    if task_type is TaskType.REGRESSION:
        return any(value is not None for _, value in shows)
    return task_type is TaskType.MULTI_LABEL or len(shows) == 1


def _targets(
    shows: Sequence[Sequence[tuple[str, float | None]]], ids: Sequence[str], task_type: TaskType
) -> Array:
    if task_type is TaskType.REGRESSION:
        return np.array([next(value for _, value in one if value is not None) for one in shows], np.float64)
    at = {label_id: number for number, label_id in enumerate(ids)}
    if task_type is TaskType.MULTI_CLASS:
        return np.array([at[one[0][0]] for one in shows], np.int64)
    targets = np.zeros((len(shows), len(ids)), np.int64)
    for row, one in enumerate(shows):
        targets[row, [at[label_id] for label_id, _ in one]] = 1
    return targets


def _aligned(answers: Sequence[Row], who: _Contestant, ids: Sequence[str], task_type: TaskType) -> Array:
    """Return answers with their labels numbered as in ``ids``; 0 for one the version does not know."""
    stacked = np.stack(answers)
    if task_type is TaskType.REGRESSION:
        return stacked[:, 0].astype(np.float64)
    p = np.zeros((len(stacked), len(ids)), np.float32)
    p[:, [ids.index(label_id) for label_id in who.version.labels]] = stacked
    return p


def _thresholds(both: tuple[_Contestant, _Contestant], ids: Sequence[str]) -> tuple[Array, Array]:
    """Return from which probability on each version gives a label; never one that it does not know."""
    found = []
    for each in both:
        thresholds = np.full(len(ids), 2.0)
        places = [ids.index(label_id) for label_id in each.version.labels]
        thresholds[places] = each.model.predictor.manifest.thresholds
        found.append(thresholds)
    return found[0], found[1]


def _said(shows: Sequence[tuple[str, float | None]]) -> str:
    return ", ".join(name if value is None else f"{value:g}" for name, value in shows)


def _read(row: Row, who: _Contestant, names: Mapping[str, str], task_type: TaskType) -> str:
    if task_type is TaskType.REGRESSION:
        return f"{float(row[0]):.4g}"
    called = who.names(names)
    if task_type is TaskType.MULTI_CLASS:
        return called[int(row.argmax())]
    thresholds = who.model.predictor.manifest.thresholds
    return ", ".join(_given(row, thresholds, called))


def _given(row: Row, thresholds: Sequence[float], called: Sequence[str]) -> Iterator[str]:
    for p, threshold, name in zip(row, thresholds, called, strict=True):
        if p >= threshold:
            yield name
