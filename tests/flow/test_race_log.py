from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from apprenti.domain.recipe import Canvas, Interval, Pick, Recipe, Trial, TrialStatus
from apprenti.domain.sentence import Sentence
from apprenti.flow.race_log import Glance, RaceLog
from apprenti.flow.steps import Content, JournalDisagreesError, Steps
from apprenti.stages.train import CandidateResult
from apprenti.store import MemoryJournal

HEADS = ("ridge.v1", "lda.v1", "logistic.v1")


def a_pick(head: str) -> Pick:
    recipe = Recipe(backbones=("classic.v1",), canvas=Canvas(size_px=64), transform="none.v1", head=head)
    return Pick(recipe=recipe, reason=Sentence(key="select.ridge", values={"rank": 1}), predicted_seconds=1.0)


class Chooser:
    """Picks by the time left, and after the first result by how good it was."""

    def __init__(self, glance: Glance) -> None:
        self.glance = glance
        self.seen: list[tuple[str, float]] = []
        self.left = list(HEADS)

    def plan(self) -> tuple[Pick, ...]:
        return tuple(a_pick(head) for head in HEADS)

    def ask(self, *, seconds_left: float) -> Pick | None:
        self.seen.append(("asked", self.glance()))
        if not self.left or seconds_left < 1:
            return None
        return a_pick(self.left.pop(0 if self.glance() > 50 else -1))

    @property
    def waiting(self) -> bool:
        return False

    def tell(self, trial: Trial) -> None:
        self.seen.append((trial.recipe.head, trial.score or 0.0))

    def outlook(self) -> None: ...


RESULT = CandidateResult(
    score=2 / 3,
    interval=Interval(low=0.1, high=0.9),
    balanced_accuracy=1 / 7,
    log_loss=float("inf"),
    n_validation=4,
    n_fits=1,
    n_fitted=8,
    seconds=0.1,
)


def a_race(journal: MemoryJournal, folder: Path) -> Chooser:
    """Ask for all three, the last with little time; the first finishes, the second fails."""
    log = RaceLog(steps=Steps(journal, clock=lambda: 0.0))
    log.steps.begin({})
    chooser = Chooser(log.glance)
    log.ask(chooser, race_seconds=100.0, seconds_left=40.0)
    np.save(folder / "logits.npy", np.array([[np.nan, 0.25]], dtype=np.float32))
    finished = Trial(recipe=a_pick("ridge.v1").recipe, status=TrialStatus.FINISHED, score=2 / 3)
    log.ask(chooser, race_seconds=30.0, seconds_left=12.0)
    log.tell(chooser, finished, result=RESULT, logits=folder / "logits.npy")
    log.ask(chooser, race_seconds=1.0, seconds_left=0.4)
    log.ask(chooser, race_seconds=0.9, seconds_left=0.3)  # asked in vain again: nothing new to record
    failed = Trial(
        recipe=a_pick("logistic.v1").recipe,
        status=TrialStatus.OUT_OF_TIME,
        detail=Sentence(key="errors.features_out_of_time", values={"n": 4}),
    )
    log.tell(chooser, failed)
    log.ask(chooser, race_seconds=90.0, seconds_left=9.0)
    return chooser


def test_a_selector_is_brought_to_where_it_was(tmp_path: Path) -> None:
    journal = MemoryJournal()
    before = a_race(journal, tmp_path)
    log = RaceLog(steps=Steps(journal, clock=lambda: 0.0))
    log.steps.begin({})
    after = Chooser(log.glance)
    replay = log.replay(after, folder=tmp_path, restore=lambda event, content: False)
    assert after.seen == [event for event in before.seen if event != ("asked", 0.9)]
    assert after.left == before.left == []
    assert [trial.status for trial in replay.trials] == [TrialStatus.FINISHED, TrialStatus.OUT_OF_TIME]
    assert [pick.recipe.head for pick in replay.begun] == ["lda.v1"]
    (name,) = replay.results
    assert replay.results[name] == RESULT
    np.testing.assert_array_equal(np.load(replay.logits[name]), [[np.nan, 0.25]])
    assert log.n_events == len(journal.steps) - 1


def test_what_comes_after_a_replay_is_recorded_behind_it(tmp_path: Path) -> None:
    journal = MemoryJournal()
    a_race(journal, tmp_path)
    n_before = len(journal.steps)
    log = RaceLog(steps=Steps(journal, clock=lambda: 0.0))
    log.steps.begin({})
    chooser = Chooser(log.glance)
    log.replay(chooser, folder=tmp_path, restore=lambda event, content: False)
    log.tell(chooser, Trial(recipe=a_pick("lda.v1").recipe, status=TrialStatus.FAILED))
    assert len(journal.steps) == n_before + 1


def test_time_left_is_worth_less_on_a_busy_machine_and_the_same_when_it_is_repeated(tmp_path: Path) -> None:
    journal = MemoryJournal()
    seen: list[list[tuple[str, float]]] = []
    for _ in range(2):
        log = RaceLog(steps=Steps(journal, clock=lambda: 0.0), glance=Glance(seconds=0.0, load=4.0))
        log.steps.begin({})
        chooser = Chooser(log.glance)
        log.replay(chooser, folder=tmp_path, restore=lambda event, content: False)
        if not chooser.seen:
            log.ask(chooser, race_seconds=100.0, seconds_left=40.0)
        seen.append(chooser.seen)
    assert seen == [[("asked", 25.0)]] * 2


def test_a_race_that_was_over_stays_over(tmp_path: Path) -> None:
    journal = MemoryJournal()
    log = RaceLog(steps=Steps(journal, clock=lambda: 0.0))
    log.steps.begin({})
    log.end()
    log.steps.record("model", Content(data={"name": "kept"}))
    again = RaceLog(steps=Steps(journal, clock=lambda: 0.0))
    again.steps.begin({})
    assert again.replay(Chooser(again.glance), folder=tmp_path, restore=lambda event, content: False).is_over
    model = again.steps.recall("model")
    assert model is not None
    assert model.data == {"name": "kept"}


def test_a_selector_that_now_decides_otherwise_is_noticed(tmp_path: Path) -> None:
    journal = MemoryJournal()
    a_race(journal, tmp_path)
    log = RaceLog(steps=Steps(journal, clock=lambda: 0.0))
    log.steps.begin({})
    other = Chooser(log.glance)
    other.left.reverse()
    with pytest.raises(JournalDisagreesError):
        log.replay(other, folder=tmp_path, restore=lambda event, content: False)


def test_other_events_are_handed_on_and_unknown_ones_disagree(tmp_path: Path) -> None:
    journal = MemoryJournal()
    log = RaceLog(steps=Steps(journal, clock=lambda: 0.0))
    log.steps.begin({})
    log.add("network", Content(data={"name": "tuned"}, arrays={"rows": np.zeros(2)}))
    restored: list[str] = []

    def restore(event: str, content: Content) -> bool:
        restored.append(f"{event} {content.data['name']} {len(content.arrays['rows'])}")
        return event == "network"

    again = RaceLog(steps=Steps(journal, clock=lambda: 0.0))
    again.steps.begin({})
    again.replay(Chooser(again.glance), folder=tmp_path, restore=restore)
    assert restored == ["network tuned 2"]
    unknowing = RaceLog(steps=Steps(journal, clock=lambda: 0.0))
    unknowing.steps.begin({})
    with pytest.raises(JournalDisagreesError):
        unknowing.replay(Chooser(unknowing.glance), folder=tmp_path, restore=lambda event, content: False)
