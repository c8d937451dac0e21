"""How good a model is, as a person reads it on a terminal: one way for each kind of task."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from apprenti.cli.complaints import printable
from apprenti.cli.short_names import cut
from apprenti.domain.dataset import Split, TaskType, labels_of
from apprenti.domain.figures import amount, decimal, decimal_range, percent, percent_range
from apprenti.domain.label_scores import LabelScores, OneLabelScores
from apprenti.domain.number_scores import NumberScores
from apprenti.domain.scores import Scores
from apprenti.texts import Lang, say, written

if TYPE_CHECKING:
    from apprenti.domain.dataset import Dataset
    from apprenti.domain.recipe import Interval
    from apprenti.domain.report import AnyScores
    from apprenti.domain.scores import ClassScores

MISSED_BY_FAR = 0.1


def headline(scores: AnyScores, lang: Lang) -> list[str]:
    """Return how good it is, with an interval, what that compares with, and what else is worth a line."""
    if isinstance(scores, LabelScores):
        return _labels_headline(scores, lang)
    return (
        _numbers_headline(scores, lang)
        if isinstance(scores, NumberScores)
        else _classes_headline(scores, lang)
    )


def score_lines(scores: AnyScores | None, lang: Lang) -> list[str]:
    """Return what is measured beyond the headline: class by class, label by label, the answers furthest off."""
    if scores is None:
        return []
    if isinstance(scores, LabelScores):
        calibration = say("cli.calibration", lang, ece=percent(scores.ece, lang))
        return ["", *_label_table(scores.per_label, lang), "", calibration]
    if isinstance(scores, NumberScores):
        return _miss_lines(scores, lang)
    return [
        "",
        *_class_table(scores.per_class, lang),
        "",
        say("cli.calibration", lang, ece=percent(scores.ece, lang)),
    ]


def target_lines(dataset: Dataset, lang: Lang) -> list[str]:
    """Return what is to be told of the photos, where it is no class."""
    examples = [example for example in dataset.examples if example.split is not Split.TEST]
    if dataset.task_type is TaskType.MULTI_LABEL and examples:
        mean = sum(len(labels_of(example.target)) for example in examples) / len(examples)
        n = len(dataset.labels)
        return ["  " + say("cli.several_labels", lang, n=n, mean=decimal(mean, lang, 1))]
    numbers = sorted(example.target for example in examples if isinstance(example.target, float))
    if not numbers:
        return []
    low, middle, high = (
        amount(number, lang, precision=numbers[-1] - numbers[0] or 1.0)
        for number in (numbers[0], numbers[len(numbers) // 2], numbers[-1])
    )
    return ["  " + say("cli.numbers", lang, low=low, middle=middle, high=high)]


def _classes_headline(scores: Scores, lang: Lang) -> list[str]:
    right, span = percent(scores.accuracy, lang), percent_range(scores.accuracy_interval, lang)
    lines = [say("cli.accuracy", lang, n=scores.n, share=right, interval=span)]
    rows = [
        (say("cli.balanced_accuracy", lang), percent(scores.balanced_accuracy, lang)),
        (say("cli.macro_f1", lang), decimal(scores.macro_f1, lang, 3)),
        (say("cli.majority", lang, label=printable(scores.majority_label)),
         percent(scores.majority_n_right / scores.n, lang)),
    ]  # fmt: skip
    return lines + aligned(rows) + _alone(scores, lang)


def _alone(scores: Scores, lang: Lang) -> list[str]:
    """Return the operating point the report tells of too; nothing where it misses what it was set for by far."""
    point = scores.alone
    if point is None or point.accuracy is None or point.accuracy < point.target_accuracy - MISSED_BY_FAR:
        return []
    if point.threshold <= 0:  # every answer is good enough: there is no threshold to tell of
        return []
    share, right = percent(point.coverage, lang), percent(point.accuracy, lang)
    threshold = percent(point.threshold, lang)
    return ["  " + say("cli.alone", lang, share=share, right=right, threshold=threshold)]


def _labels_headline(scores: LabelScores, lang: Lang) -> list[str]:
    score = decimal(scores.mean_average_precision, lang, 3)
    span = _span(scores.mean_average_precision_interval, lang)
    lines = [say("cli.mean_average_precision", lang, n=scores.n, score=score, interval=span)]
    rows = [
        (say("cli.by_chance", lang), decimal(scores.chance_average_precision, lang, 3)),
        (say("cli.micro_f1", lang), f"{decimal(scores.micro_f1, lang, 3)} ({_span(scores.micro_f1_interval, lang)})"),
        (say("cli.macro_f1", lang), f"{decimal(scores.macro_f1, lang, 3)} ({_span(scores.macro_f1_interval, lang)})"),
        (say("cli.exact_match", lang),
         f"{percent(scores.exact_match, lang)} ({percent_range(scores.exact_interval, lang)})"),
    ]  # fmt: skip
    return lines + aligned(rows)


def _numbers_headline(scores: NumberScores, lang: Lang) -> list[str]:
    def said(value: float, interval: Interval) -> str:
        low, high = (amount(end, lang, precision=scores.margin) for end in (interval.low, interval.high))
        return f"{amount(value, lang, precision=scores.margin)} ({low}–{high})"

    error = said(scores.mean_absolute_error, scores.mean_absolute_error_interval)
    lines = [say("cli.absolute_error", lang, n=scores.n, error=error)]
    baseline = amount(scores.baseline, lang, precision=scores.margin)
    rows = [
        (say("cli.median_answer", lang, value=baseline),
         amount(scores.baseline_absolute_error, lang, precision=scores.margin)),
        (say("cli.squared_error", lang),
         said(scores.root_mean_squared_error, scores.root_mean_squared_error_interval)),
    ]  # fmt: skip
    if scores.r2 is not None and scores.r2_interval is not None:
        rows.append(("R²", f"{decimal(scores.r2, lang, 3)} ({_span(scores.r2_interval, lang)})"))
    held = say(
        "cli.held",
        lang,
        margin=amount(scores.margin, lang, precision=scores.margin),
        level=percent(scores.margin_level, lang),
        share=percent(scores.held, lang),
        interval=percent_range(scores.held_interval, lang),
    )
    return [*lines, *aligned(rows), f"  {held}"]


def _span(interval: Interval, lang: Lang) -> str:
    return decimal_range(interval, lang, 3)


def _class_table(rows: Iterable[ClassScores], lang: Lang) -> list[str]:
    """Return one line for each class, the worst recognised first."""
    ordered = sorted(rows, key=lambda row: (row.recall is None, row.recall or 0.0, row.label))
    width = name_width([say("cli.class", lang), *(row.label for row in ordered)])
    lines = [_row(width, *(say(f"cli.{key}", lang) for key in ("class", "n", "recall", "precision")))]
    for row in ordered:
        recall, precision = (_share(share, lang) for share in (row.recall, row.precision))
        lines.append(_row(width, cut(row.label), written(row.n, lang), recall, precision))
    return lines


def _label_table(rows: Iterable[OneLabelScores], lang: Lang) -> list[str]:
    """Return one line for each label, the worst told first."""
    ordered = sorted(
        rows, key=lambda row: (row.average_precision is None, row.average_precision or 0.0, row.label)
    )
    width = name_width([say("cli.label", lang), *(row.label for row in ordered)])
    heads = ("label", "n", "recall", "precision", "average_precision")
    lines = [_row(width, *(say(f"cli.{key}", lang) for key in heads))]
    for row in ordered:
        shares = (_share(share, lang) for share in (row.recall, row.precision))
        ap = "–" if row.average_precision is None else decimal(row.average_precision, lang, 3)
        lines.append(_row(width, cut(row.label), written(row.n, lang), *shares, ap))
    return lines


def _miss_lines(scores: NumberScores, lang: Lang) -> list[str]:
    """Return the answers that are furthest off, as far as they lie outside their interval."""
    far = [miss for miss in scores.misses if abs(miss.expected - miss.answered) > scores.margin]
    if not far:
        return []
    lines = ["", say("cli.furthest", lang)]
    for miss in far:
        answered, expected = (
            amount(value, lang, precision=scores.margin) for value in (miss.answered, miss.expected)
        )
        lines.append(
            f"  {say('cli.instead_of', lang, answered=answered, expected=expected)}  {printable(miss.name)}"
        )
    return lines


def _row(width: int, name: str, *cells: object) -> str:
    first, *rest = cells
    return f"  {name:<{width}}  {first:>7}" + "".join(f"  {cell:>9}" for cell in rest)


def _share(share: float | None, lang: Lang) -> str:
    return "–" if share is None else percent(share, lang)


def aligned(rows: list[tuple[str, str]]) -> list[str]:
    """Return names and values in two columns."""
    width = max(len(name) for name, _ in rows)
    return [f"  {name:<{width}}  {value}" for name, value in rows]


def name_width(names: Iterable[str]) -> int:
    """Return the width of a column of names."""
    return max((len(cut(name)) for name in names), default=0)
