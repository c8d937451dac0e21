"""What was asked and answered day by day, as charts: how much, how familiar, how sure, what, how fast."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from apprenti.domain import figures
from apprenti.flow.service.traffic import LATENCY_ENDS_MS, N_CONFIDENCE, DayTraffic
from apprenti.texts import Lang, say, written
from apprenti.web.rooms.day_charts import (
    Chart,
    Days,
    Say,
    Series,
    Shape,
    axes,
    columns,
    nice_top,
    trend,
    version_marks,
)

MOST_LABELS = 6
SURE, FAIR = 9, 6
"""Tenths of probability from which on an answer is called sure, and fairly sure."""

_SHARE_TICKS = (0.0, 0.5, 1.0)
_LATENCY_TICKS_MS = (10, 100, 1_000, 10_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What all charts of a page have in common.

    Args:
        lang: for words and numbers.
        days: every day shown, without gaps.
        found: what there was, by day, all versions together.
        begun: where another version begins to answer: its number by day.
        say_day: the name of a day.
    """

    lang: Lang
    days: Days
    found: Mapping[int, DayTraffic]
    begun: Mapping[int, int]
    say_day: Callable[[int], str]

    @property
    def say(self) -> Say:
        """A text in the language."""
        return partial(_said, self.lang)

    def number(self, value: float) -> str:
        """Return a number of things."""
        return str(written(round(value), self.lang))

    def percent(self, share: float) -> str:
        """Return a share."""
        return figures.percent(share, self.lang)

    def chart(
        self,
        name: str,
        said: str,
        shapes: list[Shape],
        ticks: Sequence[tuple[float, str]],
        series: Sequence[Series],
        cell: Callable[[float], str],
    ) -> Chart:
        """Return a chart with its axes, its legend and its table."""
        around = axes(self.days, ticks, self.say_day)
        marks = version_marks(self.days, self.begun, self.say)
        return Chart(
            name=name,
            title=self.say(f"traffic_room.{name}_title"),
            said=said,
            shapes=(*around, *shapes, *marks),
            legend=tuple((part.kind, part.name) for part in series) if len(series) > 1 else (),
            head=(self.say("traffic_room.day"), *(part.name for part in series)),
            rows=tuple(
                (
                    self.say_day(day),
                    *(cell(part.values[day]) if day in part.values else "–" for part in series),
                )
                for day in sorted(self.found, reverse=True)
            ),
        )


def _said(lang: Lang, key: str, **values: object) -> str:
    return say(key, lang, **values)


def together(days: Sequence[DayTraffic]) -> dict[int, DayTraffic]:
    """Return the days with the answers of all versions taken together."""
    found: dict[int, DayTraffic] = {}
    for one in days:
        there = found.get(one.day)
        found[one.day] = one if there is None else _sum(there, one)
    return found


def _sum(one: DayTraffic, other: DayTraffic) -> DayTraffic:
    return DayTraffic(
        day=one.day,
        version_number=max(one.version_number, other.version_number),
        n=one.n + other.n,
        n_unfamiliar=one.n_unfamiliar + other.n_unfamiliar,
        n_errors=one.n_errors + other.n_errors,
        confidence=tuple(map(sum, zip(one.confidence, other.confidence, strict=True))),
        latency=tuple(map(sum, zip(one.latency, other.latency, strict=True))),
        latency_us=one.latency_us + other.latency_us,
        labels=Counter(one.labels) + Counter(other.labels),
    )


def versions_begun(days: Sequence[DayTraffic]) -> dict[int, int]:
    """Return the days a version answered on for the first time, but for the version that was there at the start."""
    seen = {one.version_number for one in days if one.day == days[0].day}
    begun: dict[int, int] = {}
    for one in days:
        if one.version_number not in seen:
            begun[one.day] = one.version_number
            seen.add(one.version_number)
    return begun


def traffic_charts(drawn: Drawn, label_names: Mapping[str, str]) -> list[Chart]:
    """Return the charts there is something for."""
    charts = [_answers(drawn), _familiar(drawn)]
    if any(sum(one.confidence) for one in drawn.found.values()):
        charts += [_confidence(drawn), _labels(drawn, label_names)]
    return [*charts, _latency(drawn)]


def _answers(drawn: Drawn) -> Chart:
    found = drawn.found
    n_of = {
        "familiar": ("s0", {day: t.n - t.n_unfamiliar for day, t in found.items()}),
        "unfamiliar": ("s1", {day: t.n_unfamiliar for day, t in found.items()}),
        "errors": ("bad", {day: t.n_errors for day, t in found.items()}),
    }
    series = [
        Series(name=drawn.say(f"traffic_room.answers_{name}"), kind=kind, values=values)
        for name, (kind, values) in n_of.items()
    ]
    top = nice_top(max(t.n + t.n_errors for t in found.values()))
    ticks = [(share, drawn.number(share * top)) for share in ((0, 1) if top == 1 else _SHARE_TICKS)]
    shapes = columns(drawn.days, series, top=top, told=_told(drawn, drawn.number))
    total, most = sum(t.n for t in found.values()), max(t.n for t in found.values())
    said = drawn.say("traffic_room.answers_said", total=total, most=most)
    return drawn.chart("answers", said, shapes, ticks, series, drawn.number)


