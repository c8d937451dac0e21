"""How a network is trained, and what a backbone that came of it is called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Start = Literal["packaged", "brought", "scratch"]
"""What a network is before it is trained: the packaged one, one the person brought, or random numbers."""
Schedule = Literal["one_cycle", "cosine"]
Optimiser = Literal["sgd", "adamw"]

_NAME = re.compile(
    r"(?P<kind>[a-z][a-z_]{0,20}\.v[1-9][0-9]{0,2})-(?P<size>[1-9][0-9]{1,3})-e(?P<epochs>[1-9][0-9]{0,3})"
    r"(?:-(?P<of>[0-9a-f]{8}))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkTraining:
    """The settings of a training; every size and number of epochs has the same.

    Args:
        start: what the network is to begin with; all its layers learn.
        optimiser: SGD with Nesterov momentum, or AdamW.
        rate: the highest learning rate of the last layers.
        depth_factor: the rate of each earlier stage is that of the next one times this, 0..1.
        head_factor: the rate of the head is ``rate`` times this.
        schedule: ``one_cycle`` climbs for three tenths of the steps and falls to nothing, ``cosine`` for one in twenty.
        weight_decay: of matrices; biases and normalisations have none.
        momentum: of SGD.
        batch: photos a step.
        label_smoothing: share of a class's certainty given to all classes, 0..1.
        ema: kept of the averaged weights at every step at the most; 0 for no averaging.
        clip_norm: longest gradient.
        class_weights: whether rare classes weigh more, by the root of how rare they are.
        patience: share of the epochs without a better score on validation after which a training ends; 1 for never.
        finds_rate: whether ``rate`` is found by some steps on a copy of the network before the training.
    """

    start: Start
    optimiser: Optimiser = "sgd"
    rate: float
    depth_factor: float = 1.0
    head_factor: float = 1.0
    schedule: Schedule = "one_cycle"
    weight_decay: float = 1e-4
    momentum: float = 0.9
    batch: int = 32
    label_smoothing: float = 0.1
    ema: float = 0.0
    clip_norm: float = 2.0
    class_weights: bool = True
    patience: float = 1.0
    finds_rate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TunableNetwork:
    """A network that a person brought and that can go on learning.

    Args:
        name: of the backbone it is as long as it is left as it is; ends in 8 hex digits that stand for it.
        size_px: side of the squares it looks at.
        multiply_adds: what looking at one photo takes.
    """

    name: str
    size_px: int
    multiply_adds: int

    @property
    def of(self) -> str:
        """The 8 hex digits that its name ends in."""
        return self.name[-8:]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedName:
    """A trained backbone's name in its parts.

    Args:
        kind: versioned name of the settings, an entry of ``recipes.TRAININGS``.
        size_px: side of the squares it looks at.
        epochs: how often it saw every photo.
        of: what the name of the network ends in that the person brought to be trained, 8 hex digits; ``""`` of others.
    """

    kind: str
    size_px: int
    epochs: int
    of: str = ""

    @property
    def name(self) -> str:
        """The whole name: ``tuned.v1-96-e12``, or ``tuned_hub.v1-224-e4-1a2b3c4d``."""
        return f"{self.kind}-{self.size_px}-e{self.epochs}" + (f"-{self.of}" if self.of else "")


def read_trained_name(backbone: str) -> TrainedName | None:
    """Return the parts of the name of a backbone that is trained on the user's photos; ``None`` for any other.

    Example:
        >>> read_trained_name("tuned.v1-96-e12").epochs
        12
        >>> read_trained_name("embedded.v2-96")
    """
    match = _NAME.fullmatch(backbone)
    if match is None:
        return None
    return TrainedName(
        kind=match["kind"], size_px=int(match["size"]), epochs=int(match["epochs"]), of=match["of"] or ""
    )


def is_trained(backbone: str) -> bool:
    """Return whether a backbone is trained on the user's photos."""
    return read_trained_name(backbone) is not None
