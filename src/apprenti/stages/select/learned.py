"""The selector that learns: picks from what past data sets and the results so far say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from apprenti.domain.knowledge_table import Knowledge
from apprenti.domain.outlook import Outlook
from apprenti.domain.recipe import Interval, Pick, Recipe, Trial, TrialStatus
from apprenti.recipes import column_of, templates_for
from apprenti.recipes.times import PROCESS_SECONDS
from apprenti.stages.select.choice import Choice, Past, remember
from apprenti.stages.select.outlook import neighbours
from apprenti.stages.select.profile_vector import PROFILE_COLUMNS, profile_vector
from apprenti.stages.select.reasons import reason_for, sentence_of
from apprenti.stages.select.score_intervals import ScoreModel, fit_scores
from apprenti.stages.select.seconds import fit_seconds
from apprenti.stages.select.selector import N_PICKS, Ground
from apprenti.stages.select.similarity import fit_similarity, nearest_first

Floats = NDArray[np.float64]

LEAST_DATASETS = 10
LEAST_CELLS = 5
"""A recipe measured on fewer data sets is not known well enough to be picked."""
FORMULA_WORTH = 5.0
"""Past data sets' worth of times that the formula of ``recipes.times`` counts for."""
EXPLORING_SHARE = 0.2
"""What ``explores`` is where exploration is wanted: one pick in five."""


def enough_known(ground: Ground, knowledge: Knowledge, candidates: Sequence[Recipe], n_picks: int) -> bool:
    """Return whether the knowledge says enough of enough recipes to choose by it."""
    if len(knowledge.datasets) < LEAST_DATASETS:
        return False
    return len(_known_recipes(ground, knowledge, candidates)) > n_picks