def _familiar(drawn: Drawn) -> Chart:
    shares = {d: t.familiar_share for d, t in drawn.found.items()}
    line = Series(
        name=drawn.say("traffic_room.familiar_line"), kind="s0",
        values={day: share for day, share in shares.items() if share is not None},
    )  # fmt: skip
    n = sum(t.n for t in drawn.found.values())
    share = 1 - sum(t.n_unfamiliar for t in drawn.found.values()) / max(n, 1)
    said = drawn.say("traffic_room.familiar_said", share=drawn.percent(share))
    shapes = trend(drawn.days, line, height=lambda value: value, told=_told(drawn, drawn.percent))
    return drawn.chart("familiar", said, shapes, _share_ticks(drawn), [line], drawn.percent)


def _confidence(drawn: Drawn) -> Chart:
    bands = {"sure": (SURE, N_CONFIDENCE), "fair": (FAIR, SURE), "unsure": (0, FAIR)}
    n_of = {day: sum(t.confidence) for day, t in drawn.found.items() if sum(t.confidence)}
    series = [
        Series(
            name=drawn.say(f"traffic_room.confidence_{name}"),
            kind=f"c{place}",
            values={day: sum(drawn.found[day].confidence[low:high]) / n for day, n in n_of.items()},
        )
        for place, (name, (low, high)) in enumerate(bands.items())
    ]
    shapes = columns(drawn.days, series, top=1, told=_told(drawn, drawn.percent))
    sure = sum(sum(drawn.found[day].confidence[SURE:]) for day in n_of) / sum(n_of.values())
    said = drawn.say("traffic_room.confidence_said", share=drawn.percent(sure))
    return drawn.chart("confidence", said, shapes, _share_ticks(drawn), series, drawn.percent)


def _labels(drawn: Drawn, names: Mapping[str, str]) -> Chart:
    totals: Counter[str] = Counter()
    for one in drawn.found.values():
        totals.update(one.labels)
    # a label keeps its colour from day to day: by its place among the task's labels
    shown = [each for each in names if each in {each for each, _ in totals.most_common(MOST_LABELS)}]
    n_of = {day: sum(t.labels.values()) for day, t in drawn.found.items() if t.labels}
    series = [
        Series(
            name=names[each],
            kind=f"s{place}",
            values={day: drawn.found[day].labels.get(each, 0) / n for day, n in n_of.items()},
        )
        for place, each in enumerate(shown)
    ]
    rest = {day: 1 - sum(part.values[day] for part in series) for day in n_of}
    if any(share > 1e-9 for share in rest.values()):
        series.append(Series(name=drawn.say("traffic_room.labels_other"), kind="other", values=rest))
    shapes = columns(drawn.days, series, top=1, told=_told(drawn, drawn.percent))
    return drawn.chart(
        "labels", _labels_said(drawn, totals, names), shapes, _share_ticks(drawn), series, drawn.percent
    )


def _labels_said(drawn: Drawn, totals: Counter[str], names: Mapping[str, str]) -> str:
    for each, n in totals.most_common(1):
        if each in names:
            share = drawn.percent(n / totals.total())
            return drawn.say("traffic_room.labels_said", label=names[each], share=share)
    return drawn.say("traffic_room.labels_none")


def _latency(drawn: Drawn) -> Chart:
    values = {share: {d: t.latency_ms(share) for d, t in drawn.found.items()} for share in (0.5, 0.95)}
    series = [
        Series(
            name=drawn.say(f"traffic_room.latency_{name}"),
            kind=kind,
            values={day: float(ms) for day, ms in values[share].items() if ms is not None},
        )
        for share, name, kind in ((0.5, "half", "s0"), (0.95, "most", "s1"))
    ]
    shapes = [
        shape
        for part in reversed(series)
        for shape in trend(drawn.days, part, height=_of_latency, told=_told(drawn, partial(_ms, drawn)))
    ]
    ticks = [(_of_latency(ms), _ms(drawn, ms)) for ms in _LATENCY_TICKS_MS]
    return drawn.chart("latency", _latency_said(drawn), shapes, ticks, series, partial(_ms, drawn))


def _latency_said(drawn: Drawn) -> str:
    found = list(drawn.found.values())
    whole = found[0]
    for one in found[1:]:
        whole = _sum(whole, one)
    half, most = whole.latency_ms(0.5), whole.latency_ms(0.95)
    if half is None or most is None:
        return drawn.say("traffic_room.latency_slow")
    return drawn.say("traffic_room.latency_said", half=_ms(drawn, half), most=_ms(drawn, most))


def _of_latency(ms: float) -> float:
    """Return the height of a time: each tenfold takes the same."""
    return math.log10(max(ms, LATENCY_ENDS_MS[0]) / LATENCY_ENDS_MS[0]) / math.log10(
        LATENCY_ENDS_MS[-1] / LATENCY_ENDS_MS[0]
    )


def _ms(drawn: Drawn, ms: float) -> str:
    space = figures.NO_BREAK_SPACE
    if ms < 1_000:
        return f"{drawn.number(ms)}{space}ms"
    return f"{written(ms / 1_000, drawn.lang)}{space}s"


def _share_ticks(drawn: Drawn) -> list[tuple[float, str]]:
    return [(share, drawn.percent(share)) for share in _SHARE_TICKS]


def _told(drawn: Drawn, cell: Callable[[float], str]) -> Callable[[int, Series], str]:
    return lambda day, part: f"{drawn.say_day(day)} · {part.name} · {cell(part.values[day])}"
