"""How well recipes are chosen by our own knowledge, leaving one family of data sets out at a time.

    python benchmarks/own_knowledge.py                        everything, on the base knowledge of the package
    python benchmarks/own_knowledge.py --measures regret      one measure only
    python benchmarks/own_knowledge.py --write-tables FOLDER  perf, meta and cost for ``apprenti bench selector``

``regret`` asks the selector of the product for five picks, as a training does, and compares the best of them with the
best of all. ``foresight`` counts how often the scores and seconds it foretells hold. ``budget`` gives it little time.
``growth`` feeds trainings back, ``noise`` says what a score is worth, ``bench`` runs the public command on the same
data. Writes ``results/own_knowledge.json``.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np

import results
from apprenti.stages.select import Rules, judge
from apprenti.stages.select.comparison import bootstrap_interval
from apprenti.store.base_knowledge import BASE_KNOWLEDGE
from budgets import under_budgets
from foretold import foresight
from gains import figures
from growth import Regret, growth
from left_out import Floats, OwnKnowledge, opened, planned, raced, read_own_knowledge
from measured import APPRENTI, run

NAME = "own_knowledge"
KEY = ("measure", "setting", "method")
N_KNOWN = (0, 6)
"""Families known whole before the first training is fed back: none, as with the fixed order; and some."""
N_ORDERS = 10
"""Of families and users, in the growth simulation."""
NEAR_POINTS = 1.0


def main() -> None:
    """Measure what the command line asks for, keeping each row as soon as it is there."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--table", type=Path, default=BASE_KNOWLEDGE, help="a file of knowledge/pack.py")
    parser.add_argument("--measures", nargs="+", choices=MEASURES, default=[*MEASURES])
    parser.add_argument("--write-tables", type=Path, help="write the tables there, and measure nothing")
    options = parser.parse_args()
    own = read_own_knowledge(options.table)
    if options.write_tables:
        print(*write_tables(own, options.write_tables).values(), sep="\n")
        return
    for measure in options.measures:
        for row in MEASURES[measure](own):
            rounded = {name: round(v, 4) if isinstance(v, float) else v for name, v in row.items()}
            results.keep(NAME, [{"measure": measure, **rounded, **size_of(own)}], key=KEY)
            print(json.dumps({"measure": measure, **rounded}, ensure_ascii=False), flush=True)


def size_of(own: OwnKnowledge) -> Mapping[str, int]:
    """Return how much was known."""
    table = own.table
    return {
        "n_datasets": len(table.datasets),
        "n_families": len(set(table.families)),
        "n_recipes": len(table.recipes),
        "n_cells": int(np.isfinite(table.scores).sum()),
    }


def regret(own: OwnKnowledge) -> Iterator[results.Row]:
    """Yield what each way of choosing loses, and its gains over others."""
    judged = judge(own.matrix, Rules(in_batch=True), advance=lambda n: None)
    lost = {name: outcome.regrets for name, outcome in judged.items()}
    lost["ours, in batch, whatever the time"] = lost.pop("ours")
    for method in lost | (chosen := regrets_of_the_product(own)):
        yield {"setting": "five picks", "method": method, **figures(own, method, lost | chosen)}


def regrets_of_the_product(own: OwnKnowledge) -> dict[str, Floats]:
    """Return what the fixed order and the forms of our selector lose on each data set, [n, 1] each."""
    names = ("prior", "ours, in rounds", "ours, in batch", "ours, in turn")
    lost = {name: np.zeros((len(own.profiles), 1)) for name in names}
    for rows, known in own.without_families():
        for row in map(int, rows):
            chosen = {
                "prior": planned(opened(own, row, None)),
                "ours, in rounds": raced(own, row, opened(own, row, known)),
                "ours, in batch": planned(opened(own, row, known, in_batch=True)),
                "ours, in turn": raced(own, row, opened(own, row, known, rounds=())),
            }
            for method, recipes in chosen.items():
                lost[method][row] = own.regret(row, recipes)
    return lost


