"""What the templates need of several labels and of numbers."""

from __future__ import annotations

from typing import Any

from apprenti.domain.label_scores import LabelMiss, LabelScores, OneLabelScores
from apprenti.domain.number_scores import NumberScores
from apprenti.domain.report import Report
from apprenti.stages.report.advice import is_clear_gain
from apprenti.stages.report.captions import (
    CaptionedPhoto,
    label_doubt_photo,
    label_miss_photo,
    number_miss_photo,
)
from apprenti.stages.report.scatter import scatter_chart
from apprenti.stages.report.words import Words


def labels_context(scores: LabelScores, words: Words) -> dict[str, Any]:
    """Return what the page of several labels needs of its scores."""
    return {
        "clear_gain": is_clear_gain(scores),
        "weakest_first": sorted(scores.per_label, key=_weakness),
        "misses": [label_miss_photo(miss, words) for miss in scores.misses],
    }


def numbers_context(scores: NumberScores, words: Words) -> dict[str, Any]:
    """Return what the page of numbers needs of its scores."""
    return {
        "clear_gain": is_clear_gain(scores),
        "scatter": scatter_chart(scores, words),
        "misses": [number_miss_photo(miss, words, precision=scores.margin) for miss in scores.misses],
        "is_margin_missed": scores.held_interval.high < scores.margin_level,
    }


def doubt_photos(report: Report, words: Words) -> list[CaptionedPhoto]:
    """Return the training photos whose labels or numbers held-out models disagree with most."""
    shown = []
    for one in report.disagreements:
        if isinstance(one, LabelMiss):
            shown.append(label_doubt_photo(one, words))
        else:
            shown.append(number_miss_photo(one, words, precision=abs(one.answered - one.expected)))
    return shown


def _weakness(row: OneLabelScores) -> tuple[bool, float, int]:
    """Order rows by average precision, those without test photos last, those with many photos first among equals."""
    return (row.average_precision is None, row.average_precision or 0.0, -row.n)
