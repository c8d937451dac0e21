"""What lesson 15 shows: the run's candidates and their reasons, a choice among 231 recipes, its regret, and luck."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apprenti.domain.lesson_context import LessonContext
from apprenti.domain.outlook import said_name
from apprenti.domain.recipe import Interval
from apprenti.lessons.n15_five.table import (
    best_of_equals,
    chance_regret,
    column_in_words,
    in_words,
    known,
    mean_regrets,
    nearest_to,
    neighbours_of,
    picks_for,
    regret_points,
)

K = 5
MOST_K = 8
MOST_SECONDS = 10.0
LEAST_TEST, SHARE = 30, 0.8
"""Luck is worked out for the run's test photos if there are so many, and for recipes that are all this good."""
LEAST_REGRET = 0.3
"""Points that the choice worked with should lose, so that there is something to work out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A recipe that was picked for the run.

    Args:
        name: of the recipe.
        said_en: the same in words, in English.
        said_fr: in French.
        reason_en: why, in English.
        reason_fr: why, in French.
        foretold: between which its score was to end up; ``None`` where nothing was said.
        score: what it reached; ``None`` where it was not finished.
        interval: of the score.
        is_kept: whether it is in the model.
    """

    name: str
    said_en: str
    said_fr: str
    reason_en: str
    reason_fr: str
    foretold: Interval | None
    score: float | None
    interval: Interval | None
    is_kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnNeighbour:
    """Past data that the run's choice rested on, and what would have been chosen without it."""

    name_en: str
    name_fr: str
    weight: float
    gone_en: tuple[str, ...]
    gone_fr: tuple[str, ...]
    instead_en: tuple[str, ...]
    instead_fr: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PastData:
    """One of the neighbours worked with, and the best score there."""

    name: str
    best_score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A recipe picked in the lesson: what it scores on the data it was picked for, and its seconds."""

    name_en: str
    name_fr: str
    score: float
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The figures of lesson 15.

    Args:
        candidates: of the run, in the order they were picked.
        n_candidates: of them.
        n_unfinished: of them, those without a score.
        kept_number: of the candidate in the model, from 1.
        kept_score: its score on validation; ``None`` where it has none.
        kept_n: photos that rests on.
        own_neighbours: what the choice rested on.
        has_neighbours: whether it rested on past data.
        n_datasets: past data sets known to the lesson.
        n_recipes: recipes measured on each.
        n_cells: scores in all.
        target: the past data set worked with, taken for new.
        neighbours: the nearest others.
        picks: what they recommend, all of them ticked.
        n_picks: of those.
        best_pick: the best score of them, to a tenth of a point.
        best_all: the best score of any recipe, likewise.
        regret: points lost, from these two.
        chance: the mean regret of as many at random.
        mean_picked: the mean regret of such choices over all past data.
        mean_chance: of choices at random.
        n_photos: photos that luck is worked out for.
        share: how good all recipes are taken to be.
        luck_few: what the best of five such seems to be.
        luck_many: what the best of all recipes seems to be.
        most_k: recipes at most in the widget.
        most_seconds: seconds at most in the widget.
    """

    candidates: tuple[Candidate, ...]
    n_candidates: int
    n_unfinished: int
    kept_number: int
    kept_score: float | None
    kept_n: int
    own_neighbours: tuple[OwnNeighbour, ...]
    has_neighbours: bool
    n_datasets: int
    n_recipes: int
    n_cells: int
    target: str
    neighbours: tuple[PastData, ...]
    picks: tuple[Tried, ...]
    n_picks: int
    best_pick: float
    best_all: float
    regret: float
    chance: float
    mean_picked: float
    mean_chance: float
    n_photos: int
    share: float
    luck_few: float
    luck_many: float
    most_k: int
    most_seconds: float


