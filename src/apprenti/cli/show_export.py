"""What was exported of a model, as a person reads it on a terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from apprenti.cli.complaints import printable
from apprenti.domain.figures import NO_BREAK_SPACE, decimal, file_size, percent, points_range
from apprenti.texts import Lang, say

if TYPE_CHECKING:
    from apprenti.flow.eight_bits import Cost, Difference
    from apprenti.flow.export import ExportedFile, ModelExport

LEAST_SHOWN = 0.001
"""Of a probability: a tenth of a point, below which no figure is told."""


def model_export_text(export: ModelExport, lang: Lang) -> str:
    """Return what was written where and, of 8 bits, what they gain and cost."""
    width = max(len(printable(str(file.path))) for file in export.files.values())
    lines = [_file_line(file, width, lang) for file in export.files.values()]
    if export.golden is not None:
        lines += ["", _say("as_the_model", lang, n=export.golden.n)]
    if export.cost is not None:
        lines += ["", *_cost_lines(export.cost, lang)]
    return "\n".join(lines)


def _file_line(file: ExportedFile, width: int, lang: Lang) -> str:
    return f"{printable(str(file.path)):<{width}}  {file_size(file.n_bytes, lang)}"


def _cost_lines(cost: Cost, lang: Lang) -> list[str]:
    ms_before, ms = (f"{decimal(ms, lang, 1)}{NO_BREAK_SPACE}ms" for ms in (cost.ms_before, cost.ms))
    size_before, size = (file_size(n_bytes, lang) for n_bytes in (cost.n_bytes_before, cost.n_bytes))
    lines = [
        _say("eight_bits", lang),
        "  " + _say("time", lang, before=ms_before, after=ms),
        "  " + _say("size", lang, before=size_before, after=size),
        *(f"  {line}" for line in _answer_lines(cost, lang)),
        "  " + _golden_line(cost.golden, lang),
    ]
    lines += [f"  · {printable(notice.said(lang))}" for notice in cost.notices]
    if cost.objections:
        lines += ["", *(_say("forced", lang, reason=one.said(lang)) for one in cost.objections)]
    return lines


def _answer_lines(cost: Cost, lang: Lang) -> list[str]:
    """Return what is known of its answers: the accuracy, or what stands for it."""
    accuracy, pictures = cost.accuracy, cost.pictures
    if accuracy is None:
        return [_say("same", lang, n=pictures.n_same, of=pictures.n), _say("not_measured", lang)]
    before, after = (percent(share, lang, 1) for share in (accuracy.before, accuracy.after))
    points = points_range(accuracy.difference_interval, lang)
    return [_say("accuracy", lang, n=accuracy.n, before=before, after=after, points=points)]


def _golden_line(golden: Difference, lang: Lang) -> str:
    n_points = math.ceil(1000 * golden.probability - 1e-6) / 10  # never less than it is
    if golden.probability < LEAST_SHOWN:
        return _say("golden_same", lang, n=golden.n)
    points = _say("points", lang, n=n_points)
    return _say("golden", lang, n=golden.n, points=points)


def _say(key: str, lang: Lang, **values: object) -> str:
    return say(f"export.{key}", lang, **values)
