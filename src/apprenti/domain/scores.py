"""What is measured on labelled photos a model never saw: every score with its interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from apprenti.domain.metric import Metric
from apprenti.domain.recipe import Interval

WORTHWHILE_COVERAGE = 0.2
"""Share of the photos that must be answered alone for a threshold to be worth telling of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassScores:
    """How one class fared on the test photos.

    Args:
        label: the class.
        n: test photos of it.
        n_right: of them recognised.
        n_predicted: test photos that were given this label, rightly or not.
        recall: ``n_right / n``; ``None`` without test photos of the class.
        recall_interval: 95 % Wilson interval of ``recall``.
        precision: ``n_right / n_predicted``; ``None`` when the label was never given.
        f1: harmonic mean of precision and recall; ``None`` when neither photo nor prediction has the label.
    """

    label: str
    n: int
    n_right: int
    n_predicted: int
    recall: float | None
    recall_interval: Interval | None
    precision: float | None
    f1: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliabilityBin:
    """The predictions whose confidence lies in ``(low, high]``: how sure they were, how many were right."""

    low: float
    high: float
    n: int
    n_right: int
    mean_confidence: float
    accuracy_interval: Interval

    @property
    def accuracy(self) -> float:
        """Share of right answers in the bin, 0..1."""
        return self.n_right / self.n


@dataclass(frozen=True, slots=True, kw_only=True)
class CoveragePoint:
    """Accuracy when only the share ``coverage`` of most confident answers is given alone."""

    coverage: float
    accuracy: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatingPoint:
    """A confidence threshold chosen on held-out training photos, and what it does on the test photos.

    Args:
        target_accuracy: accuracy asked for among the photos answered alone, 0..1.
        threshold: answer alone at this probability or more.
        n: test photos.
        n_answered: of them answered alone.
        n_right: of the answered, right.
        coverage_interval: 95 % Wilson interval of ``coverage``.
        accuracy_interval: 95 % Wilson interval of ``accuracy``; ``None`` when none was answered.
    """

    target_accuracy: float
    threshold: float
    n: int
    n_answered: int
    n_right: int
    coverage_interval: Interval
    accuracy_interval: Interval | None

    @property
    def coverage(self) -> float:
        """Share of the test photos answered alone, 0..1."""
        return self.n_answered / self.n

    @property
    def accuracy(self) -> float | None:
        """Share of right answers among those answered alone; ``None`` when none was."""
        return self.n_right / self.n_answered if self.n_answered else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """A test photo that got a wrong label, with the probability it was given and a small JPEG of it."""

    name: str
    true: str
    predicted: str
    probability: float
    thumbnail: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Everything measured on labelled photos the model never saw.

    Args:
        n: how many photos.
        n_right: how many got the right label.
        accuracy: ``n_right / n``.
        accuracy_interval: 95 % Wilson interval.
        balanced_accuracy: mean recall of the classes that have photos here.
        balanced_accuracy_interval: 95 % bootstrap interval.
        macro_f1: mean F1 of the classes seen here, as a photo or as a prediction.
        macro_f1_interval: 95 % bootstrap interval.
        log_loss: mean −ln p of the true class, nats.
        ece: expected calibration error over 15 bins of equal width, 0..1.
        majority_label: the most frequent label of the training photos.
        majority_n_right: photos that always answering ``majority_label`` would get right.
        per_class: in the order of the labels.
        confusion: (true class, predicted class, photos) of every pair that occurs, as indices of the labels.
        reliability: bins that are not empty, least confident first.
        coverage_curve: most confident share first; at most 101 points.
        operating_points: thresholds for falling targets; empty without held-out training probabilities.
        mistakes: the most confident wrong answers, most confident first.
        n_mistakes: all of them, shown or not.
    """

    n: int
    n_right: int
    accuracy: float
    accuracy_interval: Interval
    balanced_accuracy: float
    balanced_accuracy_interval: Interval
    macro_f1: float
    macro_f1_interval: Interval
    log_loss: float
    ece: float
    majority_label: str
    majority_n_right: int
    per_class: tuple[ClassScores, ...]
    confusion: tuple[tuple[int, int, int], ...]
    reliability: tuple[ReliabilityBin, ...]
    coverage_curve: tuple[CoveragePoint, ...]
    operating_points: tuple[OperatingPoint, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    n_mistakes: int = 0

    @property
    def metric(self) -> Metric:
        """What ``score`` is."""
        return Metric.ACCURACY

    @property
    def score(self) -> float:
        """The one number that counts."""
        return self.accuracy

    @property
    def alone(self) -> OperatingPoint | None:
        """The operating point worth telling: the most accurate one that answers a fifth of the photos.

        Where none answers that many, the most accurate that answers anything; ``None`` when there is none.
        """
        answering = [point for point in self.operating_points if point.n_answered]
        useful = [point for point in answering if point.coverage >= WORTHWHILE_COVERAGE]
        return next(iter(useful or answering), None)

    def flat(self) -> dict[str, Any]:
        """Return the scores as JSON data under the names ``evaluate --json`` promises."""
        return {
            "n": self.n,
            "n_right": self.n_right,
            "accuracy": self.accuracy,
            "accuracy_interval": [self.accuracy_interval.low, self.accuracy_interval.high],
            "balanced_accuracy": self.balanced_accuracy,
            "balanced_accuracy_interval": [
                self.balanced_accuracy_interval.low,
                self.balanced_accuracy_interval.high,
            ],
            "macro_f1": self.macro_f1,
            "macro_f1_interval": [self.macro_f1_interval.low, self.macro_f1_interval.high],
            "log_loss": self.log_loss,
            "ece": self.ece,
            "majority_accuracy": self.majority_n_right / self.n,
            "per_class": [_flat_row(row) for row in self.per_class],
        }


def _flat_row(row: ClassScores) -> dict[str, Any]:
    interval = row.recall_interval
    return {
        "label": row.label,
        "n": row.n,
        "precision": row.precision,
        "recall": row.recall,
        "recall_interval": None if interval is None else [interval.low, interval.high],
        "f1": row.f1,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class FamiliarityScores:
    """How the alarm for unfamiliar photos was set and how often it rang falsely on test photos.

    Args:
        threshold: distance above which a photo is unfamiliar.
        target_false_alarm_rate: share of familiar photos it was set to flag, 0..1.
        n: test photos, all of them of the familiar kind.
        n_alarms: of them flagged all the same.
        interval: 95 % Wilson interval of ``false_alarm_rate``.
    """

    threshold: float
    target_false_alarm_rate: float
    n: int
    n_alarms: int
    interval: Interval

    @property
    def false_alarm_rate(self) -> float:
        """Share of the test photos flagged, 0..1."""
        return self.n_alarms / self.n
