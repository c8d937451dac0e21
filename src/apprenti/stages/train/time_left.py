"""How long a training may go on: what comes after its last step must find its time, on a machine as busy as this one.

What it should take is known of a machine that is free. How busy this one is shows in the steps: where they take twice
as long as they should, so will all that follows.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from apprenti.domain.errors import OutOfTimeError

if TYPE_CHECKING:
    from apprenti.stages.train.loop import Learner, Plan

LEAST_SHARE_DONE = 0.2
LEAST_STEPS = 10
"""Of the epochs, and of the steps where there are many: a training that time cuts shorter than both, and than one
epoch, is not worth its features."""


def load_of(plan: Plan, photo_seconds: float) -> float:
    """Return how much slower than foretold the machine is, at least 1.

    Args:
        plan: says what learning from a photo should take.
        photo_seconds: what it takes.
    """
    return max(1.0, photo_seconds / plan.photo_seconds) if plan.photo_seconds else 1.0


def keep_to_time(learner: Learner, *, seconds: float, n_photos: int, now: float, name: str) -> None:
    """Shorten the plan where its end would come too late, and let it be as long as it was where it would not.

    The least that is worth having is taken from the time for what comes after it, if it must be: of that, little is
    needed to have a model at all.

    Args:
        learner: as it is now; ``n_steps`` is set.
        seconds: that ``n_photos`` photos took.
        n_photos: learnt from in this process.
        now: on the clock of the plan.
        name: what errors call the training.

    Raises:
        OutOfTimeError: the deadline comes before one epoch, ``LEAST_SHARE_DONE`` of all, and ``LEAST_STEPS``.
    """
    plan, n_fitted = learner.plan, len(learner.material.fitted)
    photo_seconds = seconds / max(1, n_photos)
    ends = plan.deadline - load_of(plan, photo_seconds) * plan.ending_seconds
    planned = plan.epochs * n_fitted / learner.batch
    step_seconds = max(photo_seconds * learner.batch, 1e-9)
    least = math.ceil(min(LEAST_SHARE_DONE * planned, n_fitted / learner.batch, LEAST_STEPS))
    if learner.step + (plan.deadline - now) / step_seconds < least:
        raise OutOfTimeError("training_out_of_time", item=name)
    fitting = min(learner.planned_steps, learner.step + (ends - now) / step_seconds)
    learner.n_steps = int(max(learner.step, least, fitting))
