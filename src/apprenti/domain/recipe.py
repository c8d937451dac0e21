"""What can be trained (recipes), what was chosen and why (picks), and what came of it (trials, cells)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from apprenti.domain.metric import Metric
from apprenti.domain.network_training import is_trained
from apprenti.domain.sentence import Sentence

Fit = Literal["squash", "crop", "pad"]
Parameter = str | int | float


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A confidence interval, both ends included; 95 % unless said otherwise."""

    low: float
    high: float
    level: float = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Canvas:
    """The square of pixels every image is decoded to before anything looks at it.

    Args:
        size_px: side of the square.
        fit: ``squash`` ignores the aspect ratio, ``crop`` keeps the centre, ``pad`` adds grey bars.
    """

    size_px: int
    fit: Fit = "squash"

    @property
    def name(self) -> str:
        """Stable name used in recipe names and cache keys: ``224-squash``."""
        return f"{self.size_px}-{self.fit}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One backbone on one canvas: what features are worked out for, once a photo.

    Args:
        backbone: its name.
        canvas: what photos are decoded to for it.
    """

    backbone: str
    canvas: Canvas

    @property
    def name(self) -> str:
        """Stable name: ``embedded.v2-96@96-squash``."""
        return f"{self.backbone}@{self.canvas.name}"


def settings_text(parameters: Mapping[str, Parameter]) -> str:
    """Return settings as they stand in names: ``alpha=0.01&gamma=1``."""
    return "&".join(
        f"{key}={value:g}" if isinstance(value, float) else f"{key}={value}"
        for key, value in sorted(parameters.items())
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """One way to make a recogniser: pixels → backbones → transform → head.

    Args:
        backbones: names of the feature extractors whose features are put side by side.
        canvas: what images are decoded to.
        transform: versioned name of the feature transform, ``standardise.v1``.
        head: versioned name of the head, ``logistic.v1``.
        parameters: settings of transform and head, by name.
    """

    backbones: tuple[str, ...]
    canvas: Canvas
    transform: str
    head: str
    parameters: Mapping[str, Parameter] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Stable, versioned, unique: ``classic.v1@64-squash/standardise.v1/logistic.v1?C=1``."""
        settings = settings_text(self.parameters)
        base = f"{'+'.join(self.backbones)}@{self.canvas.name}/{self.transform}/{self.head}"
        return f"{base}?{settings}" if settings else base

    @property
    def is_trained(self) -> bool:
        """Whether a network is trained for it on the user's photos."""
        return any(is_trained(name) for name in self.backbones)

    @property
    def looks(self) -> tuple[Look, ...]:
        """What its features are worked out for, in their order."""
        return tuple(Look(backbone=name, canvas=self.canvas) for name in self.backbones)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """A recipe chosen to be trained.

    Args:
        recipe: what would be trained.
        reason: why, in words.
        predicted_seconds: what it should take in all.
        embedding_seconds: how much of that goes into features that are not there yet.
        predicted_score: between which validation accuracies it should end up; ``None`` where nothing is known.
    """

    recipe: Recipe
    reason: Sentence
    predicted_seconds: float
    embedding_seconds: float = 0.0
    predicted_score: Interval | None = None


class TrialStatus(StrEnum):
    """How a trial ended."""

    FINISHED = "finished"
    FAILED = "failed"
    OUT_OF_TIME = "out_of_time"
    OUT_OF_MEMORY = "out_of_memory"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What came of training one pick.

    Args:
        recipe: what was trained.
        status: how it ended; only finished trials have a score.
        score: on validation, by ``metric``; the higher the better.
        interval: 95 % interval of the score.
        balanced_accuracy: mean recall over classes on validation, 0..1; of classes only.
        log_loss: mean −ln p of what is true on validation, nats; not of numbers.
        n_validation: examples the score rests on.
        scheme: ``5-fold`` or ``holdout``.
        seconds: wall time of the trial's own process.
        detail: why it did not finish, where it did not.
        metric: what the score is.
    """

    recipe: Recipe
    status: TrialStatus
    score: float | None = None
    interval: Interval | None = None
    balanced_accuracy: float | None = None
    log_loss: float | None = None
    n_validation: int = 0
    scheme: str = ""
    seconds: float = 0.0
    detail: Sentence | None = None
    metric: Metric = Metric.ACCURACY


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One entry of the knowledge: a recipe, how it scored on a data set, how long it took.

    Args:
        recipe: stable name of the recipe.
        score: validation accuracy, 0..1.
        balanced_accuracy: 0..1.
        seconds: head seconds, features already there.
        split: ``validation`` or ``cross-validation``.
        n_train: examples it was fitted on.
    """

    recipe: str
    score: float
    balanced_accuracy: float
    seconds: float
    split: str
    n_train: int
