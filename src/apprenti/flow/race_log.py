"""What happened in a race, event by event, so that a selector that was killed can be brought to where it was.

Recorded is not what the selector knew but what it was asked and told, with the seconds there were: asked and told the
same again, it decides the same again, and goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from apprenti.domain import json_form
from apprenti.domain.recipe import Pick, Trial
from apprenti.flow.steps import Content, JournalDisagreesError, Steps
from apprenti.stages.select import Selector
from apprenti.stages.train import CandidateResult

ASKED, TOLD, OVER = "asked", "told", "over"


@dataclass(kw_only=True)
class Glance:
    """The time left as it was when the last decision was made.

    All that one decision looks at is the same moment, so that it can be repeated.

    Args:
        seconds: until the race must be over.
        load: how much longer all takes than it is foretold to, since the machine has other things to do; the same in
            the whole race.
    """

    seconds: float
    load: float = 1.0

    def __call__(self) -> float:
        """Return the seconds until the race must be over, as a machine that is free has them."""
        return self.seconds / self.load


@dataclass(kw_only=True)
class Replay:
    """What of a race was over when it was killed.

    Args:
        trials: that had ended.
        results: what the finished ones reported, by recipe name.
        logits: where their held-out logits are, by recipe name.
        begun: picks that were under way, or about to be.
        is_over: whether the race had ended.
    """

    trials: list[Trial] = field(default_factory=list)
    results: dict[str, CandidateResult] = field(default_factory=dict)
    logits: dict[str, Path] = field(default_factory=dict)
    begun: list[Pick] = field(default_factory=list)
    is_over: bool = False


Restore = Callable[[str, Content], bool]
"""Takes in an event of another kind than a race's own, such as a network that was trained; says whether it knew it."""


@dataclass(kw_only=True)
class RaceLog:
    """Records a race, and repeats what was recorded of it.

    Args:
        steps: of the training.
        glance: the time left, as the selector sees it.
        n_events: recorded or repeated so far.
    """

    steps: Steps
    glance: Glance = field(default_factory=lambda: Glance(seconds=0.0))
    n_events: int = 0
    _has_refused: bool = False

    def ask(self, selector: Selector, *, race_seconds: float, seconds_left: float) -> Pick | None:
        """Return the selector's next pick.

        Args:
            selector: is asked.
            race_seconds: until the race must be over.
            seconds_left: for the pick, without its refit.
        """
        self.glance.seconds = race_seconds
        pick = selector.ask(seconds_left=seconds_left)
        if pick is None and self._has_refused:
            return None  # asked again and again while others are under way; once says it all
        self._has_refused = pick is None
        name = None if pick is None else pick.recipe.name
        self.add(ASKED, Content(data={"race": race_seconds, "left": seconds_left, "pick": name}))
        return pick

    def tell(
        self,
        selector: Selector,
        trial: Trial,
        *,
        result: CandidateResult | None = None,
        logits: Path | None = None,
    ) -> None:
        """Record what came of a pick, and tell the selector.

        Args:
            selector: is told.
            trial: what came of it.
            result: what a finished one reported.
            logits: file of its held-out logits.
        """
        data = {
            "trial": json_form.to_json(trial, exact=True),
            "result": None if result is None else json_form.to_json(result, exact=True),
        }
        keep = result is not None and logits is not None and self.steps.is_recording
        arrays = {"logits": np.load(logits, allow_pickle=False)} if keep and logits is not None else {}
        self.add(TOLD, Content(data=data, arrays=arrays))
        self._has_refused = False
        selector.tell(trial)

    def end(self) -> None:
        """Record that the race has ended: what comes after it must not look for more."""
        self.add(OVER, Content(data={}))

    def add(self, event: str, content: Content) -> None:
        """Record an event."""
        self.n_events += 1
        self.steps.record(self._step, Content(data={"event": event, **content.data}, arrays=content.arrays))

    def replay(self, selector: Selector, *, folder: Path, restore: Restore) -> Replay:
        """Ask and tell the selector all that was recorded.

        Args:
            selector: new, on the same ground as before.
            folder: for the held-out logits.
            restore: takes in what is neither asked nor told.

        Raises:
            JournalDisagreesError: it answers something else than before.
        """
        replay = Replay()
        while not replay.is_over:
            self.n_events += 1
            content = self.steps.recall(self._step)
            if content is None:
                self.n_events -= 1
                return replay
            try:
                self._repeat(content, selector, replay, folder, restore)
            except (KeyError, TypeError, ValueError) as error:
                raise JournalDisagreesError(self._step) from error
        return replay

    @property
    def _step(self) -> str:
        return f"race-{self.n_events:04}"

    def _repeat(
        self, content: Content, selector: Selector, replay: Replay, folder: Path, restore: Restore
    ) -> None:
        data: dict[str, Any] = content.data
        if data["event"] == ASKED:
            self.glance.seconds = data["race"]
            pick = selector.ask(seconds_left=data["left"])
            self._has_refused = pick is None
            if (None if pick is None else pick.recipe.name) != data["pick"]:
                raise JournalDisagreesError(self._step)
            replay.begun += [] if pick is None else [pick]
        elif data["event"] == TOLD:
            trial = json_form.from_json(Trial, data["trial"])
            name = trial.recipe.name
            replay.begun = [pick for pick in replay.begun if pick.recipe.name != name]
            replay.trials.append(trial)
            if data["result"] is not None:
                replay.results[name] = json_form.from_json(CandidateResult, data["result"])
                replay.logits[name] = folder / f"recalled-{self.n_events}.npy"
                np.save(replay.logits[name], content.arrays["logits"])
            self._has_refused = False
            selector.tell(trial)
        elif data["event"] == OVER:
            replay.is_over = True
        elif not restore(data["event"], content):
            raise JournalDisagreesError(self._step)
