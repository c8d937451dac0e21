"""What a report says: scores with intervals, mistakes, doubts about the data, and how all of it came about.

A report travels inside the model file, which must come out byte for byte equal for the same data, seed, versions
and knowledge. So there is no date, no duration and no fact about the machine in it; durations are a ``Timing``
beside it, and what a machine found time to measure afterwards is a ``Hindsight``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from apprenti.domain import json_form
from apprenti.domain.dataset import SetAside, TaskType
from apprenti.domain.label_scores import LabelMiss, LabelScores
from apprenti.domain.metric import Metric
from apprenti.domain.network_history import NetworkHistory
from apprenti.domain.number_scores import NumberMiss, NumberScores
from apprenti.domain.outlook import Outlook
from apprenti.domain.profile import Profile
from apprenti.domain.recipe import Interval, Recipe, TrialStatus
from apprenti.domain.scores import ClassScores, FamiliarityScores, Scores
from apprenti.domain.sentence import Sentence

__all__ = [
    "AnyScores",
    "Attempt",
    "BackboneCredit",
    "ClassScores",
    "DataFacts",
    "FamiliarityScores",
    "LabelSuspect",
    "NumberFacts",
    "Picture",
    "RepeatedPicture",
    "Report",
    "Scores",
    "Timing",
]

AnyScores = Scores | LabelScores | NumberScores
"""Of classes, of several labels, of a number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelSuspect:
    """A training photo whose own label looks wrong to models that never saw it.

    Args:
        name: the photo.
        given: the label it stands under.
        suggested: the label those models would give.
        p_given: held-out probability of ``given``, 0..1.
        p_suggested: held-out probability of ``suggested``, 0..1.
        thumbnail: a small JPEG, or nothing.
    """

    name: str
    given: str
    suggested: str
    p_given: float
    p_suggested: float
    thumbnail: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One photo standing for its class."""

    name: str
    label: str
    thumbnail: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatedPicture:
    """Photos that show the same picture.

    Args:
        names: the first few, sorted.
        n: all of them.
        labels: the labels they stand under; more than one is a conflict.
        exact: the same bytes (otherwise nearly the same pixels).
    """

    names: tuple[str, ...]
    n: int
    labels: tuple[str, ...]
    exact: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberFacts:
    """The least, the middle and the greatest of the numbers learnt from."""

    low: float
    median: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFacts:
    """The data a model was trained and judged on. Lists are cut to what a person can read; counts are whole.

    Args:
        name: folder or file it came from.
        fingerprint: of the data set, see ``Dataset.fingerprint``; "" when unknown.
        n_train: photos learnt from.
        n_validation: photos set apart to choose between recipes; 0 where cross-validation did.
        n_test: photos set apart for this report.
        n_per_label: training and validation photos of each label.
        set_aside: files not used, each with its reason.
        n_set_aside: all of them.
        repeated: pictures that occur several times, under one label.
        n_repeated: all of them, conflicts included.
        n_duplicates: photos that repeat another.
        conflicts: pictures that occur under different labels.
        n_conflicts: all of them.
        numbers: what the numbers learnt from are like; ``None`` of labels.
    """

    name: str
    fingerprint: str = ""
    n_train: int = 0
    n_validation: int = 0
    n_test: int = 0
    n_per_label: Mapping[str, int] = field(default_factory=dict)
    set_aside: tuple[SetAside, ...] = ()
    n_set_aside: int = 0
    repeated: tuple[RepeatedPicture, ...] = ()
    n_repeated: int = 0
    n_duplicates: int = 0
    conflicts: tuple[RepeatedPicture, ...] = ()
    n_conflicts: int = 0
    numbers: NumberFacts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One of the recipes picked: why, and what came of it.

    Args:
        recipe: what was trained.
        reason: why it was picked.
        status: how it ended; ``None`` when it was never begun.
        score: on validation, by ``metric``; the higher the better.
        interval: its 95 % interval.
        n_validation: photos the score rests on.
        scheme: ``5-fold`` or ``holdout``.
        detail: why it did not finish, where it did not.
        predicted_score: between which the score was to end up; ``None`` where nothing was known.
        metric: what the score is.
    """

    recipe: Recipe
    reason: Sentence
    status: TrialStatus | None = None
    score: float | None = None
    interval: Interval | None = None
    n_validation: int = 0
    scheme: str = ""
    detail: Sentence | None = None
    predicted_score: Interval | None = None
    metric: Metric = Metric.ACCURACY


