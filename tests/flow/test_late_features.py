"""Features worked out in mid-race are there again after a kill, whatever became of the recipe that asked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.making import Silence

from apprenti.domain.errors import OutOfTimeError
from apprenti.domain.recipe import Canvas, Look
from apprenti.domain.seams import Progress
from apprenti.flow.late_features import LateFeatures
from apprenti.flow.race_log import RaceLog
from apprenti.flow.steps import Content, Steps
from apprenti.store import MemoryJournal

NEAR, WIDE = (Look(backbone="classic.v1", canvas=Canvas(size_px=size_px)) for size_px in (64, 128))


class Table:
    """Has room for features of small pictures, and no time for others."""

    def __init__(self, *, is_late: bool = True) -> None:
        self.is_late = is_late
        self.added: list[tuple[Look, float]] = []

    def add(self, looks: Sequence[Look], *, deadline: float, progress: Progress) -> None:
        if self.is_late and WIDE in looks:
            raise OutOfTimeError("features_out_of_time", n=1)
        self.added += [(look, deadline) for look in looks]


class NoSelector:
    """Neither asked nor told."""


def a_race(journal: MemoryJournal, table: Table) -> LateFeatures:
    steps = Steps(journal, clock=lambda: 0.0)
    steps.begin({})
    return LateFeatures(table=table, log=RaceLog(steps=steps), progress=Silence())  # type: ignore[arg-type]


def test_what_was_worked_out_is_worked_out_again_however_long_it_takes_and_nothing_else(
    tmp_path: Path,
) -> None:
    journal = MemoryJournal()
    before = a_race(journal, Table())
    before.add([NEAR], deadline=5.0, progress=Silence())
    with pytest.raises(OutOfTimeError):
        before.add([WIDE], deadline=5.0, progress=Silence())
    table = Table(is_late=False)
    after = a_race(journal, table)
    after.log.replay(NoSelector(), folder=tmp_path, restore=after.restore)  # type: ignore[arg-type]
    assert table.added == [(NEAR, math.inf)]


def test_events_of_others_are_left_to_them() -> None:
    assert not a_race(MemoryJournal(), Table()).restore("network", Content(data={}))
