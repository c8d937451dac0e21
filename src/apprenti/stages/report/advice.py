"""What to do next: the one to three actions that promise most, from the numbers of the report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from apprenti.domain.dataset import TaskType
from apprenti.domain.label_scores import LabelScores
from apprenti.domain.number_scores import NumberScores
from apprenti.domain.report import AnyScores, Report
from apprenti.domain.scores import ClassScores, Scores
from apprenti.stages.report.words import Words

MAX_ADVICE = 3

FEW_TEST_PHOTOS = 50
"""Below this the 95 % interval is up to ±13 points wide, and may promise anything."""

WEAK_RECALL = 0.9
MIN_CLASS_PHOTOS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One thing to do.

    Args:
        title: what, as an imperative.
        why: what in the data asks for it.
        anchor: the section that shows it.
    """

    title: str
    why: str
    anchor: str


def advise(report: Report, words: Words) -> tuple[Advice, ...]:
    """Return what to do next, most useful first; never nothing."""
    advice = tuple(_all_advice(report, words))[:MAX_ADVICE]
    return advice or (Advice(title=words("calm_title"), why=words("calm_why"), anchor="familiar"),)


def is_clear_gain(scores: AnyScores) -> bool:
    """Return whether even the worse end of the interval beats not learning anything."""
    if isinstance(scores, LabelScores):
        return scores.mean_average_precision_interval.low > scores.chance_average_precision
    if isinstance(scores, NumberScores):
        return scores.mean_absolute_error_interval.high < scores.baseline_absolute_error
    return scores.accuracy_interval.low > scores.majority_n_right / scores.n


def weakest_class(scores: Scores) -> ClassScores | None:
    """Return the class found least often, if it is weak and has enough test photos to say so."""
    weak = [
        row
        for row in scores.per_class
        if row.n >= MIN_CLASS_PHOTOS and row.recall is not None and row.recall < WEAK_RECALL
    ]
    return min(weak, key=lambda row: (row.recall or 0.0, -row.n), default=None)


def most_often_taken_for(scores: Scores, label: str) -> str | None:
    """Return the label given by mistake to most photos of ``label``; ``None`` when no two were alike."""
    labels = [row.label for row in scores.per_class]
    wrong = [
        (n, labels[column]) for row, column, n in scores.confusion if labels[row] == label != labels[column]
    ]
    n, other = max(wrong, default=(0, ""))
    return other if n > 1 else None


def _all_advice(report: Report, words: Words) -> Iterator[Advice]:
    scores = report.scores
    if scores is None:
        why = "untested_why" if report.task_type is TaskType.MULTI_CLASS else "untested_other_why"
        yield Advice(title=words("untested_title"), why=words(why), anchor="data")
    elif scores.n < FEW_TEST_PHOTOS:
        low, high = score_ends(scores, words)
        why = words("few_why" if isinstance(scores, Scores) else "few_other_why", low=low, high=high)
        yield Advice(title=words("few_title"), why=why, anchor="data")
    elif not is_clear_gain(scores):
        yield Advice(title=words("baseline_title"), why=baseline_why(scores, words), anchor="mistakes")
    yield from _counted(words, "conflicts", report.data.n_conflicts)
    yield from _counted(words, "suspects", report.n_label_suspects)
    if report.task_type is TaskType.MULTI_LABEL:  # of numbers, one in ten lies past the margin by its making
        yield from _counted(words, "suspects", len(report.disagreements), anchor="doubts")
    if isinstance(scores, Scores):
        yield from _weakest(scores, words)
    if isinstance(scores, LabelScores):
        yield from _weakest_label(scores, words)
    yield from _counted(words, "set_aside", report.data.n_set_aside)


def score_ends(scores: AnyScores, words: Words) -> tuple[str, str]:
    """Return between which values the score may lie, in words."""
    if isinstance(scores, Scores):
        interval = scores.accuracy_interval
        return words.percent(interval.low), words.percent(interval.high)
    if isinstance(scores, LabelScores):
        interval = scores.mean_average_precision_interval
        return words.decimal(interval.low, 3), words.decimal(interval.high, 3)
    interval = scores.mean_absolute_error_interval
    return words.amount(interval.low, scores.margin), words.amount(interval.high, scores.margin)


def baseline_why(scores: AnyScores, words: Words) -> str:
    """Return what does about as well without learning anything."""
    if isinstance(scores, Scores):
        return words("baseline_why", label=scores.majority_label)
    if isinstance(scores, LabelScores):
        return words("baseline_labels_why")
    return words("baseline_number_why", value=words.amount(scores.baseline, scores.margin))


def _counted(words: Words, name: str, n: int, *, anchor: str = "") -> Iterator[Advice]:
    if n:
        yield Advice(title=words(f"{name}_title", n=n), why=words(f"{name}_why"), anchor=anchor or name)


def _weakest(scores: Scores, words: Words) -> Iterator[Advice]:
    weakest = weakest_class(scores)
    if weakest is None:
        return
    why = words("weakest_why", n=weakest.n, n_right=weakest.n_right)
    other = most_often_taken_for(scores, weakest.label)
    if other is not None:
        why += " " + words("weakest_other", other=other)
    yield Advice(title=words("weakest_title", label=weakest.label), why=why, anchor="classes")


def _weakest_label(scores: LabelScores, words: Words) -> Iterator[Advice]:
    weak = [
        row
        for row in scores.per_label
        if row.n >= MIN_CLASS_PHOTOS
        and row.average_precision is not None
        and row.average_precision < WEAK_RECALL
    ]
    row = min(weak, key=lambda row: (row.average_precision or 0.0, -row.n), default=None)
    if row is not None:
        why = words("weakest_label_why", n=row.n, n_right=row.n_right, n_given=row.n_given)
        yield Advice(title=words("weakest_title", label=row.label), why=why, anchor="labels")
