"""Bench selector: how well five recipes are chosen on a matrix of known scores, beside simpler ways."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from apprenti.domain.errors import DataError
from apprenti.domain.seams import Clock, Progress
from apprenti.domain.sentence import Sentence
from apprenti.flow.score_tables import Table, aligned, check_scores, families, listed, read_table
from apprenti.stages.select import Matrix, Outcome, Rules, Standing, judge, standing

Floats = NDArray[np.float64]

LEAST_ROWS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectorBench:
    """What came of the leave-one-family-out protocol.

    Args:
        standings: of each way of choosing, by name.
        n_datasets: data sets judged.
        n_recipes: recipes to choose from.
        n_families: what was left out one at a time.
        k: recipes chosen for each data set.
        budget_seconds: for each data set; ``None`` without a budget.
        notices: what was set aside.
        seconds: the whole took.
    """

    standings: Mapping[str, Standing]
    n_datasets: int
    n_recipes: int
    n_families: int
    k: int
    budget_seconds: float | None
    notices: tuple[Sentence, ...]
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    matrix: Matrix
    notices: tuple[Sentence, ...]


def bench_selector(
    perf: Path,
    meta: Path,
    cost: Path | None = None,
    *,
    k: int = 5,
    budget_seconds: float | None = None,
    groups: str | None = None,
    seed: int = 0,
    progress: Progress,
    clock: Clock,
) -> SelectorBench:
    """Judge the selector and simpler ways of choosing on a matrix of known scores.

    Args:
        perf: Parquet file of scores 0..1, a row for each data set, a column for each recipe; gaps allowed.
        meta: Parquet file of the numbers that describe each data set.
        cost: Parquet file of seconds, rows and columns as in ``perf``.
        k: recipes chosen for each data set.
        budget_seconds: for each data set; needs ``cost``.
        groups: column of ``meta`` that names the family of each data set; each is its own without.
        seed: of everything random.
        progress: is told how far the work is.
        clock: seconds that only grow.

    Raises:
        DataError: a file cannot be read, or does not fit the others; the message says what to do.
    """
    begun = clock()
    if budget_seconds is not None and cost is None:
        raise DataError("budget_without_cost", source=str(perf))
    read = _read(perf, meta, cost, groups)
    n, m = read.matrix.scores.shape
    progress.begin("judging", n)
    budget = np.inf if budget_seconds is None else budget_seconds
    rules = Rules(k=k, budget_seconds=budget, seed=seed)
    outcomes = judge(read.matrix, rules, advance=progress.advance)
    progress.end()
    return SelectorBench(
        standings=_standings(outcomes, read.matrix, seed),
        n_datasets=n,
        n_recipes=m,
        n_families=len(np.unique(read.matrix.families)),
        k=k,
        budget_seconds=budget_seconds,
        notices=read.notices,
        seconds=clock() - begun,
    )


def _standings(outcomes: Mapping[str, Outcome], matrix: Matrix, seed: int) -> dict[str, Standing]:
    return {
        name: standing(
            outcome.regrets,
            outcomes["portfolio"].regrets,
            matrix.families,
            seed=seed,
            most_seconds=float(outcome.seconds.max()),
        )
        for name, outcome in outcomes.items()
    }


def _read(perf: Path, meta: Path, cost: Path | None, groups: str | None) -> _Read:
    scores = read_table(perf)
    check_scores(scores)
    profiles = read_table(meta, like=scores.rows)
    of_row = np.arange(len(scores.rows), dtype=np.intp)
    if groups is not None:
        of_row = families(profiles, scores, groups)
    numbers = aligned(profiles, scores)[:, [column != groups for column in profiles.columns]]
    seconds = None if cost is None else _seconds(read_table(cost, like=scores.rows), scores)
    return _without_empty(scores, numbers, seconds, of_row)


def _seconds(table: Table, scores: Table) -> Floats:
    """Return seconds in the rows and columns of the scores, [n, m]; NaN where there are none."""
    place = {name: at for at, name in enumerate(table.columns)}
    found = [place.get(name) for name in scores.columns]
    if all(at is None for at in found):
        raise DataError("no_common_columns", source=table.file, other=scores.file, column=scores.columns[0])
    values = aligned(table, scores)
    seconds = np.full(scores.values.shape, np.nan)
    for column, at in enumerate(found):
        if at is not None:
            seconds[:, column] = values[:, at]
    return np.where(seconds >= 0, seconds, np.nan)


def _without_empty(
    scores: Table, profiles: Floats, seconds: Floats | None, of_row: NDArray[np.intp]
) -> _Read:
    """Return the matrix without rows and columns that hold no score, and what was left out."""
    known = np.isfinite(scores.values)
    rows, columns = np.asarray(known.any(axis=1)), np.asarray(known.any(axis=0))
    if rows.sum() < LEAST_ROWS or columns.sum() < 2 or len(np.unique(of_row[rows])) < 2:
        raise DataError(
            "too_few_scores", source=scores.file, n_rows=int(rows.sum()), n_columns=int(columns.sum())
        )
    cells = np.ix_(rows, columns)
    matrix = Matrix(
        scores=np.clip(scores.values[cells], 0.0, 1.0),
        profiles=profiles[rows],
        seconds=None if seconds is None else seconds[cells],
        families=of_row[rows],
    )
    no_profile = rows & np.isnan(profiles).all(axis=1)
    no_seconds = np.zeros_like(rows) if seconds is None else rows & np.isnan(seconds).all(axis=1)
    notices = (
        _notice("rows_without_scores", scores.rows, ~rows),
        _notice("columns_without_scores", scores.columns, ~columns),
        _notice("rows_without_profile", scores.rows, no_profile),
        _notice("rows_without_seconds", scores.rows, no_seconds),
    )
    return _Read(matrix=matrix, notices=tuple(notice for notice in notices if notice is not None))


def _notice(key: str, names: tuple[str, ...], which: NDArray[np.bool_]) -> Sentence | None:
    chosen = [name for name, is_in in zip(names, which, strict=True) if is_in]
    if not chosen:
        return None
    return Sentence(key=f"bench.{key}", values={"n": len(chosen), "names": listed(chosen)})
