"""What the photos of a task were like day by day, beside the photos its model was tested on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.photo_facts import PHOTO_FACTS
from apprenti.domain.service import Caller, Role
from apprenti.flow.service.access import allow
from apprenti.flow.service.service import Service
from apprenti.flow.service.traffic import DAY_US, day_of
from apprenti.flow.service.words import in_range
from apprenti.store.database import predictions as prediction_table
from apprenti.store.database import tasks as task_table
from apprenti.store.database import versions as version_table

DAYS = (1, 366)
MOST_PHOTOS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Quartiles:
    """What most of some photos are like: a quarter of them lies below ``low``, a quarter above ``high``."""

    low: float
    middle: float
    high: float
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FactHistory:
    """One thing photos are like, day by day.

    Args:
        fact: one of ``PHOTO_FACTS``.
        usual: of the photos the model was tested on; ``None`` where they were not kept.
        days: those with photos, by days since the epoch, oldest first.
    """

    fact: str
    usual: Quartiles | None
    days: dict[int, Quartiles]


def photo_history(
    service: Service, caller: Caller, workspace_id: str, task_id: str, *, days: int = 30
) -> tuple[FactHistory, ...]:
    """Return what the photos were like that the version in production answered; nothing without such photos.

    Raises:
        OptionError: that many days are not kept in sight.
    """
    allow(caller, workspace_id, Role.READER)
    in_range(days, "days", DAYS)
    from_us = (day_of(service.now_us()) - days + 1) * DAY_US
    with service.database.read() as tx:
        task = task_table.get(tx, workspace_id, task_id)
        if task.production_version is None:
            return ()
        version = version_table.numbered(tx, workspace_id, task_id, task.production_version)
        rows = prediction_table.facts_of_version(
            tx, task_id, version.number, from_us=from_us, limit=MOST_PHOTOS
        )
    if not rows:
        return ()
    reference = service.models.of(version, service.blobs).reference
    usual = None if reference is None else reference.held_out.facts
    return tuple(_history(rows, column, usual) for column in range(len(PHOTO_FACTS)))


def _history(
    rows: Sequence[tuple[int, tuple[float, ...]]], column: int, usual: NDArray[np.float32] | None
) -> FactHistory:
    by_day: dict[int, list[float]] = defaultdict(list)
    for created_us, facts in rows:
        by_day[day_of(created_us)].append(facts[column])
    return FactHistory(
        fact=PHOTO_FACTS[column],
        usual=None if usual is None or not len(usual) else _quartiles(usual[:, column]),
        days={day: _quartiles(np.array(values)) for day, values in sorted(by_day.items())},
    )


def _quartiles(values: NDArray[np.floating]) -> Quartiles:
    low, middle, high = (float(part) for part in np.quantile(values, (0.25, 0.5, 0.75)))
    return Quartiles(low=low, middle=middle, high=high, n=len(values))
