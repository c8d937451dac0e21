"""The report of one training: the test photos are looked at here, once, after everything was decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from apprenti.blocks.metrics import wilson_interval
from apprenti.domain.dataset import Dataset
from apprenti.domain.network_history import NetworkHistory
from apprenti.domain.outlook import Outlook
from apprenti.domain.profile import Profile
from apprenti.domain.recipe import Pick, Recipe, Trial
from apprenti.domain.report import Attempt, BackboneCredit, Report
from apprenti.domain.scores import FamiliarityScores
from apprenti.stages.evaluate.answers import Answers
from apprenti.stages.evaluate.by_task import Decision, judge_again, judge_training
from apprenti.stages.evaluate.data_facts import data_facts
from apprenti.stages.evaluate.judging import Thumbnail, no_thumbnail


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """How the model came about, as far as a report tells it.

    Args:
        kept: the recipe in the model.
        picks: the recipes chosen, in order.
        trials: what came of them.
        networks: how the networks were trained that were.
        outlook: what they rested on; ``None`` where a fixed order chose.
        temperature: of the calibration.
        familiarity_threshold: distance past which a photo is unfamiliar.
        false_alarm_rate: share of familiar photos that threshold was set to flag, 0..1.
        seed: of everything random.
        versions: of the programs that took part, by name.
        backbones: the feature extractors in the model.
        decision: what else its answers are told by.
    """

    kept: Recipe
    picks: Sequence[Pick] = ()
    trials: Sequence[Trial] = ()
    networks: Sequence[NetworkHistory] = ()
    outlook: Outlook | None = None
    temperature: float = 1.0
    familiarity_threshold: float = 0.0
    false_alarm_rate: float = 0.0
    seed: int = 0
    versions: Mapping[str, str] = field(default_factory=dict)
    backbones: Sequence[BackboneCredit] = ()
    decision: Decision = field(default_factory=Decision)


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
    judged = judge_training(
        dataset, test, held_out, decision=training.decision, thumbnail=thumbnail, seed=training.seed
    )
    return Report(
        labels=dataset.labels,
        data=data_facts(dataset),
        scores=judged.scores,
        kept=training.kept,
        profile=profile,
        attempts=_attempts(training.picks, training.trials),
        networks=tuple(training.networks),
        outlook=training.outlook,
        temperature=training.temperature,
        familiarity=_familiarity(test, training.familiarity_threshold, training.false_alarm_rate),
        label_suspects=judged.suspects,
        n_label_suspects=judged.n_suspects,
        disagreements=judged.disagreements,
        examples=judged.examples,
        notices=dataset.notices,
        seed=training.seed,
        versions=training.versions,
        backbones=tuple(training.backbones),
        task_type=dataset.task_type,
    )


def evaluate_again(
    report: Report,
    dataset: Dataset,
    *,
    answers: Answers,
    decision: Decision | None = None,
    thumbnail: Thumbnail = no_thumbnail,
) -> Report:
    """Return what a model is worth on other labelled photos than those of its training.

    Baseline and thresholds stay those of the training; what was said of its data and recipes is left out.

    Args:
        report: of the training, from the model file.
        dataset: the other photos; their labels are among ``report.labels``.
        answers: the model's, for all of them; labels in the order of ``report.labels``.
        decision: what else its answers are told by, where there is anything.
        thumbnail: gives a small JPEG of a photo by its name.

    Raises:
        ValueError: there is no photo.
    """
    return Report(
        labels=report.labels,
        data=replace(
            data_facts(dataset),
            n_train=0,
            n_validation=0,
            n_test=len(answers.names),
            n_per_label={},
            numbers=report.data.numbers,
        ),
        scores=judge_again(report, answers, decision=decision or Decision(), thumbnail=thumbnail),
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
        task_type=report.task_type,
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
                metric=trial.metric,
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
