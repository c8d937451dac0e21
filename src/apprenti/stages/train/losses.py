"""What a network is taught by: how far its logits are from the truth, for every kind of task. PyTorch."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, log_softmax, mse_loss

from apprenti.blocks.answering import Array, Loss
from apprenti.blocks.answering.regression import mean_and_spread
from apprenti.blocks.pixel_rows import PixelRows
from apprenti.domain.network_training import NetworkTraining


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What there is to learn from.

    Args:
        pixels: photos, in the order of the targets.
        targets: see ``blocks.answering.Array``.
        n_outputs: number of classes or labels; 1 for a number.
        loss: what fits the targets.
        fitted: rows learnt from.
        held_out: rows the score of every epoch is measured on; may be empty.
    """

    pixels: PixelRows
    targets: Array
    n_outputs: int
    loss: Loss
    fitted: NDArray[np.intp]
    held_out: NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Losses:
    """Targets as tensors, and what is done with them.

    Args:
        kind: of loss.
        targets: float32 [n, n_outputs]: one-hot classes, labels, or standardised numbers.
        smoothing: share of a class's certainty given to all classes.
        weights: float32 [n_outputs]: of each class; all 1 unless rare classes weigh more.
    """

    kind: Loss
    targets: Tensor
    smoothing: float
    weights: Tensor

    def on(self, device: str) -> Losses:
        """Return the same with its tensors where the network is."""
        return replace(self, targets=self.targets.to(device), weights=self.weights.to(device))

    def wanted(self, rows: NDArray[np.intp]) -> Tensor:
        """Return what the network should say of some rows, float32 [b, n_outputs]."""
        return self.targets[torch.from_numpy(rows)]

    def loss(self, logits: Tensor, wanted: Tensor) -> Tensor:
        """Return the mean loss of a batch.

        Args:
            logits: float32 [b, n_outputs].
            wanted: float32 [b, n_outputs], perhaps of two photos mixed.
        """
        if self.kind == "squared_error":
            return mse_loss(logits, wanted)
        if self.kind == "binary_cross_entropy":
            return binary_cross_entropy_with_logits(logits, wanted)
        weight = wanted @ self.weights  # [b]
        smooth = (1 - self.smoothing) * wanted + self.smoothing / wanted.shape[1]
        return -((smooth * log_softmax(logits, dim=1)).sum(dim=1) * weight).sum() / weight.sum()

    def score(self, logits: Tensor, rows: NDArray[np.intp]) -> float:
        """Return how well logits fit some rows: accuracy, share of right labels, or R²."""
        wanted = self.wanted(rows)
        if self.kind == "squared_error":
            return 1 - float(mse_loss(logits, wanted) / wanted.var(correction=0).clamp_min(1e-12))
        if self.kind == "binary_cross_entropy":
            return float(((logits > 0) == (wanted > 0.5)).float().mean())
        return float((logits.argmax(dim=1) == wanted.argmax(dim=1)).float().mean())


def losses_of(material: Material, settings: NetworkTraining) -> Losses:
    """Return the losses that suit a task."""
    rows = material.targets[material.fitted]
    weights = torch.ones(material.n_outputs)
    if material.loss == "cross_entropy":
        targets = np.eye(material.n_outputs, dtype=np.float32)[material.targets]
        if settings.class_weights:
            counts = np.bincount(rows, minlength=material.n_outputs).clip(1)
            weights = torch.from_numpy(np.sqrt(counts.mean() / counts).astype(np.float32))
    elif material.loss == "binary_cross_entropy":
        targets = material.targets.astype(np.float32)
    else:
        mean, spread = mean_and_spread(rows)
        targets = ((material.targets - mean) / spread).astype(np.float32)[:, np.newaxis]
    return Losses(
        kind=material.loss,
        targets=torch.from_numpy(targets),
        smoothing=settings.label_smoothing,
        weights=weights,
    )
