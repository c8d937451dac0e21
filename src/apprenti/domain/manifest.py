"""What a model file says about itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from apprenti.domain.recipe import Canvas, Recipe
from apprenti.domain.report import BackboneCredit

FORMAT_VERSION = 1
"""Raised when an older Apprenti would misread a newer file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Everything a reader of a model file has to know beside the graph.

    No date, duration or fact about a machine stands here: same data, seed and versions, same bytes.

    Args:
        labels: what the model can answer, in the order of its probabilities.
        recipe: what was trained; its canvas is what photos are decoded to.
        backbones: the feature extractors inside, with licence and source.
        scores: test scores by name, ``accuracy`` and others, 0..1; empty where nothing could be kept apart.
        data_fingerprint: SHA-256 over the data trained on, see ``Dataset.fingerprint``.
        seed: of everything random.
        temperature: what logits are divided by in the graph, so that probabilities can be believed.
        familiarity_threshold: distance above which a photo is unlike the training photos; above 0.
        false_alarm_rate: share of familiar photos the threshold was set to flag, 0..1.
        versions: of the programs that took part, by name.
        created_by: the program that wrote the file.
        outputs: names of the graph's outputs.
        sha256: of every other member of the file, by name, 64 hex digits; filled in when it is packed.
        format_version: see ``FORMAT_VERSION``.
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
    format_version: int = FORMAT_VERSION

    def __post_init__(self) -> None:
        if len(self.labels) < 2 or len(set(self.labels)) != len(self.labels):
            raise ValueError("Manifest.labels must be two or more different words")
        if not 0 < self.familiarity_threshold < float("inf"):
            raise ValueError(
                f"Manifest.familiarity_threshold is {self.familiarity_threshold}, expected above 0"
            )

    @property
    def canvas(self) -> Canvas:
        """The square of pixels the graph takes."""
        return self.recipe.canvas