class LearnedSelector:
    """Hands out the recipes that promise most, and looks at every result before the next.

    Args:
        ground: what the choice rests on.
        knowledge: scores of recipes on past data sets.
        candidates: recipes that may be picked; those of the catalogue by default.
        n_picks: how many recipes are handed out at most.
        in_batch: never looks at results.
        rounds: how many are picked before their results are looked at, round by round; none: one at a time.
        explores: how likely a pick tries what is least known, 0..1.
        seed: of the forests and of exploration.
    """

    def __init__(
        self,
        ground: Ground,
        knowledge: Knowledge,
        *,
        candidates: Sequence[Recipe] = (),
        n_picks: int = N_PICKS,
        in_batch: bool = False,
        rounds: Sequence[int] = (),
        explores: float = 0.0,
        seed: int = 0,
    ) -> None:
        known = _known_recipes(ground, knowledge, candidates)
        self._ground, self._knowledge, self._n_picks, self._seed = ground, knowledge, n_picks, seed
        self._columns = np.array(list(known), dtype=np.intp)
        self._recipes = list(known.values())
        self._place = {recipe.name: at for at, recipe in enumerate(self._recipes)}
        self._scores = knowledge.scores[:, self._columns].astype(np.float64)
        self._profiles = _profiles(knowledge)
        self._profile = profile_vector(ground.profile).astype(np.float64)
        self._past: Past = remember(self._scores)
        similarity = fit_similarity(self._profiles, self._past.losses, seed=seed)
        self._fitting_seconds = self._predicted_seconds()
        embedding = np.array([ground.embedding_seconds(recipe) for recipe in self._recipes])
        self._seconds = self._fitting_seconds + embedding
        alike = similarity.weights(self._profile)
        self._by_likeness = similarity.forest is not None and bool(np.ptp(alike) > 0)
        self._nearest = nearest_first(alike, self._profiles, self._profile).tolist()
        self._weights = _trusted(alike, knowledge)
        self._choice = Choice(
            past=self._past,
            weights=self._weights,
            seconds=self._seconds,
            in_batch=in_batch,
            explores=explores,
            seed=seed,
        )
        self._given: list[Pick] = []
        self._round_ends = frozenset(accumulate(rounds))
        self._results: dict[int, float | None] = {}
        self._seconds_left: list[float] = []

    def plan(self) -> tuple[Pick, ...]:
        """Return the picks as they stand now, those already handed out first."""
        planned = self._choice.planned(self._n_picks - len(self._given))
        before = list(self._choice.picked)
        picks = (*self._given, *(self._pick(at, before + planned[:n]) for n, at in enumerate(planned)))
        return tuple(
            replace(pick, predicted_score=self._intervals[self._place[pick.recipe.name]]) for pick in picks
        )

    def ask(self, *, seconds_left: float) -> Pick | None:
        """Return the pick that promises most and fits ``seconds_left``; ``None`` when none does or all are given.

        The first question is always answered, if need be with the quickest recipe: one try is better than none.
        """
        if len(self._given) >= self._n_picks:
            return None
        before = list(self._choice.picked)
        at = self._choice.ask(seconds_left=seconds_left)
        if at is None and not self._given:
            at = self._choice.ask_cheapest()
        if at is None:
            return None
        self._given.append(self._pick(at, before))
        self._seconds_left.append(seconds_left)
        return self._given[-1]

    @property
    def waiting(self) -> bool:
        """Whether results are still to come that the next pick is to look at."""
        return len(self._given) in self._round_ends and len(self._results) < len(self._given)

    def tell(self, trial: Trial) -> None:
        """Take in what came of a pick; anything that was not picked here is passed over.

        The results of a round are looked at together, in the order of its picks: which of them came first depends on
        the machine, and the same data must give the same picks.
        """
        at = self._place.get(trial.recipe.name)
        if at is None:
            return
        self._results[at] = trial.score if trial.status is TrialStatus.FINISHED else None
        if not self._round_ends:
            self._choice.tell(at, self._results[at])
        elif len(self._given) in self._round_ends and not self.waiting:
            for place in self._choice.picked:
                self._choice.tell(place, self._results[place])

    def outlook(self) -> Outlook:
        """Return what is expected of the picks as they stand now, and what they rest on."""
        known = self._knowledge
        picked = [*self._choice.picked, *self._choice.planned(self._n_picks - len(self._given))]
        return Outlook(
            n_datasets=len(known.datasets),
            n_families=len(set(known.families)),
            by_likeness=self._by_likeness,
            best_score=self._score_model.best_interval(self._profile, picked),
            neighbours=tuple(
                neighbours(
                    self._scores,
                    self._choice.weights,
                    nearest=self._nearest,
                    families=known.families,
                    names=known.datasets,
                    recipes=self._recipes,
                    plan_without=self._replayed_without,
                )
            ),
        )

    @property
    def weights(self) -> Floats:
        """How much each past data set counts for this one, [n], in all 1."""
        return self._choice.weights

    def worth_measuring(self, n: int) -> tuple[Recipe, ...]:
        """Return the recipes whose cells would teach most next.

        Cells of promising recipes teach a little more than cells taken by chance; 30 of either teach far more
        than the five picks alone (``benchmarks/selector.py``, feedback).
        """
        return tuple(self._recipes[at] for at in self._choice.planned(n))

    @cached_property
    def _score_model(self) -> ScoreModel:
        families = np.unique(self._knowledge.families, return_inverse=True)[1].astype(np.intp)
        return fit_scores(self._scores, self._profiles, families, seed=self._seed)

    @cached_property
    def _intervals(self) -> tuple[Interval, ...]:
        """Between which scores each recipe should end up, m of them."""
        return self._score_model.intervals(self._profile)

    def _replayed_without(self, left_out: NDArray[np.bool_]) -> list[int]:
        """Return the picks as they would have come if some data sets, [n], counted for nothing.

        Each is asked for with the time there was, and looks at the results there were then; what a recipe would have
        scored that was not tried, nobody knows.
        """
        weights = np.where(left_out, 0.0, self._weights)
        if not weights.any():
            return []
        in_batch = self._choice.in_batch
        choice = Choice(past=self._past, weights=weights, seconds=self._seconds, in_batch=in_batch)
        for n in range(self._n_picks):
            if not self._round_ends or n in self._round_ends:
                for at in choice.picked:
                    if at in self._results:
                        choice.tell(at, self._results[at])
            left = self._seconds_left[n] if n < len(self._seconds_left) else np.inf
            if choice.ask(seconds_left=left) is None and not n:
                choice.ask_cheapest()
        return choice.picked

    def _pick(self, at: int, before: Sequence[int]) -> Pick:
        """Return the pick; features of the picks before it are counted as there."""
        reason = reason_for(at, before, self._past, self._choice.weights, self._nearest)
        recipe = self._recipes[at]
        there = {look for place in before for look in self._recipes[place].looks}
        embedding_seconds = self._ground.embedding_seconds(recipe, there=there)
        return Pick(
            recipe=recipe,
            reason=sentence_of(reason, self._knowledge.datasets),
            predicted_seconds=embedding_seconds + float(self._fitting_seconds[at]),
            embedding_seconds=embedding_seconds,
        )

    def _predicted_seconds(self) -> Floats:
        """Return the seconds to fit each recipe, [m]: the formula, corrected by what past data sets took."""
        formula = np.array([self._ground.fitting_seconds(recipe) for recipe in self._recipes])
        seconds = self._knowledge.seconds[:, self._columns].astype(np.float64)
        model = fit_seconds(seconds, self._profiles)
        if model is None:
            return formula
        n_known = np.isfinite(seconds).sum(axis=0)
        share = n_known / (n_known + FORMULA_WORTH)
        per_fit = np.maximum(formula - PROCESS_SECONDS, 1e-3) / self._ground.n_fits
        learned = model.seconds(self._profile)
        return np.asarray(PROCESS_SECONDS + self._ground.n_fits * learned**share * per_fit ** (1 - share))


def _known_recipes(ground: Ground, knowledge: Knowledge, candidates: Sequence[Recipe]) -> dict[int, Recipe]:
    """Return the recipes that can be picked by their column of the knowledge, in its order."""
    by_name = {column_of(recipe): recipe for recipe in candidates or _catalogue(ground)}
    n_cells = np.isfinite(knowledge.scores).sum(axis=0)
    return {
        column: by_name[name]
        for column, name in enumerate(knowledge.recipes)
        if name in by_name and n_cells[column] >= LEAST_CELLS
    }


def _catalogue(ground: Ground) -> list[Recipe]:
    """Return every recipe of the catalogue on the backbones at hand."""
    return [template.on(ground.stock) for template in templates_for(ground.stock)]


def _trusted(weights: Floats, knowledge: Knowledge) -> Floats:
    """Return the weights with each data set believed as far as it is trusted, in all 1."""
    if knowledge.trust is None or not (believed := weights * knowledge.trust).sum():
        return weights
    return np.asarray(believed / believed.sum(), np.float64)


def _profiles(knowledge: Knowledge) -> Floats:
    """Return the profiles of past data sets in the order of ``PROFILE_COLUMNS``, [n, p]; NaN where not known."""
    place = {name: at for at, name in enumerate(knowledge.profile_columns)}
    profiles = np.full((len(knowledge.datasets), len(PROFILE_COLUMNS)), np.nan)
    for column, name in enumerate(PROFILE_COLUMNS):
        if name in place:
            profiles[:, column] = knowledge.profiles[:, place[name]]
    return profiles