def compute(context: LessonContext) -> Shown:
    """Return the figures of the run's report, and of the knowledge that ships with the package."""
    report, table = context.report, known()
    place = _target(context)
    near = neighbours_of(place)
    picks = picks_for(place, near, K)
    scores = table.scores[place]
    best_pick = round(max((float(scores[one]) for one in picks), default=0.0), 3)
    best_all = round(float(scores.max()), 3)
    kept = next((one for one in report.attempts if one.recipe.name == report.kept.name), None)
    outlook = report.outlook.neighbours if report.outlook else ()
    n_photos = len(context.test) if len(context.test) >= LEAST_TEST else 100
    picked, chance = mean_regrets(K)
    return Shown(
        candidates=tuple(
            Candidate(
                name=one.recipe.name,
                said_en=in_words(one.recipe, "en"),
                said_fr=in_words(one.recipe, "fr"),
                reason_en=one.reason.said("en"),
                reason_fr=one.reason.said("fr"),
                foretold=one.predicted_score,
                score=one.score,
                interval=one.interval,
                is_kept=one.recipe.name == report.kept.name,
            )
            for one in report.attempts
        ),
        n_candidates=len(report.attempts),
        n_unfinished=sum(one.score is None for one in report.attempts),
        kept_number=1 + next((place for place, one in enumerate(report.attempts) if one is kept), 0),
        kept_score=kept.score if kept else None,
        kept_n=kept.n_validation if kept else 0,
        own_neighbours=tuple(
            OwnNeighbour(
                name_en=said_name(one.name, "en"),
                name_fr=said_name(one.name, "fr"),
                weight=one.weight,
                gone_en=tuple(in_words(recipe, "en") for recipe in one.gone),
                gone_fr=tuple(in_words(recipe, "fr") for recipe in one.gone),
                instead_en=tuple(in_words(recipe, "en") for recipe in one.instead),
                instead_fr=tuple(in_words(recipe, "fr") for recipe in one.instead),
            )
            for one in outlook
        ),
        has_neighbours=bool(outlook),
        n_datasets=len(table.datasets),
        n_recipes=len(table.recipes),
        n_cells=int(table.scores.size),
        target=table.datasets[place],
        neighbours=tuple(_past(one) for one in near),
        picks=_tried(place, picks),
        n_picks=len(picks),
        best_pick=best_pick,
        best_all=best_all,
        regret=round(100 * (best_all - best_pick), 1),
        chance=chance_regret(place, K),
        mean_picked=picked,
        mean_chance=chance,
        n_photos=n_photos,
        share=SHARE,
        luck_few=best_of_equals(K, n_photos, SHARE),
        luck_many=best_of_equals(len(table.recipes), n_photos, SHARE),
        most_k=MOST_K,
        most_seconds=MOST_SECONDS,
    )


def respond(context: LessonContext, shown: Shown, question: Mapping[str, float]) -> Mapping[str, Any]:
    """Return what the ticked neighbours (``n0``, ``n1``, ...) recommend, ``k`` at most, within ``seconds``."""
    place = known().datasets.index(shown.target)
    near = [one for at, one in enumerate(neighbours_of(place)) if question.get(f"n{at}", 0)]
    k = min(max(int(question.get("k", K)), 1), MOST_K)
    picks = picks_for(place, near, k, max(0.0, question.get("seconds", MOST_SECONDS)))
    return {
        "picks": [
            {"en": one.name_en, "fr": one.name_fr, "score": one.score, "seconds": one.seconds}
            for one in _tried(place, picks)
        ],
        "regret": regret_points(place, picks),
        "chance": chance_regret(place, max(1, len(picks))),
    }


def _target(context: LessonContext) -> int:
    """Return the past data most like the run's, or the next like it where neighbours lose something to the best."""
    first = nearest_to(context.report.profile)
    for place in (first, *neighbours_of(first)):
        regret = regret_points(place, picks_for(place, neighbours_of(place), K))
        if regret is not None and regret >= LEAST_REGRET:
            return place
    return first


def _past(place: int) -> PastData:
    table = known()
    return PastData(name=table.datasets[place], best_score=float(table.scores[place].max()))


def _tried(place: int, picks: Sequence[int]) -> tuple[Tried, ...]:
    table = known()
    return tuple(
        Tried(
            name_en=column_in_words(table.recipes[one], "en"),
            name_fr=column_in_words(table.recipes[one], "fr"),
            score=round(float(table.scores[place, one]), 4),
            seconds=round(float(table.seconds[place, one]), 2),
        )
        for one in picks
    )
