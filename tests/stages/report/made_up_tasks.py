"""Made-up reports of several labels and of numbers, through the functions that make real ones."""

from __future__ import annotations

import numpy as np
from tests.making import a_dataset, an_example
from tests.stages.report.made_up import RECIPES

from apprenti.blocks.answering import answering_of
from apprenti.domain.dataset import Split, TaskType
from apprenti.domain.metric import METRIC_OF
from apprenti.domain.recipe import Interval, Pick, Trial, TrialStatus
from apprenti.domain.report import Report
from apprenti.domain.sentence import Sentence
from apprenti.stages.evaluate import Answers, Decision, Training, evaluate

NAMES = ("red <b>", "round", "rare")


def _training(task_type: TaskType, decision: Decision) -> Training:
    metric, reason = METRIC_OF[task_type], Sentence(key="select.labels_curved", values={"rank": 1})
    trials = [
        Trial(
            recipe=recipe, status=TrialStatus.FINISHED, score=score, n_validation=160, scheme="5-fold", metric=metric,
            interval=Interval(low=score - 0.4, high=min(1.0, score + 0.1)),
        )
        for recipe, score in zip(RECIPES, (0.91, 0.35, -0.2 if task_type is TaskType.REGRESSION else 0.2), strict=True)
    ]  # fmt: skip
    return Training(
        kept=RECIPES[0],
        picks=[Pick(recipe=recipe, reason=reason, predicted_seconds=1.0) for recipe in RECIPES],
        trials=trials,
        familiarity_threshold=0.5,
        false_alarm_rate=0.05,
        decision=decision,
    )


def _made(
    task_type: TaskType, targets: list[object], given: np.ndarray, decision: Decision, n_test: int
) -> Report:
    n = len(targets)
    sides = [Split.TEST if i < n_test else Split.TRAIN for i in range(n)]
    examples = [
        an_example(i, f"photo {i}", side, target=target)
        for i, (side, target) in enumerate(zip(sides, targets, strict=True))
    ]
    labels = NAMES if task_type is TaskType.MULTI_LABEL else ()
    dataset = a_dataset(*examples, task_type=task_type, labels=labels)
    expected = answering_of(task_type).targets(targets, labels)  # type: ignore[arg-type]

    def part(rows: slice) -> Answers:
        names = [example.name for example in examples[rows]]
        return Answers(
            names=names, expected=expected[rows], given=given[rows], distances=np.linspace(0, 0.6, len(names))
        )

    test, held_out = part(slice(0, n_test)), part(slice(n_test, n))
    return evaluate(
        dataset,
        test=test,
        held_out=held_out,
        training=_training(task_type, decision),
        thumbnail=lambda name: b"\xff\xd8",
    )


def made_up_labels(*, n: int = 200, n_test: int = 60, skill: float = 4.0) -> Report:
    """Return a report of three labels, the last of them rare."""
    draws = np.random.default_rng(0)
    present = draws.random((n, 3)) < np.array([0.5, 0.3, 0.04])
    p = 1 / (1 + np.exp(-(skill * (present - 0.5) + draws.normal(size=(n, 3)))))
    p[-1, 0] = 0.01 if present[-1, 0] else 0.99  # one that models are sure stands wrongly
    targets = [tuple(name for name, has in zip(NAMES, row, strict=True) if has) for row in present]
    return _made(TaskType.MULTI_LABEL, list(targets), p, Decision(thresholds=(0.5, 0.4, 0.3)), n_test)


def made_up_numbers(*, n: int = 200, n_test: int = 60, error: float = 3.0) -> Report:
    """Return a report of numbers around 40."""
    draws = np.random.default_rng(0)
    truth = draws.normal(40, 12, n)
    given = truth + draws.normal(0, error, n)
    return _made(TaskType.REGRESSION, [float(x) for x in truth], given, Decision(margin=5.0), n_test)
