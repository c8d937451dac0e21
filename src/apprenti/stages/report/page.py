"""The page: one HTML file that needs no network, no script and no explanation beside it.

Templates are filled with everything escaped, whatever a label or a file name holds; the policy in the head of
the page forbids any request besides, so that even a slip could fetch and run nothing.
"""

from __future__ import annotations

import base64
import math
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from apprenti.domain.dataset import TaskType
from apprenti.domain.label_scores import LabelScores
from apprenti.domain.metric import METRIC_OF
from apprenti.domain.number_scores import NumberScores
from apprenti.domain.outlook import Hindsight
from apprenti.domain.report import AnyScores, Report, Timing
from apprenti.domain.scores import ClassScores, Scores
from apprenti.stages.report.advice import FEW_TEST_PHOTOS, advise, is_clear_gain
from apprenti.stages.report.asking import Asking, LessonsAt
from apprenti.stages.report.attempts import attempt_rows, shared_scale
from apprenti.stages.report.captions import mistake_photo, suspect_photo
from apprenti.stages.report.charts import coverage_chart, reliability_chart
from apprenti.stages.report.decision import replay
from apprenti.stages.report.mix_ups import mix_ups
from apprenti.stages.report.networks import network_stories, other_notices
from apprenti.stages.report.other_tasks import doubt_photos, labels_context, numbers_context
from apprenti.stages.report.words import Words
from apprenti.texts import Lang

if TYPE_CHECKING:
    from jinja2 import Environment

AGREEMENT = 0.03
"""Confidence and accuracy that differ by less are called equal."""

SECTIONS = {
    TaskType.MULTI_CLASS: (
        "answer",
        "alone",
        "mistakes",
        "classes",
        "confidence",
        "familiar",
        "recipes",
        "networks",
        "decision",
    ),
    TaskType.MULTI_LABEL: ("answer_labels", "labels", "label_misses", "familiar", "recipes", "networks"),
    TaskType.REGRESSION: ("answer_number", "margin", "number_misses", "familiar", "recipes", "networks"),
}
"""The templates of a page, in order; the data and the method end every page."""

MAX_OPEN_ROWS = 20
"""Longer tables of classes are folded after this many."""

MAX_OPEN_PHOTOS = 12
MAX_OPEN_FILES = 8
"""Longer rows of photos and lists of files are folded after so many."""


def render(
    report: Report,
    *,
    lang: Lang = "en",
    timing: Timing | None = None,
    hindsight: Hindsight | None = None,
    lessons: LessonsAt | None = None,
) -> str:
    """Return the report as one self-contained HTML page.

    Args:
        report: what was measured.
        lang: language of the page.
        timing: durations, where the training has just happened; they are not part of a report.
        hindsight: how other recipes did that were measured since; no part of it either.
        lessons: where those on its numbers open; ``None`` where the training kept nothing for them.
    """
    report = Report.from_json(report.to_json())  # six digits, so that a page written later is the same page
    words = Words(lang=lang)
    template = _environment().get_template("page.html")
    return template.render(
        **_context(report, words),
        ask=Asking(report=report, words=words, at=lessons),
        lessons_at=lessons,
        timing=timing,
        rows=attempt_rows(report, timing, words),
        networks=network_stories(report, timing, words),
        decision=replay(report, timing, hindsight, words),
    )


def _context(report: Report, words: Words) -> dict[str, Any]:
    from markupsafe import Markup

    style = files(__package__).joinpath("templates", "style.css").read_text(encoding="utf-8")
    context: dict[str, Any] = {
        "style": Markup(style),  # noqa: S704  our own file
        "report": report,
        "data": report.data,
        "scores": report.scores,
        "w": words,
        "notices": other_notices(report),
        "advice": advise(report, words),
        "sections": SECTIONS[report.task_type],
        "metric": METRIC_OF[report.task_type],
        "scale": shared_scale(report),
        "scheme": _scheme(report, words),
        "photo_of": {picture.label: picture for picture in report.examples},
        "suspects": [suspect_photo(suspect, words) for suspect in report.label_suspects],
        "doubts": doubt_photos(report, words),
        "max_open_rows": MAX_OPEN_ROWS,
        "max_open_photos": MAX_OPEN_PHOTOS,
        "max_open_files": MAX_OPEN_FILES,
    }
    return context | (_score_context(report.scores, words) if report.scores else {})


def _score_context(scores: AnyScores, words: Words) -> dict[str, Any]:
    if isinstance(scores, LabelScores):
        return labels_context(scores, words)
    return (
        numbers_context(scores, words)
        if isinstance(scores, NumberScores)
        else _classes_context(scores, words)
    )


def _classes_context(scores: Scores, words: Words) -> dict[str, Any]:
    return {
        "counts_only": scores.n < FEW_TEST_PHOTOS or scores.n_right == scores.n,
        "clear_gain": is_clear_gain(scores),
        "mix": mix_ups(scores),
        "mistakes": [mistake_photo(mistake, words) for mistake in scores.mistakes],
        "coverage_chart": coverage_chart(scores, words),
        "reliability_chart": reliability_chart(scores, words),
        "weakest_first": sorted(scores.per_class, key=_weakness),
        "belief": _belief(scores),
        "sure": _mean_confidence(scores),
        "chance_loss": math.log(len(scores.per_class)),
    }


def _scheme(report: Report, words: Words) -> str:
    """Return in words how recipes were compared; nothing where that is not known."""
    kept = next((one for one in report.attempts if one.recipe.name == report.kept.name), None)
    if kept is None or not kept.scheme:
        return ""
    folds, _, _ = kept.scheme.partition("-fold")
    if folds.isdigit():
        return words("method_folds", folds=int(folds))
    return words("method_holdout", n=kept.n_validation)


def _weakness(row: ClassScores) -> tuple[bool, float, int]:
    """Order rows by recall, those without test photos last, those with many photos first among equals."""
    return (row.recall is None, row.recall or 0.0, -row.n)


def _mean_confidence(scores: Scores) -> float:
    return sum(one.n * one.mean_confidence for one in scores.reliability) / scores.n


def _belief(scores: Scores) -> str:
    """Return ``over``, ``under`` or ``even``: how mean confidence compares with accuracy."""
    gap = _mean_confidence(scores) - scores.accuracy
    if abs(gap) < AGREEMENT:
        return "even"
    return "over" if gap > 0 else "under"


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FunctionLoader(_template),
    )
    environment.filters["base64"] = lambda data: base64.b64encode(data).decode("ascii")
    environment.filters["place"] = lambda share: f"{100 * share:.2f}%"
    return environment


def _template(name: str) -> str:
    return files(__package__).joinpath("templates", name).read_text(encoding="utf-8")
