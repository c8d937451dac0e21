"""What would be tried, what is expected of it and what that rests on, as a person reads it on a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from apprenti.cli.complaints import printable
from apprenti.cli.short_names import cut, recipe_text
from apprenti.domain.figures import decimal, duration, percent, percent_range, percent_sign
from apprenti.domain.outlook import said_name
from apprenti.texts import Lang, say

if TYPE_CHECKING:
    from apprenti.domain.outlook import Neighbour, Outlook
    from apprenti.domain.recipe import Interval, Pick
    from apprenti.flow.inspect import Inspection


def outlook_lines(inspection: Inspection, lang: Lang) -> list[str]:
    """Return the recipes that would be trained with reasons; what they should reach, where anything is known."""
    if not inspection.picks:
        return []
    outlook = inspection.outlook
    lines = ["", say("cli.would_try", lang), *_expected(inspection, lang)]
    for rank, pick in enumerate(inspection.picks, start=1):
        lines.append(f"  {rank}. {recipe_text(pick.recipe, lang)}  · {_foretold(pick, lang)}")
        lines.append(f"     {pick.reason.said(lang)}")
    if outlook is not None:
        lines.append("  " + say("cli.may_change", lang))
    if inspection.networks is not None:
        lines.append("  " + inspection.networks.said(lang))
    return lines if outlook is None else [*lines, *_neighbours(outlook, lang)]


def _expected(inspection: Inspection, lang: Lang) -> Iterator[str]:
    outlook, time = inspection.outlook, duration(inspection.predicted_seconds, lang)
    if outlook is None:
        yield "  " + say("cli.nothing_known", lang)
    elif outlook.best_score is not None:
        interval = percent_range(outlook.best_score, lang)
        said = say("cli.expected_best", lang, interval=interval, time=time)
        yield f"  {said} {say('cli.expected_by', lang, n=outlook.n_datasets)}"
        return
    yield "  " + say("cli.expected_time", lang, time=time)


def _foretold(pick: Pick, lang: Lang) -> str:
    """Return what a pick should score, where that is known, and how long it should take."""
    time = say("cli.takes_about", lang, time=duration(pick.predicted_seconds, lang))
    interval = pick.predicted_score
    if interval is None or _says_nothing(interval):
        return time
    return f"{say('cli.expected_score', lang, interval=percent_range(interval, lang))} · {time}"


def _says_nothing(interval: Interval) -> bool:
    return interval.high - interval.low >= 1


def _neighbours(outlook: Outlook, lang: Lang) -> Iterator[str]:
    """Yield a line for each of the past data sets most alike, and one for what did best there."""
    if not outlook.neighbours:
        return
    yield ""
    yield say("cli.most_alike" if outlook.by_likeness else "cli.all_alike", lang)
    names = [cut(said_name(one.name, lang)) for one in outlook.neighbours]
    for name, one in zip(names, outlook.neighbours, strict=True):
        weight = say("cli.weight", lang, share=percent(one.weight, lang))
        related = say("cli.related", lang, n=one.n_related) if one.n_related else ""
        yield f"  {name:<{max(map(len, names))}}  {' · '.join(filter(None, [weight, related]))}"
        if best := _best_there(one, lang):
            yield f"     {best}"


def _best_there(one: Neighbour, lang: Lang) -> str:
    if one.best is None or one.best_score is None:
        return ""
    share = decimal(100 * one.best_score, lang, 1) + percent_sign(lang)
    said = say("cli.best_there", lang, name=printable(recipe_text(one.best, lang)), share=share)
    if one.behind_points is None:
        return said
    points = round(one.behind_points, 1)
    return f"{said} · " + (
        say("cli.picks_behind", lang, n=points) if points else say("cli.picks_level", lang)
    )
