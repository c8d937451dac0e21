"""What is measured where a photo may have several labels: every score with its interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from apprenti.domain.metric import Metric
from apprenti.domain.recipe import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class OneLabelScores:
    """How one label fared on the test photos.

    Args:
        label: its name.
        n: test photos that have it.
        n_given: test photos that were given it, rightly or not.
        n_right: of those, given it rightly.
        threshold: the probability from which on it is given.
        recall: ``n_right / n``; ``None`` where no test photo has it.
        recall_interval: 95 % Wilson interval of ``recall``.
        precision: ``n_right / n_given``; ``None`` where it was never given.
        f1: harmonic mean of both; ``None`` where there is neither photo nor answer.
        average_precision: its precision at every recall, averaged, 0..1, whatever the threshold; ``None`` where no
            test photo has it.
    """

    label: str
    n: int
    n_given: int
    n_right: int
    threshold: float
    recall: float | None
    recall_interval: Interval | None
    precision: float | None
    f1: float | None
    average_precision: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelMiss:
    """One label wrongly given to a photo or wrongly left out.

    Args:
        name: the photo.
        label: the label.
        stands_there: whether the photo stands under it; the answer was the opposite.
        given_probability: the probability the label was given, 0..1.
        thumbnail: a small JPEG, or nothing.
    """

    name: str
    label: str
    stands_there: bool
    given_probability: float
    thumbnail: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelScores:
    """Everything measured on photos with several labels each that the model never saw.

    Args:
        n: how many photos.
        mean_average_precision: mean of the average precisions of the labels that have test photos, 0..1.
        mean_average_precision_interval: 95 % bootstrap interval, photos drawn with all their labels.
        chance_average_precision: the same of labels given at random: their mean share of the photos.
        micro_f1: F1 of all decisions together, at the thresholds.
        micro_f1_interval: 95 % bootstrap interval.
        macro_f1: mean F1 of the labels.
        macro_f1_interval: 95 % bootstrap interval.
        n_exact: photos whose labels were all given, and no other.
        exact_interval: 95 % Wilson interval of ``exact_match``.
        log_loss: mean −ln p of what is true, over photos and labels, nats.
        ece: expected calibration error of all probabilities together over 15 bins of equal width, 0..1.
        per_label: in the order of the labels.
        misses: the labels wrongly given or left out that the model was surest of, surest first.
        n_misses: all of them, shown or not.
    """

    n: int
    mean_average_precision: float
    mean_average_precision_interval: Interval
    chance_average_precision: float
    micro_f1: float
    micro_f1_interval: Interval
    macro_f1: float
    macro_f1_interval: Interval
    n_exact: int
    exact_interval: Interval
    log_loss: float
    ece: float
    per_label: tuple[OneLabelScores, ...]
    misses: tuple[LabelMiss, ...] = ()
    n_misses: int = 0

    @property
    def metric(self) -> Metric:
        """What ``score`` is."""
        return Metric.MEAN_AVERAGE_PRECISION

    @property
    def score(self) -> float:
        """The one number that counts."""
        return self.mean_average_precision

    @property
    def exact_match(self) -> float:
        """Share of the photos whose labels are all right, 0..1."""
        return self.n_exact / self.n

    def flat(self) -> dict[str, Any]:
        """Return the scores as JSON data under the names ``evaluate --json`` promises."""
        return {
            "n": self.n,
            "mean_average_precision": self.mean_average_precision,
            "mean_average_precision_interval": _ends(self.mean_average_precision_interval),
            "chance_average_precision": self.chance_average_precision,
            "micro_f1": self.micro_f1,
            "micro_f1_interval": _ends(self.micro_f1_interval),
            "macro_f1": self.macro_f1,
            "macro_f1_interval": _ends(self.macro_f1_interval),
            "exact_match": self.exact_match,
            "exact_match_interval": _ends(self.exact_interval),
            "log_loss": self.log_loss,
            "ece": self.ece,
            "per_label": [
                {
                    "label": row.label,
                    "n": row.n,
                    "threshold": row.threshold,
                    "precision": row.precision,
                    "recall": row.recall,
                    "recall_interval": None if row.recall_interval is None else _ends(row.recall_interval),
                    "f1": row.f1,
                    "average_precision": row.average_precision,
                }
                for row in self.per_label
            ],
        }


def _ends(interval: Interval) -> list[float]:
    return [interval.low, interval.high]
