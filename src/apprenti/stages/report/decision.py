"""The choice of recipes, replayed: what was expected, what came, and what it would have been with less knowledge."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from apprenti.domain.outlook import Hindsight, Neighbour, Outlook, said_name
from apprenti.domain.recipe import Interval, Recipe
from apprenti.domain.report import Attempt, Report, Timing
from apprenti.stages.report.attempts import Scale, attempt_rows, scale_around
from apprenti.stages.report.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """One recipe picked, foretold and measured.

    Args:
        attempt: what it was and what came of it.
        name: in words.
        settings: what tells it from others of that name, in words; may be empty.
        expected: the range foretold; ``None`` where nothing could be.
        verdict: ``inside``, ``over`` or ``under`` that range; empty where there is nothing to compare.
        problem: why there is no score, in words; empty when there is one.
        seconds: expected and taken, in words; ``None`` where not known.
    """

    attempt: Attempt
    name: str
    settings: str
    expected: Interval | None
    verdict: str
    problem: str
    seconds: tuple[str, str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Influence:
    """One family of past data, and what it brought to the choice.

    Args:
        name: in words.
        neighbour: what is known of it.
        bar: its weight on a scale that ends at the heaviest shown, 0..1.
        best: what did best there, in words; empty where nothing is known.
        without: what would have been chosen without it, in words.
    """

    name: str
    neighbour: Neighbour
    bar: float
    best: str
    without: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """All of the section.

    Args:
        outlook: what the choice rested on.
        forecasts: the picks, in their order.
        scale: of their drawing; ``None`` where nothing was foretold and nothing measured.
        best: how the best of them came out against what was expected of it, in words; may be empty.
        total_seconds: expected and taken for all that ended, in words; ``None`` where not known.
        influences: the most alike first.
        regret: what the choice cost, in words; empty where not known.
    """

    outlook: Outlook
    forecasts: tuple[Forecast, ...]
    scale: Scale | None
    best: str
    total_seconds: tuple[str, str] | None
    influences: tuple[Influence, ...]
    regret: str


def replay(
    report: Report, timing: Timing | None, hindsight: Hindsight | None, words: Words
) -> Decision | None:
    """Return the choice replayed; ``None`` where a fixed order chose."""
    outlook = report.outlook
    if outlook is None:
        return None
    forecasts = tuple(
        Forecast(
            attempt=row.attempt,
            name=row.name,
            settings=words.settings(row.attempt.recipe),
            expected=_told(row.attempt.predicted_score),
            verdict=_verdict(row.attempt.score, _told(row.attempt.predicted_score)),
            problem=row.problem,
            seconds=_seconds([row.attempt], timing, words),
        )
        for row in attempt_rows(report, timing, words)
    )
    return Decision(
        outlook=outlook,
        forecasts=forecasts,
        scale=_scale(forecasts),
        best=_best(report, outlook, words),
        total_seconds=_seconds(report.attempts, timing, words),
        influences=tuple(_influences(report, outlook, words)),
        regret="" if hindsight is None else _regret(hindsight, words),
    )


def _told(interval: Interval | None) -> Interval | None:
    """Return an interval that says something: one from 0 to 1 does not."""
    return interval if interval is not None and interval.high - interval.low < 1 else None


def _verdict(score: float | None, expected: Interval | None) -> str:
    if score is None or expected is None:
        return ""
    if expected.low <= score <= expected.high:
        return "inside"
    return "over" if score > expected.high else "under"


def _scale(forecasts: Iterable[Forecast]) -> Scale | None:
    shares: list[float] = []
    for one in forecasts:
        shares += [one.attempt.score] if one.attempt.score is not None else []
        shares += [one.expected.low, one.expected.high] if one.expected is not None else []
    return scale_around(shares)


def _best(report: Report, outlook: Outlook, words: Words) -> str:
    expected = _told(outlook.best_score)
    scores = [attempt.score for attempt in report.attempts if attempt.score is not None]
    if expected is None or not scores:
        return ""
    verdict = _verdict(max(scores), expected)
    return words(f"decision_best_{verdict}", range=words.range(expected), score=words.percent(max(scores), 1))


def _seconds(attempts: Sequence[Attempt], timing: Timing | None, words: Words) -> tuple[str, str] | None:
    """Return expected and taken seconds of the attempts that have both, added up."""
    if timing is None:
        return None
    names = [one.recipe.name for one in attempts if one.score is not None]
    both = [name for name in names if name in timing.seconds and name in timing.predicted_seconds]
    if not both:
        return None
    sums = (sum(timing.predicted_seconds[name] for name in both), sum(timing.seconds[name] for name in both))
    return words.duration(sums[0]), words.duration(sums[1])


def _influences(report: Report, outlook: Outlook, words: Words) -> Iterable[Influence]:
    heaviest = max((one.weight for one in outlook.neighbours), default=0.0)
    number = {attempt.recipe.name: place for place, attempt in enumerate(report.attempts, start=1)}
    for one in outlook.neighbours:
        yield Influence(
            name=said_name(one.name, words.lang),
            neighbour=one,
            bar=one.weight / heaviest if heaviest > 0 else 0.0,
            best=_best_there(one, words),
            without=_without(one, number, words),
        )


def _best_there(one: Neighbour, words: Words) -> str:
    if one.best is None or one.best_score is None:
        return ""
    said = words("neighbour_best", name=words.recipe_whole(one.best), score=words.percent(one.best_score, 1))
    if one.behind_points is None:
        return said
    points = round(one.behind_points, 1)
    return f"{said} " + (words("neighbour_behind", n=points) if points else words("neighbour_level"))


def _without(one: Neighbour, number: dict[str, int], words: Words) -> str:
    if not one.gone:
        return words("neighbour_same")
    gone = [_numbered(recipe, number, words) for recipe in one.gone]
    instead = [words.recipe_whole(recipe) for recipe in one.instead]
    if not instead:
        return words("neighbour_fewer", gone=words.listed(gone))
    return words("neighbour_other", gone=words.listed(gone), instead=words.listed(instead))


def _numbered(recipe: Recipe, number: dict[str, int], words: Words) -> str:
    """Return which of the recipes tried it is; its name where it was not tried for lack of time."""
    place = number.get(recipe.name)
    return words.recipe_whole(recipe) if place is None else words("decision_number", rank=str(place))


def _regret(hindsight: Hindsight, words: Words) -> str:
    values = {
        "n": hindsight.n_others,
        "name": words.recipe_whole(hindsight.best),
        "photos": hindsight.n_photos,
        "best": round(hindsight.best_score * hindsight.n_photos),
        "kept": round(hindsight.kept_score * hindsight.n_photos),
    }
    if not hindsight.n_more_right:
        return words("regret_none", **values)
    said = words("regret_some", points=words.decimal(hindsight.regret_points, 1), **values)
    return f"{said} {words('regret_luck')}" if _may_be_luck(hindsight) else said


def _may_be_luck(hindsight: Hindsight) -> bool:
    """Return whether two equally good recipes could differ by as much on other photos (two standard errors)."""
    share = (hindsight.best_score + hindsight.kept_score) / 2
    error = math.sqrt(2 * share * (1 - share) * hindsight.n_photos)
    return hindsight.n_more_right <= 2 * error
