"""What came of a training, in one sentence whose numbers lead to what explains them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from apprenti.domain.figures import amount, hundredths
from apprenti.domain.label_scores import LabelScores
from apprenti.domain.number_scores import NumberScores
from apprenti.domain.recipe import Interval
from apprenti.domain.report import Report
from apprenti.domain.scores import Scores
from apprenti.texts import Lang, say

FEW_PHOTOS = 30
"""Fewer are counted one by one: a share of them would sound more exact than it is."""
NEAR_A_TENTH = 0.02
ANSWER, DATA, MISTAKES, CALIBRATION, FAMILIAR, RECIPES, MARGIN = (
    "answer-title", "data", "mistakes", "calibration", "familiar", "recipes", "margin",
)  # fmt: skip
"""Places in the report."""
_MARK = "\x01"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a sentence.

    Args:
        text: as it is read.
        place: in the report, where the number is explained; empty for plain words.
    """

    text: str
    place: str = ""


def outcome_said(report: Report, lang: Lang) -> tuple[Part, ...]:
    """Return the sentence; nothing where the model was not tested."""
    scores = report.scores
    if isinstance(scores, Scores):
        return _share("", scores.accuracy, scores.accuracy_interval, scores.n, lang)
    if isinstance(scores, LabelScores):
        return _share("labels_", scores.exact_match, scores.exact_interval, scores.n, lang)
    if isinstance(scores, NumberScores):
        ends = scores.mean_absolute_error_interval
        numbers = {"error": scores.mean_absolute_error, "low": ends.low, "high": ends.high}
        precision = scores.mean_absolute_error
        said = {name: (amount(value, lang, precision=precision), ANSWER) for name, value in numbers.items()}
        return linked("train_room.answer_number", lang, said)
    return ()


def _share(kind: str, share: float, interval: Interval, n: int, lang: Lang) -> tuple[Part, ...]:
    between = {
        "low": (hundredths(interval.low, lang), ANSWER),
        "high": (hundredths(interval.high, lang), ANSWER),
    }
    if n <= FEW_PHOTOS:
        few = {"right": (str(round(share * n)), ANSWER), "n_test": (str(n), DATA)}
        return linked("train_room.answer_" + kind + "few", lang, {**few, **between})
    tenths = round(10 * share)
    if 0 < tenths < 10 and abs(share - tenths / 10) <= NEAR_A_TENTH:
        return linked(
            "train_room.answer_" + kind + "tenths", lang, {"right": (str(tenths), ANSWER), **between}
        )
    right = {"right": (hundredths(share, lang), ANSWER)}
    return linked("train_room.answer_" + kind + "hundredths", lang, {**right, **between})


def linked(key: str, lang: Lang, values: Mapping[str, tuple[str, str]]) -> tuple[Part, ...]:
    """Return a sentence in parts, each value with the place it leads to.

    Example:
        >>> [part.text for part in linked("train_room.version", "en", {"number": ("3", "data")})]
        ['Version ', '3']
    """
    sentence = say(key, lang, **{name: f"{_MARK}{name}{_MARK}" for name in values})
    pieces = re.split(f"{_MARK}(.*?){_MARK}", sentence)
    parts = [
        Part(text=piece) if turn % 2 == 0 else Part(text=values[piece][0], place=values[piece][1])
        for turn, piece in enumerate(pieces)
    ]
    return tuple(part for part in parts if part.text)


def read_on(report: Report, lang: Lang) -> tuple[Part, ...]:
    """Return what else the report tells, each with the number that matters."""
    found: list[tuple[str, str, int | None]] = []
    scores = report.scores
    if isinstance(scores, Scores):
        found.append(("mistakes", MISTAKES, scores.n - scores.n_right))
        found.append(("sure", CALIBRATION, None))
    elif isinstance(scores, LabelScores):
        found.append(("misses", MISTAKES, None))
    elif isinstance(scores, NumberScores):
        found += [("misses", MISTAKES, None), ("margin", MARGIN, None)]
    if report.familiarity is not None:
        found.append(("familiar", FAMILIAR, None))
    if report.attempts:
        found.append(("recipes", RECIPES, len(report.attempts)))
    learnt = report.data.n_train + report.data.n_validation
    if learnt:
        found.append(("photos", DATA, learnt))
    return tuple(
        Part(text=say(f"train_room.read_{name}", lang, n=n if n is not None else 0), place=place)
        for name, place, n in found
    )
