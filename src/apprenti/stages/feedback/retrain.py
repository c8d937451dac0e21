"""When a challenger is due, and what to say while it is not.

Every challenge is a look at the same test photos and uses up some of what they can tell (``promotion_level``), so one
is due when there is something new to learn, not because time has passed: after enough corrections, after fewer when
the photos have changed, or whenever a person asks. A change alone is no reason: without labels of the new photos there
is nothing to learn from them, and the right thing to say is which photos to look at.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from apprenti.domain.sentence import Sentence

FEWEST_CORRECTIONS = 20
SHARE_OF_PHOTOS = 0.05
"""Corrections worth a challenger, as a share of what the champion learnt from: fewer change no score visibly."""


class Trigger(StrEnum):
    """Why a challenger is trained."""

    ASKED = "asked"
    CORRECTIONS = "corrections"
    DRIFT = "drift"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Whether a challenger is due.

    Args:
        trigger: why; ``None`` where it is not.
        say: why, or what is missing; ``None`` where there is nothing worth saying.
    """

    trigger: Trigger | None = None
    say: Sentence | None = None

    @property
    def due(self) -> bool:
        """Whether a challenger should be trained now."""
        return self.trigger is not None


def corrections_wanted(n_learnt: int) -> int:
    """Return how many corrections are worth a challenger, where the task does not say.

    Example:
        >>> corrections_wanted(100), corrections_wanted(10_000)
        (20, 500)
    """
    return max(FEWEST_CORRECTIONS, math.ceil(SHARE_OF_PHOTOS * n_learnt))


def when_due(
    *,
    n_corrections: int,
    n_learnt: int,
    drifted: bool = False,
    n_since_drift: int = 0,
    asked: bool = False,
    under_way: bool = False,
    after_corrections: int | None = None,
) -> Decision:
    """Return whether a challenger is due.

    Args:
        n_corrections: photos newly labelled since the last training and not held back, those of the test set left out.
        n_learnt: photos the champion learnt from.
        drifted: whether the latest window raised the alarm.
        n_since_drift: of ``n_corrections``, photos from after the change.
        asked: whether a person asked.
        under_way: whether a training of the task is waiting or running.
        after_corrections: what the task says; ``corrections_wanted`` where it says nothing.
    """
    if under_way:
        return Decision(say=_said("wait_running") if asked else None)
    wanted = after_corrections or corrections_wanted(n_learnt)
    if asked:
        return Decision(
            trigger=Trigger.ASKED, say=_said("due_asked" if n_corrections else "wait_nothing_new")
        )
    if n_corrections >= wanted:
        return Decision(trigger=Trigger.CORRECTIONS, say=_said("due_corrections", n=n_corrections))
    if drifted:
        after_drift = min(wanted, FEWEST_CORRECTIONS)
        if n_since_drift >= after_drift:
            return Decision(trigger=Trigger.DRIFT, say=_said("due_drift", n=n_since_drift))
        missing = after_drift - n_since_drift
        return Decision(say=_said("wait_drift", n=n_since_drift, wanted=missing))
    if n_corrections:
        return Decision(say=_said("wait_corrections", n=n_corrections, wanted=wanted - n_corrections))
    return Decision()


def _said(name: str, **values: int) -> Sentence:
    return Sentence(key=f"feedback.{name}", values=values)
