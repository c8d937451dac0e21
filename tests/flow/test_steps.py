from __future__ import annotations

import numpy as np
import pytest

from apprenti.domain.errors import InterruptedWorkError, UserError
from apprenti.domain.recipe import Interval
from apprenti.flow.steps import Content, JournalDisagreesError, Steps, noun_form
from apprenti.store import MemoryJournal

INTERVAL = noun_form(Interval)
DECIDING = {"seed": 1, "budget_seconds": 30.0, "labels": ["a", "b"]}


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Work:
    """Gives intervals and counts how often it is asked."""

    def __init__(self, low: float = 1 / 3) -> None:
        self.low, self.n = low, 0

    def __call__(self) -> Interval:
        self.n += 1
        return Interval(low=self.low, high=0.9)


def begun(journal: MemoryJournal | None, clock: Clock | None = None) -> Steps:
    steps = Steps(journal, clock=clock or Clock())
    steps.begin(DECIDING)
    return steps


def test_a_recorded_step_is_not_worked_again_and_keeps_every_digit() -> None:
    journal, work = MemoryJournal(), Work()
    first = begun(journal).once("read", work, INTERVAL)
    again = begun(journal).once("read", work, INTERVAL)
    assert work.n == 1
    assert again == first
    assert again.low == 1 / 3


def test_without_a_journal_every_step_is_worked() -> None:
    work = Work()
    for _ in range(2):
        begun(None).once("read", work, INTERVAL)
    assert work.n == 2


def test_the_interrupted_step_is_worked_and_all_after_it() -> None:
    journal, work = MemoryJournal(), Work()
    begun(journal).once("read", work, INTERVAL)
    steps = begun(journal)
    assert steps.is_going_on
    steps.once("read", work, INTERVAL)
    assert steps.is_going_on
    steps.once("landmarks", work, INTERVAL)
    assert not steps.is_going_on
    assert work.n == 2


@pytest.mark.parametrize(
    "changed", [{"seed": 2}, {"budget_seconds": 31.0}, {"labels": ["a"]}, {"version": 2}]
)
def test_records_of_another_training_are_forgotten(changed: dict[str, object]) -> None:
    journal, work = MemoryJournal(), Work()
    begun(journal).once("read", work, INTERVAL)
    other = Steps(journal, clock=Clock())
    assert not other.begin(DECIDING | changed)
    other.once("read", work, INTERVAL)
    assert work.n == 2


def test_a_step_after_a_lost_one_is_not_believed() -> None:
    journal, work = MemoryJournal(), Work()
    steps = begun(journal)
    steps.once("read", work, INTERVAL)
    steps.once("landmarks", work, INTERVAL)
    del journal.steps["read"]
    steps = begun(journal)
    steps.once("read", work, INTERVAL)
    with pytest.raises(JournalDisagreesError):
        steps.once("landmarks", work, INTERVAL)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 not a zip", b"\x80\x04N."])
def test_what_is_not_ours_is_not_read(data: bytes) -> None:
    journal, work = MemoryJournal(), Work()
    begun(journal)
    journal.steps["read"] = data
    steps = Steps(journal, clock=Clock())
    assert steps.begin(DECIDING)
    with pytest.raises(JournalDisagreesError):
        steps.once("read", work, INTERVAL)


def test_a_record_of_another_shape_disagrees() -> None:
    journal = MemoryJournal()
    begun(journal).record("read", Content(data={"lower": 0.1}))
    with pytest.raises(JournalDisagreesError):
        begun(journal).once("read", Work(), INTERVAL)


def test_the_budget_runs_on_from_where_the_last_step_was_recorded() -> None:
    journal, clock = MemoryJournal(), Clock()
    steps = begun(journal, clock)
    clock.now += 7
    steps.once("read", Work(), INTERVAL)
    clock.now += 1000  # of these the kill took most, and nobody knows how many
    steps = begun(journal, clock)
    steps.once("read", Work(), INTERVAL)
    assert clock.now - steps.begun == pytest.approx(7)
    clock.now += 2  # recalling more takes nothing of it
    steps.restart_clock()
    assert clock.now - steps.begun == pytest.approx(7)
    clock.now += 3
    steps.once("landmarks", Work(), INTERVAL)
    clock.now += 5
    steps.restart_clock()
    assert clock.now - steps.begun == pytest.approx(15 - 3)  # what came before the step was still recalling


def test_arrays_come_back_whole() -> None:
    journal = MemoryJournal()
    arrays = {"json": np.arange(3), "rows": np.array([[np.nan, 1.5]], dtype=np.float32)}
    begun(journal).record("read", Content(data={"nan": float("nan")}, arrays=arrays))
    content = begun(journal).recall("read")
    assert content is not None
    assert {name: array.dtype for name, array in content.arrays.items()} == {
        name: array.dtype for name, array in arrays.items()
    }
    for name, array in arrays.items():
        np.testing.assert_array_equal(content.arrays[name], array)


def test_a_full_disk_costs_the_journal_and_not_the_training() -> None:
    class Full(MemoryJournal):
        def record(self, step: str, data: bytes) -> None:
            raise UserError("disk_full", path="journal")

    work = Work()
    steps = begun(Full())
    assert steps.once("read", work, INTERVAL) == Interval(low=1 / 3, high=0.9)
    assert not steps.is_recording


def test_who_lost_the_training_to_another_does_not_go_on() -> None:
    def taken_over() -> None:
        raise InterruptedWorkError("work_interrupted", item="training")

    with pytest.raises(InterruptedWorkError):
        begun(MemoryJournal(still_mine=taken_over))


def test_told_to_stop_no_step_is_begun_but_what_is_recorded_stays() -> None:
    journal, work = MemoryJournal(), Work()
    begun(journal).once("read", work, INTERVAL)
    steps = Steps(journal, clock=Clock(), should_stop=lambda: True)
    steps.begin(DECIDING)
    steps.once("read", work, INTERVAL)
    with pytest.raises(InterruptedWorkError, match="stopped"):
        steps.once("landmarks", work, INTERVAL)
    assert set(journal.steps) == {"begun", "read"}
