"""Evaluate: from a model's answers for photos it never saw to a report. No file is read here."""

from apprenti.stages.evaluate.answers import Answers
from apprenti.stages.evaluate.by_task import Decision
from apprenti.stages.evaluate.evaluation import Training, evaluate, evaluate_again
from apprenti.stages.evaluate.judging import choose_thresholds, judge
from apprenti.stages.evaluate.label_suspects import find_label_suspects
from apprenti.stages.evaluate.paired import PairedAccuracy, paired_accuracy

__all__ = [
    "Answers",
    "Decision",
    "PairedAccuracy",
    "Training",
    "choose_thresholds",
    "evaluate",
    "evaluate_again",
    "find_label_suspects",
    "judge",
    "paired_accuracy",
]
