"""How well recipes are chosen, on real matrices of scores, leaving one family of data sets out at a time.

    python benchmarks/selector.py                       everything, on both matrices
    python benchmarks/selector.py --measures speed      one measure only

``protocol`` runs ``apprenti bench selector`` as a user would. ``feedback`` starts from 20 full rows and adds users'
rows of which only some cells are known. ``rounds`` picks several at a time before looking at results, as a training
does with two processors. ``intervals`` and ``seconds`` count how often predictions held on data sets
left out. ``speed`` times one selection among 400 data sets and 400 recipes. Writes ``results/selector.json``.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import results
from apprenti.flow.choosing import ROUNDS
from apprenti.flow.score_tables import aligned, read_table
from apprenti.stages.select.choice import Choice, Past, remember
from apprenti.stages.select.score_intervals import fit_scores
from apprenti.stages.select.seconds import fit_seconds
from apprenti.stages.select.similarity import Similarity, fit_similarity
from measured import APPRENTI, run

Floats = NDArray[np.float64]

KEY = ("measure", "matrix", "setting", "method")
MATRICES = ("oboe", "openml_weka")
MEASURES = ("protocol", "rounds", "feedback", "intervals", "seconds", "speed")
PLANS = {"all five": (5,), "two, two, one": ROUNDS, "one at a time": (1, 1, 1, 1, 1)}
N_FOLDS = 20
N_FULL, N_TEST, N_AT_A_TIME = 20, 40, 11
FED_BACK = {
    "5 cells": (5, 0),
    "30 promising cells": (30, 0),
    "30 cells, 25 by chance": (5, 25),
    "whole rows": (5, 1000),
}
"""Cells of each user: so many chosen one after the other, and so many by chance."""


def main() -> None:
    """Measure what the command line asks for, keeping each row as soon as it is there."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data-root", type=Path, default=results.ROOT.parent / "shared" / "data" / "meta")
    parser.add_argument("--matrices", nargs="+", choices=MATRICES, default=MATRICES)
    parser.add_argument("--measures", nargs="+", choices=MEASURES, default=MEASURES)
    parser.add_argument("--repeats", type=int, default=12, help="of the feedback simulation")
    options = parser.parse_args()
    measures = {
        "protocol": protocol,
        "rounds": rounds,
        "feedback": lambda folder: feedback(folder, options.repeats),
        "intervals": intervals,
        "seconds": seconds,
    }
    for name in options.matrices:
        for measure in options.measures:
            for row in measures[measure](options.data_root / name) if measure in measures else ():
                keep({"measure": measure, "matrix": name, **row})
    if "speed" in options.measures:
        keep({"measure": "speed", "matrix": "made up", **speed()})


def keep(row: results.Row) -> None:
    """Write a row down and show it."""
    row = {name: round(value, 4) if isinstance(value, float) else value for name, value in row.items()}
    results.keep("selector", [row], key=KEY)
    print(json.dumps(row), flush=True)


def protocol(folder: Path) -> Iterator[results.Row]:
    """Yield one row for each way of choosing and each setting the matrix allows."""
    tables = ["--perf", str(folder / "perf.parquet"), "--meta", str(folder / "meta.parquet")]
    settings: dict[str, list[str]] = {"five picks": []}
    if (folder / "cost.parquet").exists():
        cost = ["--cost", str(folder / "cost.parquet")]
        settings |= {"five picks, by cost": cost, "10 s": [*cost, "--budget", "10"]}
    for setting, more in settings.items():
        done = run([APPRENTI, "bench", "selector", *tables, *more, "--json"])
        answer = json.loads(done.output)
        for method in (name for name in answer if name != "seconds"):
            low, high = answer[method].pop("gain_interval")
            figures = {**answer[method], "gain_low": low, "gain_high": high, "seconds": answer["seconds"]}
            yield {"setting": setting, "method": method, **figures}


def rounds(folder: Path) -> Iterator[results.Row]:
    """Yield the regret by how many are picked before their results are looked at, on data sets left out in folds."""
    scores, profiles = matrix(folder)
    fold = np.random.default_rng(0).permutation(len(scores)) % N_FOLDS
    regrets: dict[str, list[float]] = {plan: [] for plan in PLANS}
    for turn in range(N_FOLDS):
        past = remember(scores[fold != turn])
        similarity = fit_similarity(profiles[fold != turn], past.losses, seed=0)
        for row in np.flatnonzero(fold == turn):
            for name, plan in PLANS.items():
                tried = pick(plan, past, similarity, profiles[row], scores[row])
                regrets[name].append(100 * float(scores[row].max() - scores[row, tried].max()))
    for name, points in regrets.items():
        hits = float((np.array(points) <= 1.0).mean())
        yield {
            "setting": name,
            "method": "ours",
            "mean_regret_points": float(np.mean(points)),
            "hit_rate": hits,
        }


def feedback(folder: Path, repeats: int) -> Iterator[results.Row]:
    """Yield the mean regret on held-out data sets after so many users, by cells known of each user's data."""
    scores, profiles = matrix(folder)
    if len(scores) < N_FULL + N_TEST + 50:
        return
    for setting, cells in FED_BACK.items():
        curves = [list(learning(scores, profiles, cells, seed)) for seed in range(repeats)]
        for points in zip(*curves, strict=True):
            n_users = points[0][0]
            yield {
                "setting": f"{setting}, {n_users} users",
                "method": "ours",
                "mean_regret_points": float(np.mean([regret for _, regret in points])),
                "repeats": repeats,
            }


