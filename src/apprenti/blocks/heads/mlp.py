"""A small multilayer perceptron: one hidden layer of rectified units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.heads.linear import one_column_per_class
from apprenti.blocks.parameters import Parameters, number, whole

if TYPE_CHECKING:
    from apprenti.blocks.graph import GraphBuilder


def fit(
    features: NDArray[np.float32],
    labels: NDArray[np.int64],
    *,
    n_labels: int,
    parameters: Parameters,
    seed: int,
) -> Perceptron:
    """Train scikit-learn's perceptron by Adam, for a fixed number of passes.

    Args:
        features: [n, d] float32, best standardised.
        labels: [n] int64, 0..n_labels-1, each at least once.
        n_labels: K.
        parameters: ``n_hidden`` (128); ``alpha`` (0.001), L2 penalty; ``n_epochs`` (30), at least as many as
            make 300 steps.
        seed: of the first weights and of the order of the rows.
    """
    from sklearn.neural_network import MLPClassifier

    batch = min(128, len(labels))
    n_epochs = max(whole(parameters, "n_epochs", 30), -(-300 * batch // len(labels)))
    estimator = MLPClassifier(
        hidden_layer_sizes=(whole(parameters, "n_hidden", 128),),
        alpha=number(parameters, "alpha", 0.001, above=0),
        batch_size=batch,
        max_iter=n_epochs,
        random_state=seed,
    )
    estimator.fit(features, labels)
    inner, outer = estimator.coefs_
    inner_biases, outer_biases = estimator.intercepts_
    outer, outer_biases = one_column_per_class(outer, outer_biases)
    return Perceptron(
        inner=inner.astype(np.float32),
        inner_biases=inner_biases.astype(np.float32),
        outer=outer.astype(np.float32),
        outer_biases=outer_biases.astype(np.float32),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Perceptron:
    """``max(features @ inner + inner_biases, 0) @ outer + outer_biases``.

    Args:
        inner: [d, h] float32.
        inner_biases: [h] float32.
        outer: [h, K] float32.
        outer_biases: [K] float32.
    """

    inner: NDArray[np.float32]
    inner_biases: NDArray[np.float32]
    outer: NDArray[np.float32]
    outer_biases: NDArray[np.float32]

    def logits(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the logits of ``features`` [n, d] float32, [n, K] float32."""
        hidden = np.maximum(features @ self.inner + self.inner_biases, 0)
        return np.asarray(hidden @ self.outer + self.outer_biases, np.float32)

    def add_to(self, graph: GraphBuilder, features: str) -> str:
        """Add the nodes and return the tensor with the logits."""
        hidden = graph.add("Gemm", features, graph.constant(self.inner), graph.constant(self.inner_biases))
        active = graph.add("Relu", hidden)
        return graph.add("Gemm", active, graph.constant(self.outer), graph.constant(self.outer_biases))
