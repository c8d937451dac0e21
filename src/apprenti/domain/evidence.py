"""Evidence: which lesson explains which number of a report, and what that number is.

A report names a number by its id; a lesson shows the same one under it (``/learn/12?run=ID#accuracy``). A test holds
the two equal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from apprenti.domain.report import Report
from apprenti.domain.scores import Scores

Value = float | int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One number of a report.

    Args:
        lesson: the number of the lesson that explains it.
        read: gives it; ``None`` where this report has none.
    """

    lesson: int
    read: Callable[[Report], Value]


def _of_scores(read: Callable[[Scores], Value]) -> Callable[[Report], Value]:
    def value(report: Report) -> Value:
        return None if report.class_scores is None else read(report.class_scores)

    return value


def _worst_recall(scores: Scores) -> Value:
    return min((row.recall for row in scores.per_class if row.recall is not None), default=None)


def _alone(name: str) -> Callable[[Report], Value]:
    def read(scores: Scores) -> Value:
        value: Value = getattr(scores.alone, name, None)
        return value

    return _of_scores(read)


def _kept_score(report: Report) -> Value:
    return next((one.score for one in report.attempts if one.recipe.name == report.kept.name), None)


EVIDENCE: Mapping[str, Evidence] = {
    "accuracy": Evidence(lesson=12, read=_of_scores(lambda scores: scores.accuracy)),
    "accuracy-interval": Evidence(lesson=12, read=_of_scores(lambda scores: scores.accuracy_interval.low)),
    "baseline": Evidence(lesson=12, read=_of_scores(lambda scores: scores.majority_n_right / scores.n)),
    "confusion": Evidence(lesson=12, read=_of_scores(lambda scores: scores.n - scores.n_right)),
    "recall": Evidence(lesson=12, read=_of_scores(_worst_recall)),
    "macro-f1": Evidence(lesson=12, read=_of_scores(lambda scores: scores.macro_f1)),
    "calibration": Evidence(lesson=12, read=_of_scores(lambda scores: scores.ece)),
    "threshold": Evidence(lesson=12, read=_alone("threshold")),
    "coverage": Evidence(lesson=12, read=_alone("coverage")),
    "log-loss": Evidence(lesson=5, read=_of_scores(lambda scores: scores.log_loss)),
    "split": Evidence(lesson=2, read=lambda report: report.data.n_test),
    "duplicates": Evidence(lesson=2, read=lambda report: report.data.n_duplicates),
    "suspects": Evidence(lesson=2, read=lambda report: report.n_label_suspects),
    "candidates": Evidence(lesson=15, read=lambda report: len(report.attempts)),
    "validation-score": Evidence(lesson=15, read=_kept_score),
    "epochs": Evidence(
        lesson=8, read=lambda report: len(report.networks[0].epochs) if report.networks else None
    ),
    "temperature": Evidence(lesson=12, read=lambda report: report.temperature),
}
"""By id: letters and hyphens, as they stand in addresses."""


def lesson_link(evidence_id: str, run: str) -> str:
    """Return where the lesson on a number opens, for one run.

    Example:
        >>> lesson_link("accuracy", "0f3a")
        '/learn/12?run=0f3a#accuracy'
    """
    return f"/learn/{EVIDENCE[evidence_id].lesson}?run={run}#{evidence_id}"
