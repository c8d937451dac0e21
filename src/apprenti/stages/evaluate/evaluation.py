"""The report of one training: the test photos are looked at here, once, after everything was decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from apprenti.blocks.metrics import wilson_interval
from apprenti.domain.dataset import Dataset
from apprenti.domain.outlook import Outlook
from apprenti.domain.profile import Profile
from apprenti.domain.recipe import Pick, Recipe, Trial
from apprenti.domain.report import (
    Attempt,
    BackboneCredit,
    Picture,
    Report,
)
from apprenti.domain.scores import FamiliarityScores, Scores
from apprenti.stages.evaluate.data_facts import data_facts, majority_label
from apprenti.stages.evaluate.judging import Floats, Labels, Thumbnail, choose_thresholds, judge, no_thumbnail
from apprenti.stages.evaluate.label_suspects import find_label_suspects

MAX_EXAMPLES = 150
"""Classes that get a picture; a report of more would be too heavy to send."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a model answered for photos it had not seen.

    Args:
        names: [n] how a person finds the photos.
        labels: [n] true classes, int64.
        probabilities: [n, K] calibrated.
        distances: [n] from the training photos; ``None`` when not measured.
    """

    names: Sequence[str]
    labels: Labels
    probabilities: Floats
    distances: Floats | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """How the model came about, as far as a report tells it.

    Args:
        kept: the recipe in the model.
        picks: the recipes chosen, in order.
        trials: what came of them.
        outlook: what they rested on; ``None`` where a fixed order chose.
        temperature: of the calibration.
        familiarity_threshold: distance past which a photo is unfamiliar.
        false_alarm_rate: share of familiar photos that threshold was set to flag, 0..1.
        seed: of everything random.
        versions: of the programs that took part, by name.
        backbones: the feature extractors in the model.
    """

    kept: Recipe
    picks: Sequence[Pick] = ()
    trials: Sequence[Trial] = ()
    outlook: Outlook | None = None
    temperature: float = 1.0
    familiarity_threshold: float = 0.0
    false_alarm_rate: float = 0.0
    seed: int = 0
    versions: Mapping[str, str] = field(default_factory=dict)
    backbones: Sequence[BackboneCredit] = ()


def evaluate(
    dataset: Dataset,
    *,
    test: Answers,
    held_out: Answers,
    training: Training,
    profile: Profile | None = None,
    thumbnail: Thumbnail = no_thumbnail,
) -> Report:
    """Return the report of a training.

    Args:
        dataset: what the model was trained on.
        test: the model's answers for the test photos; may be empty.
        held_out: answers for training-side photos by models that did not see them (the turns of
            cross-validation); thresholds and doubtful labels come from these, never from the test.
        training: how the model came about.
        profile: of the data.
        thumbnail: gives a small JPEG of a photo by its name; called for the few that are shown.
    """
    suspects, n_suspects = find_label_suspects(
        held_out.probabilities,
        held_out.labels,
        names=held_out.names,
        label_names=dataset.labels,
        thumbnail=thumbnail,
    )
    return Report(
        labels=dataset.labels,
        data=data_facts(dataset),
        scores=_scores(dataset, test, held_out, thumbnail, training.seed),
        kept=training.kept,
        profile=profile,
        attempts=_attempts(training.picks, training.trials),
        outlook=training.outlook,
        temperature=training.temperature,
        familiarity=_familiarity(test, training.familiarity_threshold, training.false_alarm_rate),
        label_suspects=suspects,
        n_label_suspects=n_suspects,
        examples=_typical_photos(held_out, dataset.labels, thumbnail),
        notices=dataset.notices,
        seed=training.seed,
        versions=training.versions,
        backbones=tuple(training.backbones),
    )


def _scores(
    dataset: Dataset, test: Answers, held_out: Answers, thumbnail: Thumbnail, seed: int
) -> Scores | None:
    if not len(test.labels):
        return None
    return judge(
        test.probabilities,
        test.labels,
        names=test.names,
        label_names=dataset.labels,
        majority_label=majority_label(dataset),
        thresholds=choose_thresholds(held_out.probabilities, held_out.labels),
        thumbnail=thumbnail,
        seed=seed,
    )


def evaluate_again(
    report: Report, dataset: Dataset, *, answers: Answers, thumbnail: Thumbnail = no_thumbnail
) -> Report:
    """Return what a model is worth on other labelled photos than those of its training.

    Baseline and thresholds stay those of the training; what was said of its data and recipes is left out.

    Args:
        report: of the training, from the model file.
        dataset: the other photos; their labels are among ``report.labels``.
        answers: the model's, for all of them, as indices of ``report.labels``.
        thumbnail: gives a small JPEG of a photo by its name.

    Raises:
        ValueError: there is no photo.
    """
    before = report.scores
    scores = judge(
        answers.probabilities,
        answers.labels,
        names=answers.names,
        label_names=report.labels,
        majority_label=before.majority_label if before else _most_frequent(report),
        thresholds={point.target_accuracy: point.threshold for point in before.operating_points}
        if before
        else {},
        thumbnail=thumbnail,
        seed=report.seed,
    )
    return Report(
        labels=report.labels,
        data=replace(
            data_facts(dataset), n_train=0, n_validation=0, n_test=len(answers.labels), n_per_label={}
        ),
        scores=scores,
        kept=report.kept,
        temperature=report.temperature,
        familiarity=_familiarity(
            answers, report.familiarity.threshold, report.familiarity.target_false_alarm_rate
        )
        if report.familiarity
        else None,
        notices=dataset.notices,
        seed=report.seed,
        versions=report.versions,
        backbones=report.backbones,
    )


def _attempts(picks: Sequence[Pick], trials: Sequence[Trial]) -> tuple[Attempt, ...]:
    """Return the picks with what came of each, without any duration."""
    trial_of = {trial.recipe.name: trial for trial in trials}
    attempts = []
    for pick in picks:
        trial = trial_of.get(pick.recipe.name)
        if trial is None:
            attempts.append(
                Attempt(recipe=pick.recipe, reason=pick.reason, predicted_score=pick.predicted_score)
            )
            continue
        attempts.append(
            Attempt(
                recipe=pick.recipe,
                reason=pick.reason,
                status=trial.status,
                score=trial.score,
                interval=trial.interval,
                n_validation=trial.n_validation,
                scheme=trial.scheme,
                detail=trial.detail,
                predicted_score=pick.predicted_score,
            )
        )
    return tuple(attempts)


def _familiarity(
    answers: Answers, threshold: float, target_false_alarm_rate: float
) -> FamiliarityScores | None:
    if answers.distances is None or not len(answers.distances) or threshold <= 0:
        return None
    n = len(answers.distances)
    n_alarms = int((answers.distances > threshold).sum())
    return FamiliarityScores(
        threshold=threshold,
        target_false_alarm_rate=target_false_alarm_rate,
        n=n,
        n_alarms=n_alarms,
        interval=wilson_interval(n_alarms, n),
    )


def _typical_photos(
    held_out: Answers, label_names: Sequence[str], thumbnail: Thumbnail
) -> tuple[Picture, ...]:
    """Return for each class the photo that models which had not seen it took for it most surely."""
    pictures = []
    for k, label in enumerate(label_names[:MAX_EXAMPLES]):
        rows = np.flatnonzero(held_out.labels == k).tolist()
        if not rows:
            continue
        typical = min(rows, key=lambda i: (-held_out.probabilities[i, k], held_out.names[i]))
        name = held_out.names[typical]
        pictures.append(Picture(name=name, label=label, thumbnail=thumbnail(name)))
    return tuple(pictures)


def _most_frequent(report: Report) -> str:
    """Return the label with the most training photos, the first of them by name."""
    return max(report.labels, key=lambda label: report.data.n_per_label.get(label, 0))
