"""What a model file says about itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from apprenti.domain.dataset import TaskType
from apprenti.domain.metric import METRIC_OF, Metric
from apprenti.domain.recipe import Canvas, Recipe
from apprenti.domain.report import BackboneCredit

FORMAT_VERSION = 2
"""The latest there is; raised when an older Apprenti would misread a newer file."""

FORMAT_VERSION_OF: Mapping[TaskType, int] = {
    TaskType.MULTI_CLASS: 1,
    TaskType.MULTI_LABEL: 2,
    TaskType.REGRESSION: 2,
}
"""What a file says: those who only know version 1 read what they understand, and refuse the rest."""

LEAST_LABELS: Mapping[TaskType, int] = {
    TaskType.MULTI_CLASS: 2,
    TaskType.MULTI_LABEL: 1,
    TaskType.REGRESSION: 0,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Everything a reader of a model file has to know beside the graph.

    No date, duration or fact about a machine stands here: same data, seed and versions, same bytes.

    Args:
        labels: what the model can answer, in the order of its probabilities; none where it tells a number.
        recipe: what was trained; its canvas is what photos are decoded to.
        backbones: the feature extractors inside, with licence and source.
        scores: test scores by name, ``accuracy`` and others; empty where nothing could be kept apart.
        data_fingerprint: SHA-256 over the data trained on, see ``Dataset.fingerprint``.
        seed: of everything random.
        temperature: what logits are divided by in the graph, so that probabilities can be believed.
        familiarity_threshold: distance above which a photo is unlike the training photos; above 0.
        false_alarm_rate: share of familiar photos the threshold was set to flag, 0..1.
        versions: of the programs that took part, by name.
        created_by: the program that wrote the file.
        outputs: names of the graph's outputs.
        sha256: of every other member of the file, by name, 64 hex digits; filled in when it is packed.
        format_version: see ``FORMAT_VERSION_OF``.
        task_type: what the model tells; files without it tell classes.
        thresholds: of each of several labels, the probability from which on it is given.
        margin: of a number, how far around the answer the true one lies in ``margin_level`` of the cases.
        margin_level: 0..1.
    """

    labels: tuple[str, ...]
    recipe: Recipe
    backbones: tuple[BackboneCredit, ...]
    scores: Mapping[str, float]
    data_fingerprint: str
    seed: int
    temperature: float
    familiarity_threshold: float
    false_alarm_rate: float
    versions: Mapping[str, str]
    created_by: str
    outputs: tuple[str, ...] = ("probabilities", "embedding", "distance")
    sha256: Mapping[str, str] = field(default_factory=dict)
    format_version: int = 1
    task_type: TaskType = TaskType.MULTI_CLASS
    thresholds: tuple[float, ...] = ()
    margin: float | None = None
    margin_level: float = 0.9

    def __post_init__(self) -> None:
        least = LEAST_LABELS[self.task_type]
        if len(self.labels) < least or len(set(self.labels)) != len(self.labels):
            raise ValueError(f"Manifest.labels must be {least} or more different words")
        n_thresholds = len(self.labels) if self.task_type is TaskType.MULTI_LABEL else 0
        if len(self.thresholds) != n_thresholds:
            raise ValueError(
                f"Manifest.thresholds has {len(self.thresholds)} entries, expected {n_thresholds}"
            )
        if not all(0 <= threshold <= 1 for threshold in self.thresholds):
            raise ValueError("Manifest.thresholds are not between 0 and 1")
        if self.margin is not None and not 0 < self.margin < float("inf"):
            raise ValueError(f"Manifest.margin is {self.margin}, expected above 0")
        if (self.margin is not None) != (self.task_type is TaskType.REGRESSION):
            raise ValueError("Manifest.margin belongs to numbers, and to nothing else")
        if not 0 < self.familiarity_threshold < float("inf"):
            raise ValueError(
                f"Manifest.familiarity_threshold is {self.familiarity_threshold}, expected above 0"
            )

    @property
    def metric(self) -> Metric:
        """What recipes were ranked by; its test score is ``scores[metric]``."""
        return METRIC_OF[self.task_type]

    @property
    def answer(self) -> str:
        """The output of the graph that answers: ``probabilities``, or ``value``."""
        return "value" if self.task_type is TaskType.REGRESSION else "probabilities"

    @property
    def canvas(self) -> Canvas:
        """The square of pixels the graph takes."""
        return self.recipe.canvas
