"""What every kind of task can do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from apprenti.domain.dataset import Target
from apprenti.domain.metric import Metric
from apprenti.domain.recipe import Interval

if TYPE_CHECKING:
    from apprenti.blocks.graph import GraphBuilder

Loss = Literal["cross_entropy", "binary_cross_entropy", "squared_error"]
"""What fitting makes small: of softmax(logits), of sigmoid(logits) label by label, or of the logit itself."""

Array = NDArray[Any]
"""Targets: [n] int64 class indices, [n, K] float32 of 0 and 1, or [n] float32 numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOutScore:
    """How well logits fit targets they were not fitted on (fields as in ``domain.recipe.Trial``)."""

    score: float
    interval: Interval
    balanced_accuracy: float | None = None
    log_loss: float | None = None


class Calibration(Protocol):
    """From logits to answers a person can use, fitted on held-out logits."""

    @property
    def temperature(self) -> float:
        """What logits are divided by; 1 where they are not."""
        ...

    @property
    def thresholds(self) -> tuple[float, ...]:
        """Of each label, the probability from which on it is given; none where one label is always given."""
        ...

    @property
    def margin(self) -> float | None:
        """How far around an answer the true number lies in ``MARGIN_LEVEL`` of the cases; ``None`` of labels."""
        ...

    def answers(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return probabilities [n, K], or numbers [n], float32, of ``logits`` [n, K] float32."""
        ...

    def publish(self, graph: GraphBuilder, logits: str, n_labels: int) -> None:
        """Add the same computation to ``graph`` and publish its result; ``n_labels`` is the number of logits."""
        ...


class Answering(Protocol):
    """What a kind of task needs for learning and judging."""

    @property
    def loss(self) -> Loss:
        """What fits the targets."""
        ...

    @property
    def metric(self) -> Metric:
        """What recipes are ranked by."""
        ...

    def targets(self, targets: Sequence[Target], labels: Sequence[str]) -> Array:
        """Return the targets as an array, see ``Array``; ``labels`` gives the columns their order."""
        ...

    def sample(self, targets: Array, n_wanted: int, *, seed: int) -> NDArray[np.int64]:
        """Return about ``n_wanted`` row numbers in increasing order that stand for all rows."""
        ...

    def score(self, logits: NDArray[np.float32], targets: Array, *, seed: int) -> HeldOutScore:
        """Return how well ``logits`` [n, K] of rows not fitted on fit their targets."""
        ...

    def calibrate(self, logits: NDArray[np.float32], targets: Array) -> Calibration:
        """Return the way from logits to answers that suits held-out ``logits`` [n, K] and their targets."""
        ...
