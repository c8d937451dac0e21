"""A number: squared error, R², and a margin that says how far off an answer may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.answering.protocol import Array, HeldOutScore, Loss
from apprenti.blocks.number_metrics import conformal_margin, r2, r2_interval
from apprenti.blocks.sampling import sample_rows
from apprenti.domain.dataset import Target
from apprenti.domain.metric import Metric
from apprenti.domain.recipe import Interval

if TYPE_CHECKING:
    from apprenti.blocks.graph import GraphBuilder

N_RESAMPLES = 200
"""For the interval of a recipe among others; a report draws more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConformalMargin:
    """The one logit as it is, in the unit of the targets, and how far around it the truth lies.

    Args:
        margin: half the width of the interval, see ``number_metrics.conformal_margin``.
    """

    margin: float

    @property
    def temperature(self) -> float:
        """1: nothing is divided."""
        return 1.0

    @property
    def thresholds(self) -> tuple[float, ...]:
        """None: there is no label."""
        return ()

    def answers(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return numbers [n] of ``logits`` [n, 1]."""
        return np.ascontiguousarray(logits[:, 0])

    def publish(self, graph: GraphBuilder, logits: str, n_labels: int) -> None:
        """Publish ``value`` float32 [N]."""
        graph.output(graph.add("Squeeze", logits, graph.shape(1)), "value", 1, ["N"])  # 1 = float32


class Regression:
    """Targets [n] float32 in their own unit; one logit, in the same unit."""

    loss: Loss = "squared_error"
    metric = Metric.R2

    def targets(self, targets: Sequence[Target], labels: Sequence[str]) -> Array:
        """Return the numbers, [n] float32; there are no labels."""
        return np.asarray([_number(target) for target in targets], np.float32)

    def sample(self, targets: Array, n_wanted: int, *, seed: int) -> NDArray[np.int64]:
        """Return rows drawn alike, whatever their numbers."""
        return sample_rows(len(targets), n_wanted, seed=seed)

    def score(self, logits: NDArray[np.float32], targets: Array, *, seed: int) -> HeldOutScore:
        """Return R² with its bootstrap interval; 0 where the held-out numbers are all the same."""
        answers = logits[:, 0]
        interval = r2_interval(targets, answers, seed=seed, n_resamples=N_RESAMPLES)
        return HeldOutScore(
            score=r2(targets, answers) or 0.0, interval=interval or Interval(low=0.0, high=1.0)
        )

    def calibrate(self, logits: NDArray[np.float32], targets: Array) -> ConformalMargin:
        """Return the margin of held-out answers."""
        return ConformalMargin(margin=conformal_margin(targets, logits[:, 0]))


def mean_and_spread(numbers: Array) -> tuple[np.float32, np.float32]:
    """Return mean and standard deviation of numbers [n]: what is fitted is ``(number − mean) / spread``.

    The spread is 1 where all numbers are the same.
    """
    wide = numbers.astype(np.float64)
    return np.float32(wide.mean()), np.float32(wide.std() or 1.0)


def _number(target: Target) -> float:
    if not isinstance(target, float):
        raise TypeError(f"{target!r} is no number")
    return target
