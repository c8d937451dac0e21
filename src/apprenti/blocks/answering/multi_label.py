"""Several labels at once, each present or not: sigmoid, binary cross-entropy, mean average precision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.answering.protocol import Array, HeldOutScore, Loss
from apprenti.blocks.label_metrics import (
    best_f1_threshold,
    binary_log_loss,
    mean_average_precision,
    mean_average_precision_interval,
)
from apprenti.blocks.platt_scaling import fit_platt, sigmoid
from apprenti.blocks.sampling import sample_rows
from apprenti.domain.dataset import Target, labels_of
from apprenti.domain.metric import Metric

if TYPE_CHECKING:
    from apprenti.blocks.graph import GraphBuilder

N_RESAMPLES = 200
"""For the interval of a recipe among others; a report draws more."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlattScaling:
    """``sigmoid(logits · slopes + offsets)``, label by label.

    Args:
        slopes: [K] float32, above 0.
        offsets: [K] float32.
        thresholds: of each label, the probability from which on it is given.
    """

    slopes: NDArray[np.float32]
    offsets: NDArray[np.float32]
    thresholds: tuple[float, ...]

    @property
    def temperature(self) -> float:
        """1: every label has its own slope."""
        return 1.0

    @property
    def margin(self) -> None:
        """None: there is no number."""

    def answers(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return probabilities [n, K] of ``logits`` [n, K]; the rows do not sum to 1."""
        return sigmoid(logits * self.slopes + self.offsets)

    def publish(self, graph: GraphBuilder, logits: str, n_labels: int) -> None:
        """Publish ``probabilities`` float32 [N, K]."""
        scaled = graph.add("Mul", logits, graph.constant(self.slopes))
        shifted = graph.add("Add", scaled, graph.constant(self.offsets))
        graph.output(graph.add("Sigmoid", shifted), "probabilities", 1, ["N", n_labels])  # 1 = float32


class MultiLabel:
    """Targets [n, K] float32 of 0 and 1; one independent logit for each label."""

    loss: Loss = "binary_cross_entropy"
    metric = Metric.MEAN_AVERAGE_PRECISION

    def targets(self, targets: Sequence[Target], labels: Sequence[str]) -> Array:
        """Return which labels each target has, [n, K] float32."""
        index = {name: i for i, name in enumerate(labels)}
        present = np.zeros((len(targets), len(labels)), np.float32)
        for row, target in enumerate(targets):
            present[row, [index[label] for label in labels_of(target)]] = 1
        return present

    def sample(self, targets: Array, n_wanted: int, *, seed: int) -> NDArray[np.int64]:
        """Return rows drawn alike, whatever their labels."""
        return sample_rows(len(targets), n_wanted, seed=seed)

    def score(self, logits: NDArray[np.float32], targets: Array, *, seed: int) -> HeldOutScore:
        """Return the mean average precision with its bootstrap interval."""
        probabilities = self.calibrate(logits, targets).answers(logits)
        return HeldOutScore(
            score=mean_average_precision(targets, logits),
            interval=mean_average_precision_interval(targets, logits, seed=seed, n_resamples=N_RESAMPLES),
            log_loss=binary_log_loss(targets, probabilities),
        )

    def calibrate(self, logits: NDArray[np.float32], targets: Array) -> PlattScaling:
        """Return for each label what makes its probabilities believable, and where its F1 is best."""
        n_labels = logits.shape[1]
        pairs = [fit_platt(logits[:, k], targets[:, k]) for k in range(n_labels)]
        slopes, offsets = (np.asarray(column, np.float32) for column in zip(*pairs, strict=True))
        plain = PlattScaling(slopes=slopes, offsets=offsets, thresholds=())
        p = plain.answers(logits)
        thresholds = tuple(best_f1_threshold(targets[:, k], p[:, k]) for k in range(n_labels))
        return PlattScaling(slopes=slopes, offsets=offsets, thresholds=thresholds)
