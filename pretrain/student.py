"""The student: the backbone that is kept, and what it is taught by, which is thrown away."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from apprenti.blocks.residual_network import ResidualNetwork
from batches import SHARES, Corpus
from views import labels_of

LEAST_SPREAD = 0.05
"""Added to the spread of every feature, so that one that hardly ever speaks does not drown the others."""


class Student(nn.Module):
    """The backbone with what it is taught by: a linear account of each teacher's features, a head per labelled source.

    Args:
        teachers: for each its classifier (``weight`` [1000, d], ``bias`` [1000]), and ``mean`` and ``spread`` [d]
            of its features.
        n_classes: classes of each labelled source.
    """

    def __init__(
        self, teachers: dict[str, dict[str, NDArray[np.float32]]], n_classes: dict[str, int]
    ) -> None:
        super().__init__()
        self.backbone = ResidualNetwork()
        n = self.backbone.head_width
        self.accounts = nn.ModuleDict(
            {name: nn.Linear(n, told["weight"].shape[1]) for name, told in teachers.items()}
        )
        self.heads = nn.ModuleDict({name: nn.Linear(n, count) for name, count in n_classes.items()})
        for name, told in teachers.items():
            for key, values in told.items():
                self.register_buffer(f"{name}_{key}", torch.from_numpy(values), persistent=False)

    def features(self, pixels: Tensor) -> Tensor:
        """Return the means of the last map: float32 [n, head_width] from pixels float32 [n, 3, h, w], 0..255."""
        feature_map: Tensor = self.backbone(pixels)
        return feature_map.float().mean(dim=(2, 3))

    def standardised(self, teacher: str, features: Tensor) -> Tensor:
        """Return a teacher's features with mean 0 and spread 1."""
        return (features - getattr(self, f"{teacher}_mean")) / getattr(self, f"{teacher}_spread")

    def teacher_logits(self, teacher: str, standardised: Tensor) -> Tensor:
        """Return what the teacher's last layer says of features."""
        raw = standardised * getattr(self, f"{teacher}_spread") + getattr(self, f"{teacher}_mean")
        return nn.functional.linear(raw, getattr(self, f"{teacher}_weight"), getattr(self, f"{teacher}_bias"))


def build(corpus: Corpus, work: Path) -> Student:
    """Return an untrained student of the corpus's teachers."""
    teachers = {}
    for name in corpus.teachers:
        classifier = np.load(work / "views" / f"{name}-classifier.npz")
        seen = corpus.views[name, "tiny"][0][::20].astype(np.float32)
        teachers[name] = {
            "weight": classifier["weight"],
            "bias": classifier["bias"],
            "mean": seen.mean(axis=0),
            "spread": seen.std(axis=0) + LEAST_SPREAD,
        }
    labelled = {name: labels_of(work, name)[1] for name in SHARES if name != "sample"}
    return Student(teachers, labelled)