def learning(
    scores: Floats, profiles: Floats, cells: tuple[int, int], seed: int
) -> Iterator[tuple[int, float]]:
    """Yield (users so far, mean regret on the test rows) before, amidst and after all users."""
    random = np.random.default_rng(seed)
    order = random.permutation(len(scores))
    test, full, users = order[:N_TEST], order[N_TEST : N_TEST + N_FULL], order[N_TEST + N_FULL :]
    known = np.full_like(scores, np.nan)
    known[full] = scores[full]
    for start in range(0, len(users) + N_AT_A_TIME, N_AT_A_TIME):
        seen = [*full, *users[:start]]
        past = remember(known[seen])
        similarity = fit_similarity(profiles[seen], past.losses, seed=seed)
        if start % (3 * N_AT_A_TIME) == 0 or start >= len(users):
            tried = [pick((1,) * 5, past, similarity, profiles[row], scores[row]) for row in test]
            regrets = [
                scores[row].max() - scores[row, five].max() for row, five in zip(test, tried, strict=True)
            ]
            yield min(start, len(users)), 100 * float(np.mean(regrets))
        for row in users[start : start + N_AT_A_TIME]:
            chosen = pick((1,) * cells[0], past, similarity, profiles[row], scores[row])
            others = random.permutation(scores.shape[1])[: cells[1]]
            known[row, [*chosen, *others]] = scores[row, [*chosen, *others]]


def pick(
    plan: tuple[int, ...], past: Past, similarity: Similarity, profile: Floats, scores: Floats
) -> list[int]:
    """Return recipes, those of each round chosen after the results of the rounds before it."""
    choice = Choice(past=past, weights=similarity.weights(profile))
    for k in plan:
        for recipe in [choice.ask() for _ in range(k)]:
            if recipe is not None:
                choice.tell(recipe, float(scores[recipe]))
    return choice.picked


def intervals(folder: Path) -> Iterator[results.Row]:
    """Yield the share of scores inside their interval, on data sets left out ten folds at a time."""
    scores, profiles = matrix(folder)
    fold = np.random.default_rng(0).permutation(len(scores)) % 10
    held, widths = [], []
    for turn in range(10):
        past, left_out = fold != turn, np.flatnonzero(fold == turn)
        model = fit_scores(scores[past], profiles[past], np.arange(past.sum()), seed=0)
        for row in left_out:
            for interval, score in zip(model.intervals(profiles[row]), scores[row], strict=True):
                held.append(interval.low <= score <= interval.high)
                widths.append(100 * (interval.high - interval.low))
    median = float(np.median(widths))
    yield {"setting": "90 %", "method": "ours", "share": float(np.mean(held)), "median_width_points": median}


def seconds(folder: Path) -> Iterator[results.Row]:
    """Yield the share of seconds foretold within a factor of two, leaving one data set out at a time."""
    if not (folder / "cost.parquet").exists():
        return
    scores, profiles = read_table(folder / "perf.parquet"), matrix(folder)[1]
    taken = aligned(read_table(folder / "cost.parquet", like=scores.rows), scores)
    ratios = []
    for row in range(len(taken)):
        others = np.arange(len(taken)) != row
        model = fit_seconds(taken[others], profiles[others])
        assert model is not None
        ratios.append(np.abs(np.log(model.seconds(profiles[row]) / taken[row])))
    share = float((np.concatenate(ratios) < np.log(2)).mean())
    median, p90 = np.exp(np.percentile(np.concatenate(ratios), [50, 90]))
    yield {
        "setting": "within a factor of 2",
        "method": "ours",
        "share": share,
        "median_factor": float(median),
        "p90_factor": float(p90),
    }


def speed() -> results.Row:
    """Return the processor seconds of one selection, score intervals included, among 400 data sets and 400 recipes.

    A third of the cells are missing.
    """
    random = np.random.default_rng(0)
    traits = random.normal(size=(400, 8))
    scores = 0.7 + 0.02 * traits @ random.normal(size=(8, 400)) / 2
    scores = np.clip(scores + random.normal(scale=0.05, size=(400, 1)), 0, 1)
    scores[random.random(scores.shape) < 1 / 3] = np.nan
    profiles = np.concatenate([traits, random.normal(size=(400, 40))], axis=1)
    best = np.inf
    for _ in range(3):
        begun = time.process_time()
        past = remember(scores)
        similarity = fit_similarity(profiles, past.losses, seed=0)
        pick((1,) * 5, past, similarity, profiles[0], np.nan_to_num(scores[0], nan=0.5))
        fit_scores(scores, profiles, np.arange(len(scores)), seed=0).intervals(profiles[0])
        best = min(best, time.process_time() - begun)
    return {"setting": "400 × 400", "method": "ours", "cpu_seconds": float(best)}


def matrix(folder: Path) -> tuple[Floats, Floats]:
    """Return scores [n, m] and profiles [n, p] of a matrix."""
    scores = read_table(folder / "perf.parquet")
    return scores.values, aligned(read_table(folder / "meta.parquet", like=scores.rows), scores)


if __name__ == "__main__":
    main()
