"""Judging ways of choosing recipes on a matrix of known scores, leaving one family of data sets out at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apprenti.stages.select.baselines import (
    Order,
    average_order,
    chance_order,
    nearest_order,
    portfolio_order,
)
from apprenti.stages.select.choice import SAFETY, Choice, Past, remember
from apprenti.stages.select.completion import complete
from apprenti.stages.select.seconds import TimeModel, fit_seconds
from apprenti.stages.select.similarity import Similarity, fit_similarity

Floats = NDArray[np.float64]

N_RANDOM = 50
"""Draws of recipes at random for each data set."""
METHODS = ("random", "average", "portfolio", "nearest", "ours")


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Known scores of recipes on data sets.

    Args:
        scores: [n, m], 0..1; NaN where missing.
        profiles: [n, p]; NaN where not known.
        seconds: [n, m]; NaN where missing; ``None`` without any.
        families: [n]; rows of one family are left out together.
    """

    scores: Floats
    profiles: Floats
    seconds: Floats | None
    families: NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What may be tried on each data set.

    Args:
        k: how many recipes.
        budget_seconds: for all of them together; infinite without a budget.
        seed: of the forests and of chance.
        in_batch: our picks are made without looking at results.
    """

    k: int = 5
    budget_seconds: float = np.inf
    seed: int = 0
    in_batch: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one way of choosing.

    Args:
        regrets: points behind the best recipe of each data set, [n, draws]; one draw but for chance.
        seconds: that were spent on each, [n, draws]; 0 where times are not known.
    """

    regrets: Floats
    seconds: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class _Target:
    """One data set that was left out."""

    points: Floats
    seconds: Floats | None
    predicted: Floats | None


def judge(matrix: Matrix, rules: Rules, *, advance: Callable[[int], None]) -> Mapping[str, Outcome]:
    """Return what comes of every way of choosing, in the order of ``METHODS``.

    A data set's own scores, and those of its family, are never looked at before they are chosen. Recipes
    without a score on a data set cannot be chosen for it, whoever chooses.

    Args:
        matrix: every row and column has a score.
        rules: what may be tried.
        advance: told the number of data sets done.
    """
    n = len(matrix.scores)
    regrets = {name: np.zeros((n, N_RANDOM if name == "random" else 1)) for name in METHODS}
    spent = {name: np.zeros_like(values) for name, values in regrets.items()}
    for family in np.unique(matrix.families):
        (left_out,) = np.nonzero(matrix.families == family)
        (others,) = np.nonzero(matrix.families != family)
        if not len(others):
            continue
        teacher = _Teacher(matrix, others, rules)
        for row in left_out:
            for name, draw, regret, seconds in teacher.examine(int(row)):
                regrets[name][row, draw], spent[name][row, draw] = regret, seconds
            advance(1)
    return {name: Outcome(regrets=regrets[name], seconds=spent[name]) for name in METHODS}


class _Teacher:
    """What every way of choosing learns from the data sets that are not left out, and how each then does."""

    def __init__(self, matrix: Matrix, others: NDArray[np.intp], rules: Rules) -> None:
        self._matrix, self._rules = matrix, rules
        self._profiles = matrix.profiles[others]
        self._past: Past = remember(matrix.scores[others])
        self._points = complete(100.0 * matrix.scores[others])
        self._similarity: Similarity = fit_similarity(self._profiles, self._past.losses, seed=rules.seed)
        self._times: TimeModel | None = None
        if matrix.seconds is not None:
            self._times = fit_seconds(matrix.seconds[others], self._profiles)
        self._fixed = {
            "average": average_order(self._points),
            "portfolio": portfolio_order(self._points, rules.k),
        }

    def examine(self, row: int) -> Iterator[tuple[str, int, float, float]]:
        """Yield (method, draw, regret in points, seconds spent) for a data set that was left out."""
        profile = self._matrix.profiles[row]
        seconds = None if self._matrix.seconds is None else self._matrix.seconds[row]
        predicted = None if self._times is None else self._times.seconds(profile)
        target = _Target(points=100.0 * self._matrix.scores[row], seconds=seconds, predicted=predicted)
        nearest = nearest_order(self._points, self._profiles, profile, self._rules.k)
        for name, order in (*self._fixed.items(), ("nearest", nearest)):
            yield (name, 0, *_follow(order, target, self._rules))
        generator = np.random.default_rng([self._rules.seed, row])
        for draw in range(N_RANDOM):
            yield ("random", draw, *_follow(chance_order(len(target.points), generator), target, self._rules))
        choice = Choice(
            past=self._past,
            weights=self._similarity.weights(profile),
            seconds=predicted,
            allowed=np.isfinite(target.points),
            in_batch=self._rules.in_batch,
        )
        yield ("ours", 0, *_choose(choice, target, self._rules))


def _choose(choice: Choice, target: _Target, rules: Rules) -> tuple[float, float]:
    """Return regret and seconds of asking, trying and telling."""
    results, spent = [], 0.0
    for _ in range(rules.k):
        recipe = choice.ask(seconds_left=rules.budget_seconds - spent)
        if recipe is None and not choice.picked:
            recipe = choice.ask_cheapest()
        if recipe is None:
            break
        result, seconds = _tried(recipe, target, rules.budget_seconds - spent)
        choice.tell(recipe, None if result is None else result / 100.0)
        spent += seconds
        if result is not None:
            results.append(result)
    return _regret(results, target), spent


def _follow(order: Order, target: _Target, rules: Rules) -> tuple[float, float]:
    """Return regret and seconds of trying recipes in a fixed order, passing over what does not fit."""
    there = [recipe for recipe in order if np.isfinite(target.points[recipe])]
    results, spent, n_tried = [], 0.0, 0
    for recipe in there:
        left = rules.budget_seconds - spent
        if n_tried >= rules.k or left <= 0:
            break
        if target.predicted is not None and SAFETY * target.predicted[recipe] > left:
            continue
        result, seconds = _tried(recipe, target, left)
        n_tried, spent = n_tried + 1, spent + seconds
        if result is not None:
            results.append(result)
    if not n_tried and target.predicted is not None and there:
        result, spent = _tried(min(there, key=target.predicted.__getitem__), target, rules.budget_seconds)
        results = [] if result is None else [result]
    return _regret(results, target), spent


def _tried(recipe: int, target: _Target, seconds_left: float) -> tuple[float | None, float]:
    """Return the points of a recipe and the seconds it took; no points where it was stopped at the limit."""
    seconds = 0.0
    if target.seconds is not None and np.isfinite(target.seconds[recipe]):
        seconds = float(target.seconds[recipe])
    elif target.predicted is not None:
        seconds = float(target.predicted[recipe])
    if seconds > seconds_left:
        return None, max(0.0, seconds_left)
    return float(target.points[recipe]), seconds


def _regret(results: list[float], target: _Target) -> float:
    """Return the points lost; where nothing finished, those between the best and the worst recipe."""
    best, worst = np.nanmax(target.points), np.nanmin(target.points)
    return float(best - max(results, default=worst))
