"""The base knowledge as data sets of users: each left out with its family, and chosen for as a training chooses.

Nothing is chosen here. The numbers of a profile become a ``Profile`` again, the rest is the product: the ground a
choice rests on, the selector, its first pick, and the other four once the features of the first are there.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.backbone import Backbone
from apprenti.blocks.classic import learn_classic
from apprenti.blocks.embedded import load_embedded
from apprenti.domain.json_form import from_json
from apprenti.domain.knowledge_table import Knowledge
from apprenti.domain.profile import Profile
from apprenti.domain.recipe import Canvas, Recipe, Trial, TrialStatus
from apprenti.flow.choosing import ROUNDS, ground_of
from apprenti.flow.materials import EMBEDDED_PX, SMALL_EMBEDDED_PX, Materials
from apprenti.recipes import SIZES_PX, SMALL_PICTURE_PX, column_of, templates_for
from apprenti.stages.select import PROFILE_COLUMNS, Ground, Matrix, Selector, open_selector
from apprenti.stages.select.learned import LearnedSelector
from apprenti.stages.select.selector import N_PICKS
from apprenti.stages.train.folds import N_FOLDS
from apprenti.store import read_base_knowledge
from apprenti.store.base_knowledge import BASE_KNOWLEDGE

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

TEST_SHARE = 0.25
"""Photos for testing beside those learnt from, as ``knowledge/tasks.py`` has it."""
COUNTS = ("n_train", "n_labels", "smallest_class")
SEED = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnKnowledge:
    """What was measured by ``knowledge/``.

    Args:
        table: scores, seconds and profiles.
        n_held_out: photos each score of a data set rests on, [n]; 0 where the file does not say.
        profiles: of the data sets, n of them.
    """

    table: Knowledge
    n_held_out: NDArray[np.int64]
    profiles: tuple[Profile, ...]

    def without_families(self) -> Iterator[tuple[Rows, Knowledge]]:
        """Yield the rows of each family, and what is known without it."""
        families = np.array(self.table.families)
        for name in np.unique(families):
            yield np.flatnonzero(families == name), part_of(self.table, np.flatnonzero(families != name))

    @property
    def family_numbers(self) -> Rows:
        """The family of each data set as a number, [n]."""
        return np.unique(self.table.families, return_inverse=True)[1].astype(np.intp)

    @property
    def matrix(self) -> Matrix:
        """The same as ``apprenti bench selector`` sees it."""
        return Matrix(
            scores=self.table.scores.astype(np.float64),
            profiles=self.table.profiles.astype(np.float64),
            seconds=None,
            families=self.family_numbers,
        )

    @property
    def points(self) -> Floats:
        """Scores in points, [n, m]; NaN where not measured."""
        return 100.0 * self.table.scores.astype(np.float64)

    def column(self, recipe: Recipe) -> int | None:
        """Return the place of a recipe in the table; ``None`` where it was never measured."""
        name = column_of(recipe)
        return self.table.recipes.index(name) if name in self.table.recipes else None

    def measured(self, row: int, ground: Ground) -> tuple[Recipe, ...]:
        """Return the recipes with a score on a data set: no other can be judged there."""
        there = dict(zip(self.table.recipes, np.isfinite(self.table.scores[row]), strict=True))
        recipes = [template.on(ground.stock) for template in templates_for(ground.stock)]
        return tuple(recipe for recipe in recipes if there.get(column_of(recipe), False))

    def score(self, row: int, recipe: Recipe) -> float:
        """Return what a recipe scored on a data set, 0..1; NaN where it was not measured."""
        column = self.column(recipe)
        return math.nan if column is None else float(self.table.scores[row, column])

    def seconds(self, row: int, recipe: Recipe) -> float:
        """Return the processor seconds of one fit; NaN where it was not measured."""
        column = self.column(recipe)
        return math.nan if column is None else float(self.table.seconds[row, column])

    def regret(self, row: int, recipes: Sequence[Recipe]) -> float:
        """Return how many points the best of ``recipes`` is below the best of all; without any, the worst of all is."""
        points = self.points[row]
        reached = [100.0 * self.score(row, recipe) for recipe in recipes]
        best = max((value for value in reached if math.isfinite(value)), default=float(np.nanmin(points)))
        return float(np.nanmax(points)) - best


def read_own_knowledge(path: Path = BASE_KNOWLEDGE) -> OwnKnowledge:
    """Return the packed knowledge.

    Raises:
        SystemExit: there is none, or it was made with other weights.
    """
    from fastparquet import ParquetFile

    table = read_base_knowledge(weights_sha256=load_embedded(min(SIZES_PX)).sha256, path=path)
    if table is None:
        raise SystemExit(f"{path.name} is missing or of other weights; see knowledge/README.md")
    n_held_out = np.zeros(len(table.datasets), np.int64)
    with path.open("rb") as file:
        parquet = ParquetFile(file)
        if "n_held_out" in parquet.columns:
            told = parquet.to_pandas(columns=["dataset", "n_held_out"]).groupby("dataset", observed=True)
            n_held_out = told["n_held_out"].first().loc[list(table.datasets)].to_numpy(np.int64)
    profiles = tuple(
        profile_of(dict(zip(table.profile_columns, numbers.tolist(), strict=True)))
        for numbers in table.profiles
    )
    return OwnKnowledge(table=table, n_held_out=n_held_out, profiles=profiles)


def profile_of(numbers: Mapping[str, float]) -> Profile:
    """Return a profile with these numbers of ``PROFILE_COLUMNS``; what they leave open is not looked at by a choice."""
    values: dict[str, Any] = {"n_validation": 0, "n_per_label": {}, "n_set_aside": 0, "n_duplicates": 0}
    landmarks: dict[str, float] = {}
    for column in PROFILE_COLUMNS:
        kind, _, name = column.partition("_")
        if kind == "landmark" and math.isfinite(numbers[column]):
            landmarks[name] = numbers[column]
        elif kind == "log" and name != "n_per_label":
            value = float(f"{math.exp(numbers[column]):.6g}")  # 64 px again, not 64.000002
            values[name] = round(value) if name in COUNTS else value
        elif kind not in ("landmark", "log"):
            values[column] = numbers[column]
    n_test = math.ceil(TEST_SHARE * values["n_train"])
    values |= {"n_examples": values["n_train"] + n_test, "n_test": n_test, "landmarks": landmarks}
    profile: Profile = from_json(Profile, values)
    return profile


def materials_for(profile: Profile) -> Materials:
    """Return the backbones a training on such data has: the packaged one at the size that suits, hand-made ones."""
    is_small = max(profile.width_px, profile.height_px) <= SMALL_PICTURE_PX
    network = load_embedded(SMALL_EMBEDDED_PX if is_small else EMBEDDED_PX)
    canvas = Canvas(size_px=network.size_px, fit=network.fit)
    return Materials(networks=(network,), classic=(_classic(),), canvas=canvas)


def ground_for(profile: Profile) -> Ground:
    """Return what a choice for such data rests on before any features are there."""
    return ground_of(profile, materials_for(profile), n_fits=N_FOLDS)


def part_of(table: Knowledge, rows: Rows) -> Knowledge:
    """Return some rows of a table."""
    return replace(
        table,
        datasets=tuple(table.datasets[row] for row in rows),
        families=tuple(table.families[row] for row in rows),
        scores=table.scores[rows],
        seconds=table.seconds[rows],
        profiles=table.profiles[rows],
        trust=None if table.trust is None else table.trust[rows],
    )


def opened(
    own: OwnKnowledge,
    row: int,
    known: Knowledge | None,
    *,
    rounds: Sequence[int] = ROUNDS,
    in_batch: bool = False,
    n_picks: int = N_PICKS,
) -> Selector:
    """Return the selector of a training on a data set, the features of its first pick being there already.

    Args:
        own: the data sets.
        row: the one there is a training on.
        known: what is known of others.
        rounds: how many are picked before their results are looked at, as in a training; none: one at a time.
        in_batch: choose all of them before any result is there.
        n_picks: how many recipes are trained.
    """
    ground = ground_for(own.profiles[row])
    choose = partial(
        open_selector, knowledge=known, candidates=own.measured(row, ground), n_picks=n_picks, seed=SEED
    )
    first = planned(choose(ground))[0]
    ready = replace(ground, embedded=frozenset(first.looks))
    return choose(ready, rounds=rounds, in_batch=in_batch)


def opened_on_features(own: OwnKnowledge, row: int, known: Knowledge | None) -> Selector:
    """Return the selector where all features are there and a recipe is fitted once: what a cell measures."""
    ground = ground_for(own.profiles[row])
    candidates = own.measured(row, ground)
    looks = frozenset(look for recipe in candidates for look in recipe.looks)
    ready = replace(ground, embedded=looks, n_fits=1)
    return open_selector(ready, knowledge=known, candidates=candidates, rounds=ROUNDS, seed=SEED)


def planned(selector: Selector) -> tuple[Recipe, ...]:
    """Return what a selector would train, nothing being told; without what takes it longest, the score intervals."""
    if isinstance(selector, LearnedSelector):
        return selector.worth_measuring(N_PICKS)
    return tuple(pick.recipe for pick in selector.plan())


def raced(own: OwnKnowledge, row: int, selector: Selector, *, n_picks: int = N_PICKS) -> tuple[Recipe, ...]:
    """Return the first picks of a selector that is told every result as soon as it is there."""
    recipes: list[Recipe] = []
    while len(recipes) < n_picks and (pick := selector.ask(seconds_left=math.inf)) is not None:
        score = own.score(row, pick.recipe)
        selector.tell(Trial(recipe=pick.recipe, status=TrialStatus.FINISHED, score=score))
        recipes.append(pick.recipe)
    return tuple(recipes)


@cache
def _classic() -> Backbone:
    """Return hand-made features: of any photos, since only their number is asked for."""
    noise = np.random.default_rng(0).integers(0, 256, (4, 32, 32, 3), np.uint8)
    return learn_classic(noise, seed=0)