@dataclass(frozen=True, slots=True, kw_only=True)
class BackboneCredit:
    """Where a feature extractor comes from and under which licence; ``source_sha256`` is of the file it came in."""

    name: str
    licence: str
    source: str
    source_sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Durations in seconds, shown in the page but never kept in the model file.

    Args:
        total_seconds: the whole training.
        predicted_seconds: by recipe name, as promised when it was picked.
        seconds: by recipe name, as it turned out.
        photos_per_second: by name of a trained backbone, what its network looked at while it learnt.
        resumed_at: by name of a trained backbone whose training was stopped and went on: at which epoch.
    """

    total_seconds: float
    predicted_seconds: Mapping[str, float] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)
    photos_per_second: Mapping[str, float] = field(default_factory=dict)
    resumed_at: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One model, judged once.

    Args:
        labels: what it can answer, sorted; none where it tells a number.
        data: the photos.
        scores: on the test photos; ``None`` where there were too few photos to keep any apart.
        profile: of the data; ``None`` for a report on other data than the model was trained on.
        kept: the recipe in the model.
        attempts: the recipes picked, in order, with what came of each.
        networks: how the networks were trained that were, on these photos.
        outlook: what the choice of recipes rested on; ``None`` where a fixed order chose.
        temperature: what logits are divided by so that probabilities can be believed; 1 changes nothing.
        familiarity: the alarm for unfamiliar photos; ``None`` when not measured.
        label_suspects: training photos whose label looks wrong, worst first; of classes only.
        n_label_suspects: all of them.
        disagreements: where models that had not seen a training photo disagree most with what it stands under; of
            several labels and of numbers.
        examples: a typical photo for each class, in the order of the labels.
        notices: sentences a person should read.
        seed: of everything random.
        versions: of the programs that took part, by name.
        backbones: the feature extractors in the model.
        format: of this record; raised when old readers would misread it.
        task_type: what the model tells: a class, several labels or a number.
    """

    labels: tuple[str, ...]
    data: DataFacts
    scores: AnyScores | None
    kept: Recipe
    profile: Profile | None = None
    attempts: tuple[Attempt, ...] = ()
    networks: tuple[NetworkHistory, ...] = ()
    outlook: Outlook | None = None
    temperature: float = 1.0
    familiarity: FamiliarityScores | None = None
    label_suspects: tuple[LabelSuspect, ...] = ()
    n_label_suspects: int = 0
    disagreements: tuple[LabelMiss | NumberMiss, ...] = ()
    examples: tuple[Picture, ...] = ()
    notices: tuple[Sentence, ...] = ()
    seed: int = 0
    versions: Mapping[str, str] = field(default_factory=dict)
    backbones: tuple[BackboneCredit, ...] = ()
    format: int = 1
    task_type: TaskType = TaskType.MULTI_CLASS

    @property
    def class_scores(self) -> Scores | None:
        """The scores where they are of classes."""
        return self.scores if isinstance(self.scores, Scores) else None

    def named(self, name: str) -> Report:
        """Return the report with ``name`` for its data, where it has none: a model file keeps no folder's name."""
        return self if self.data.name else replace(self, data=replace(self.data, name=name))

    def to_json(self) -> dict[str, Any]:
        """Return the report as JSON data: deterministic, floats to six digits, thumbnails as base64."""
        data: dict[str, Any] = json_form.to_json(self)
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Report:
        """Return the report that ``to_json`` gave ``data`` for.

        Raises:
            ValueError: the data are not a report; the message names the entry.
        """
        return json_form.from_json(cls, data)

    def flat_scores(self) -> dict[str, Any]:
        """Return the scores under the names ``evaluate --json`` promises; ``n`` is 0 without test photos."""
        return {"n": 0} if self.scores is None else json_form.to_json(self.scores.flat())
