"""One of several classes: softmax, cross-entropy, accuracy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.answering.protocol import Array, HeldOutScore, Loss
from apprenti.blocks.calibration import fit_temperature, softmax
from apprenti.blocks.metrics import accuracy, balanced_accuracy, confusion_matrix, log_loss, wilson_interval
from apprenti.blocks.sampling import sample_by_label
from apprenti.domain.dataset import Target
from apprenti.domain.metric import Metric

if TYPE_CHECKING:
    from apprenti.blocks.graph import GraphBuilder


@dataclass(frozen=True, slots=True, kw_only=True)
class TemperatureScaling:
    """``softmax(logits / temperature)``."""

    temperature: float

    @property
    def thresholds(self) -> tuple[float, ...]:
        """None: the most probable class is always given."""
        return ()

    @property
    def margin(self) -> None:
        """None: there is no number."""

    def answers(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return probabilities [n, K] of ``logits`` [n, K]."""
        return softmax(logits, self.temperature)

    def publish(self, graph: GraphBuilder, logits: str, n_labels: int) -> None:
        """Publish ``probabilities`` float32 [N, K]."""
        scaled = graph.add("Div", logits, graph.scalar(self.temperature))
        graph.output(
            graph.add("Softmax", scaled, axis=-1), "probabilities", 1, ["N", n_labels]
        )  # 1 = float32


class MultiClass:
    """Targets [n] int64 class indices; one logit for each class."""

    loss: Loss = "cross_entropy"
    metric = Metric.ACCURACY

    def targets(self, targets: Sequence[Target], labels: Sequence[str]) -> Array:
        """Return the class index of each target, [n] int64."""
        index = {name: i for i, name in enumerate(labels)}
        return np.asarray([index[str(target)] for target in targets], dtype=np.int64)

    def sample(self, targets: Array, n_wanted: int, *, seed: int) -> NDArray[np.int64]:
        """Return rows with each class in its share."""
        return sample_by_label(targets, n_wanted, seed=seed)

    def score(self, logits: NDArray[np.float32], targets: Array, *, seed: int) -> HeldOutScore:
        """Return accuracy with its Wilson interval."""
        answers = logits.argmax(axis=1)
        probabilities = softmax(logits, fit_temperature(logits, targets))
        confusion = confusion_matrix(targets, answers, logits.shape[1])
        return HeldOutScore(
            score=accuracy(targets, answers),
            interval=wilson_interval(int((answers == targets).sum()), len(targets)),
            balanced_accuracy=balanced_accuracy(confusion),
            log_loss=log_loss(probabilities, targets),
        )

    def calibrate(self, logits: NDArray[np.float32], targets: Array) -> TemperatureScaling:
        """Return the temperature that makes held-out probabilities believable."""
        return TemperatureScaling(temperature=fit_temperature(logits, targets))
