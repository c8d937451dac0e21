"""How each kind of task is judged: what a report says of the test photos, and of the training photos held out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from apprenti.domain.dataset import Dataset, TaskType
from apprenti.domain.label_scores import LabelMiss
from apprenti.domain.number_scores import NumberMiss
from apprenti.domain.report import AnyScores, LabelSuspect, Picture, Report
from apprenti.stages.evaluate.answers import Answers
from apprenti.stages.evaluate.data_facts import majority_label, number_facts
from apprenti.stages.evaluate.judging import Thumbnail, choose_thresholds, judge
from apprenti.stages.evaluate.label_judging import judge_labels, label_disagreements
from apprenti.stages.evaluate.label_suspects import find_label_suspects
from apprenti.stages.evaluate.number_judging import furthest_misses, judge_numbers

MAX_EXAMPLES = 150
"""Classes that get a picture; a report of more would be too heavy to send."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a model's answers are told by, beside its probabilities (fields as in ``domain.manifest.Manifest``)."""

    thresholds: tuple[float, ...] = ()
    margin: float | None = None
    margin_level: float = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What only one kind of task has (fields as in ``domain.report.Report``)."""

    scores: AnyScores | None
    suspects: tuple[LabelSuspect, ...] = ()
    n_suspects: int = 0
    disagreements: tuple[LabelMiss | NumberMiss, ...] = ()
    examples: tuple[Picture, ...] = ()


def judge_training(
    dataset: Dataset, test: Answers, held_out: Answers, *, decision: Decision, thumbnail: Thumbnail, seed: int
) -> Judged:
    """Return what is said of a training; arguments as of ``evaluate``."""
    return _TRAINED[dataset.task_type](dataset, test, held_out, decision, thumbnail, seed)


def judge_again(report: Report, answers: Answers, *, decision: Decision, thumbnail: Thumbnail) -> AnyScores:
    """Return the scores on other photos than those of the training; arguments as of ``evaluate_again``."""
    return _AGAIN[report.task_type](report, answers, decision, thumbnail)


def _classes(
    dataset: Dataset, test: Answers, held_out: Answers, decision: Decision, thumbnail: Thumbnail, seed: int
) -> Judged:
    suspects, n_suspects = find_label_suspects(
        held_out.given,
        held_out.expected,
        names=held_out.names,
        label_names=dataset.labels,
        thumbnail=thumbnail,
    )
    scores = None
    if len(test.names):
        scores = judge(
            test.given,
            test.expected,
            names=test.names,
            label_names=dataset.labels,
            majority_label=majority_label(dataset),
            thresholds=choose_thresholds(held_out.given, held_out.expected),
            thumbnail=thumbnail,
            seed=seed,
        )
    examples = _typical_photos(held_out, dataset.labels, thumbnail)
    return Judged(scores=scores, suspects=suspects, n_suspects=n_suspects, examples=examples)


def _labels(
    dataset: Dataset, test: Answers, held_out: Answers, decision: Decision, thumbnail: Thumbnail, seed: int
) -> Judged:
    names = dataset.labels
    scores = None
    if len(test.names):
        scores = judge_labels(
            test, label_names=names, thresholds=decision.thresholds, thumbnail=thumbnail, seed=seed
        )
    return Judged(
        scores=scores,
        disagreements=label_disagreements(held_out, label_names=names, thumbnail=thumbnail),
        examples=_typical_photos(held_out, names, thumbnail),
    )


def _numbers(
    dataset: Dataset, test: Answers, held_out: Answers, decision: Decision, thumbnail: Thumbnail, seed: int
) -> Judged:
    scores, margin = None, decision.margin or 0.0
    facts = number_facts(dataset)
    if len(test.names) and facts is not None:
        scores = judge_numbers(
            test,
            baseline=facts.median,
            margin=margin,
            margin_level=decision.margin_level,
            thumbnail=thumbnail,
            seed=seed,
        )
    return Judged(scores=scores, disagreements=furthest_misses(held_out, thumbnail=thumbnail, beyond=margin))


def _classes_again(report: Report, answers: Answers, decision: Decision, thumbnail: Thumbnail) -> AnyScores:
    before = report.class_scores
    return judge(
        answers.given,
        answers.expected,
        names=answers.names,
        label_names=report.labels,
        majority_label=before.majority_label if before else _most_frequent(report),
        thresholds={point.target_accuracy: point.threshold for point in before.operating_points}
        if before
        else {},
        thumbnail=thumbnail,
        seed=report.seed,
    )


def _labels_again(report: Report, answers: Answers, decision: Decision, thumbnail: Thumbnail) -> AnyScores:
    return judge_labels(
        answers,
        label_names=report.labels,
        thresholds=decision.thresholds,
        thumbnail=thumbnail,
        seed=report.seed,
    )


def _numbers_again(report: Report, answers: Answers, decision: Decision, thumbnail: Thumbnail) -> AnyScores:
    learnt_from = report.data.numbers
    return judge_numbers(
        answers,
        baseline=learnt_from.median if learnt_from else float(np.median(answers.expected)),
        margin=decision.margin or 0.0,
        margin_level=decision.margin_level,
        thumbnail=thumbnail,
        seed=report.seed,
    )


_TRAINED: Mapping[TaskType, Callable[[Dataset, Answers, Answers, Decision, Thumbnail, int], Judged]] = {
    TaskType.MULTI_CLASS: _classes,
    TaskType.MULTI_LABEL: _labels,
    TaskType.REGRESSION: _numbers,
}
_AGAIN: Mapping[TaskType, Callable[[Report, Answers, Decision, Thumbnail], AnyScores]] = {
    TaskType.MULTI_CLASS: _classes_again,
    TaskType.MULTI_LABEL: _labels_again,
    TaskType.REGRESSION: _numbers_again,
}


def _typical_photos(
    held_out: Answers, label_names: Sequence[str], thumbnail: Thumbnail
) -> tuple[Picture, ...]:
    """Return for each label the photo that models which had not seen it gave it to most surely."""
    expected = held_out.expected
    pictures = []
    for k, label in enumerate(label_names[:MAX_EXAMPLES]):
        rows = np.flatnonzero(expected == k if expected.ndim == 1 else expected[:, k] > 0).tolist()
        if not rows:
            continue
        typical = min(rows, key=lambda i: (-held_out.given[i, k], held_out.names[i]))
        name = held_out.names[typical]
        pictures.append(Picture(name=name, label=label, thumbnail=thumbnail(name)))
    return tuple(pictures)


def _most_frequent(report: Report) -> str:
    """Return the label with the most training photos, the first of them by name."""
    return max(report.labels, key=lambda label: report.data.n_per_label.get(label, 0))
