"""What the training of one network was like, for a person to follow. No durations: it travels in the model file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from apprenti.domain import json_form
from apprenti.domain.network_training import TrainedName, read_trained_name
from apprenti.domain.policy import Policy
from apprenti.domain.sentence import Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochRecord:
    """Once through the photos.

    Args:
        epoch: how often all photos have been seen since the start, the last time perhaps in part.
        loss: mean over this epoch.
        score: of the network alone, on photos it never learns from; accuracy of a class, share of right labels, or R².
        rate: the highest learning rate of its last step.
    """

    epoch: float
    loss: float
    score: float | None
    rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedPhoto:
    """A training photo as it is, and changed at random as the network saw it.

    Args:
        name: the photo.
        plain: a small JPEG.
        changed: small JPEGs.
    """

    name: str
    plain: bytes
    changed: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkHistory:
    """One training: of a network that is judged, and beside it of one that learns from all photos and is kept.

    Args:
        backbone: name of what came of it: ``tuned.v1-96-e12``.
        n_photos: photos the judged network learnt from.
        n_held_out: photos it was judged on after every epoch.
        n_photos_kept: photos the kept network learnt from.
        epochs_kept: how often it saw them.
        epochs: of the judged network.
        policy: how photos were changed.
        symmetries: which flips and turns photos were shown in, and why.
        examples: a few of the photos.
    """

    backbone: str
    n_photos: int
    n_held_out: int
    n_photos_kept: int
    epochs_kept: float
    epochs: tuple[EpochRecord, ...]
    policy: Policy = field(default_factory=Policy)
    symmetries: tuple[Sentence, ...] = ()
    examples: tuple[ChangedPhoto, ...] = ()

    @property
    def trained(self) -> TrainedName | None:
        """The parts of its name; ``None`` where this version does not know such names."""
        return read_trained_name(self.backbone)

    @property
    def scored(self) -> tuple[EpochRecord, ...]:
        """The epochs that have a score."""
        return tuple(epoch for epoch in self.epochs if epoch.score is not None)

    @property
    def best(self) -> EpochRecord | None:
        """The first of the epochs with the best score; ``None`` without scores."""
        return max(self.scored, key=lambda epoch: epoch.score or 0.0, default=None)

    def flat(self) -> dict[str, Any]:
        """Return it as ``train --json`` promises it: without pictures."""
        return {
            "backbone": self.backbone,
            "n_photos": self.n_photos,
            "n_held_out": self.n_held_out,
            "epochs": json_form.to_json(self.epochs),
        }