def growing(own: OwnKnowledge) -> Iterator[results.Row]:
    """Yield the mean regret after so many trainings fed back, and what was gained by them."""
    for n_known in N_KNOWN:
        orders = [list(growth(own, n_known=n_known, seed=seed)) for seed in range(N_ORDERS)]
        begun = [regret.points for order in orders for regret in order if regret.n_fed_back == 0]
        for step in sorted(set.intersection(*({regret.n_fed_back for regret in order} for order in orders))):
            reached = [regret for order in orders for regret in order if regret.n_fed_back == step]
            setting = f"{n_known or 'no'} families known"
            yield {"setting": setting, "method": f"{step} trainings", **_after(own, reached, begun)}


def _after(own: OwnKnowledge, reached: list[Regret], begun: list[float]) -> results.Row:
    """Return the mean regret and its gain over the beginning, with 95 % intervals over families."""
    points = np.array([regret.points for regret in reached])
    families = own.family_numbers[[regret.row for regret in reached]]
    level = bootstrap_interval(points, families, seed=0)
    gains = np.array(begun) - points
    gain = bootstrap_interval(gains, families, seed=0)
    return {
        "n_fed_back": reached[0].n_fed_back,
        "mean_regret_points": float(points.mean()),
        "mean_regret_interval": [round(level.low, 4), round(level.high, 4)],
        "hit_rate": float((points <= NEAR_POINTS + 1e-6).mean()),
        "gain_points": float(gains.mean()),
        "gain_interval": [round(gain.low, 4), round(gain.high, 4)],
        "orders": N_ORDERS,
    }


def noise(own: OwnKnowledge) -> Iterator[results.Row]:
    """Yield how much of a score is chance: it rests on so many photos.

    What two recipes answered on each photo is not kept in cells, so the best of all cannot be found on one half of the
    photos and judged on the other; standard errors are what can be said.
    """
    told = own.n_held_out > 0
    if not told.any():
        return
    best = np.nanmax(own.table.scores[told].astype(np.float64), axis=1)
    error = 100 * np.sqrt(best * (1 - best) / own.n_held_out[told])
    behind = 100 * best[:, None] - own.points[told]
    yield {
        "setting": "one score",
        "method": "standard error",
        "median_held_out": float(np.median(own.n_held_out[told])),
        "median_best_score": float(np.median(best)),
        "median_error_points": float(np.median(error)),
        "share_above_1_point": float((error > NEAR_POINTS).mean()),
        "median_recipes_within_an_error": float(np.median((behind <= error[:, None]).sum(axis=1))),
    }


def bench(own: OwnKnowledge) -> Iterator[results.Row]:
    """Yield what the public command says of the same data, without and with their seconds."""
    with tempfile.TemporaryDirectory() as folder:
        tables = write_tables(own, Path(folder))
        common: tuple[str | Path, ...] = (
            "--perf",
            tables["perf"],
            "--meta",
            tables["meta"],
            "--groups",
            "family",
        )
        settings: dict[str, list[str | Path]] = {
            "five picks": [],
            "five picks, by cost": ["--cost", tables["cost"]],
        }
        for setting, more in settings.items():
            done = run([APPRENTI, "bench", "selector", *common, *more, "--json"])
            answer = json.loads(done.output)
            for method in (name for name in answer if name != "seconds"):
                yield {"setting": setting, "method": method, **answer[method], "seconds": answer["seconds"]}


def write_tables(own: OwnKnowledge, folder: Path) -> dict[str, Path]:
    """Write scores, profiles (with families) and seconds as ``apprenti bench selector`` reads them."""
    import pandas
    from fastparquet import write

    table = own.table
    index = pandas.Index(table.datasets, name="dataset")
    frames = {
        "perf": pandas.DataFrame(table.scores, index=index, columns=list(table.recipes)),
        "meta": pandas.DataFrame(table.profiles, index=index, columns=list(table.profile_columns)),
        "cost": pandas.DataFrame(table.seconds, index=index, columns=list(table.recipes)),
    }
    frames["meta"]["family"] = list(table.families)
    folder.mkdir(parents=True, exist_ok=True)
    paths = {name: folder / f"{name}.parquet" for name in frames}
    for name, frame in frames.items():
        write(str(paths[name]), frame)
    return paths


MEASURES: Mapping[str, Callable[[OwnKnowledge], Iterator[results.Row]]] = {
    "regret": regret,
    "foresight": foresight,
    "budget": under_budgets,
    "growth": growing,
    "noise": noise,
    "bench": bench,
}

if __name__ == "__main__":
    main()
