"""Puts measured figures into the documents, between ``<!-- table: NAME -->`` and ``<!-- end of table -->``.

    python benchmarks/tables.py            rewrites the tables
    python benchmarks/tables.py --check    fails where a table is not what the results say

No figure is typed by hand. What was never measured is shown as a dash.
"""

from __future__ import annotations

import argparse
import re
import statistics
import sys
from collections.abc import Callable
from functools import partial

import results
from curve_tables import curves_table
from deep_tables import (
    deep_bars_table,
    deep_budget_table,
    deep_frozen_table,
    deep_lead_table,
    deep_plain_table,
    deep_regret_table,
    training_memory_table,
    training_speed_table,
)
from export_table import export_table, plain_table
from fault_tables import faults_table
from feedback_tables import (
    drift_cost_table,
    drift_table,
    promotion_table,
    quarantine_table,
    service_queries_table,
)
from growth_picture import growth_picture
from image_sets import BACKBONES, SETS
from labelling_table import labelling_table
from lesson_table import lessons_table
from markdown import NOTHING, percent, table
from own_tables import (
    own_bars_table,
    own_bench_table,
    own_budget_table,
    own_foresight_table,
    own_growth_table,
    own_noise_table,
    own_regret_table,
)
from prior import head_of, validation_scores
from probe_tables import history_table, means_table, outlook_table, probes_table
from selector_tables import feedback_table, foresight_table, rounds_table, selector_table
from serving_tables import endurance_table, serving_bars_table, serving_costs_table
from symmetry_table import symmetries_table

DOCUMENTS = ("README.md", "docs/benchmarks.md", "docs/dependencies.md", "pretrain/MODEL_CARD.md")
MARKED = re.compile(r"(<!-- table: (?P<name>\w+) -->\n).*?(<!-- end of table -->)", re.DOTALL)

PICTURES = {"docs/images/growth.svg": growth_picture}

BARS = (
    ("clothing", "MobileNetV2", 0.86),
    ("trashnet", "MobileNetV2", 0.83),
    ("cats-dogs-small", "MobileNetV2", 0.98),
    ("ants-bees", "MobileNetV2", 0.94),
    ("clothing", "MobileNetV2+EdgeTPU", 0.895),
    ("trashnet", "MobileNetV2+EdgeTPU", 0.87),
    ("trashnet", "classic", 0.78),
    ("cats-dogs-small", "classic", 0.79),
    ("grocery", "classic", 0.88),
    ("sign-language-digits", "classic", 0.92),
    ("magnetic-tile", "classic", 0.99),
    ("digits", "classic", 0.993),
    ("mnist", "classic", 0.98),
)
"""Accuracies this project set itself before it measured."""


def main() -> int:
    """Rewrite or check every document and picture."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    fresh = {name: filled((results.ROOT / name).read_text(encoding="utf-8")) for name in DOCUMENTS}
    fresh |= {name: draw() for name, draw in PICTURES.items()}
    stale = [name for name, text in fresh.items() if _kept(name) != text]
    for name in stale if not options.check else ():
        (results.ROOT / name).write_text(fresh[name], encoding="utf-8")
    print(
        "\n".join(f"{name}: {'stale' if options.check else 'rewritten'}" for name in stale),
        end="\n" if stale else "",
    )
    return 1 if stale and options.check else 0


def _kept(name: str) -> str:
    path = results.ROOT / name
    return path.read_text(encoding="utf-8") if path.exists() else ""


def filled(text: str) -> str:
    """Return a document with every marked table made anew."""
    return MARKED.sub(lambda match: f"{match[1]}{TABLES[match['name']]()}\n{match[3]}", text)


def job_rows(name: str, backbones: str) -> list[results.Row]:
    """Return the trainings of one set with one choice of backbones."""
    rows = results.load("main_job")
    return [row for row in rows if (row["set"], row["backbones"]) == (name, backbones)]


def median_accuracy(name: str, backbones: str) -> float | None:
    """Return the median test accuracy over seeds."""
    rows = job_rows(name, backbones)
    return statistics.median(row["accuracy"] for row in rows) if rows else None


def best_single_head(backbones: str) -> str | None:
    """Return the recipe with the best mean validation accuracy over all sets."""
    scores = validation_scores(backbones)
    return max(scores, key=lambda recipe: statistics.mean(scores[recipe].values())) if scores else None


def main_job_table() -> str:
    """Test accuracy by set and backbones."""
    heads = ["set", *BACKBONES, "wall s", "CPU s"]
    return table(
        heads, [[name, *(shown_accuracy(name, each) for each in BACKBONES), *seconds(name)] for name in SETS]
    )


def shown_accuracy(name: str, backbones: str) -> str:
    """Return the median accuracy with the interval of the run nearest to it."""
    accuracy = median_accuracy(name, backbones)
    if accuracy is None:
        return NOTHING
    row = min(job_rows(name, backbones), key=lambda row: abs(row["accuracy"] - accuracy))
    low, high = row["accuracy_interval"]
    return f"{percent(accuracy)} [{100 * low:.1f}, {100 * high:.1f}]"


def seconds(name: str) -> tuple[str, str]:
    """Return the median wall and processor seconds of Apprenti as it comes."""
    rows = job_rows(name, "embedded")
    if not rows:
        return NOTHING, NOTHING
    wall, cpu = (statistics.median(row[which] for row in rows) for which in ("wall_seconds", "cpu_seconds"))
    return f"{wall:.0f}", f"{cpu:.0f}"


def baselines_table() -> str:
    """Test accuracy of the baselines beside that of the five picks, for each choice of backbones."""
    parts = []
    for backbones in BACKBONES:
        rows = {row["set"]: row for row in results.load("baselines") if row["backbones"] == backbones}
        if not rows:
            continue
        single = best_single_head(backbones)
        heads = ["set", "test photos", "majority", "HOG + logistic", "best single head", "Apprenti"]
        cells = [baseline_cells(name, rows[name], single, backbones) for name in SETS if name in rows]
        parts.append(f"**{backbones}**, best single head: `{single}`\n\n{table(heads, cells)}")
    return "\n\n".join(parts) or f"{NOTHING} (`python benchmarks/baselines.py`)"


def baseline_cells(name: str, row: results.Row, single: str | None, backbones: str) -> list[str]:
    """Return one line of the table of baselines."""
    alone = next(
        (score["test"] for recipe, score in row["recipes"].items() if head_of(recipe) == single), None
    )
    measured = (row["majority"], row["hog"], alone, median_accuracy(name, backbones))
    return [name, f"{row['n_test']:,}", *(percent(value) for value in measured)]


def bars_table() -> str:
    """The accuracies set beforehand, beside those reached."""
    rows = []
    for name, backbones, bar in BARS:
        reached = median_accuracy(name, backbones)
        verdict = (
            NOTHING if reached is None else "yes" if reached >= bar else f"no, {100 * (reached - bar):.1f}"
        )
        rows.append([name, backbones, percent(bar), percent(reached), verdict])
    return table(["set", "backbones", "bar", "reached", "met"], rows)


def startup_table() -> str:
    """Medians of starting up."""
    rows = results.load("startup")
    cells = [[f"`{row['what']}`", f"{row['wall_seconds']:.3f}", f"{row['cpu_seconds']:.3f}"] for row in rows]
    return table(["", "wall s", "CPU s"], cells)


def cpu_table() -> str:
    """A whole training against a bare loop."""
    heads = ["set", "bare loop", "photos", "bare loop, CPU s", "training, CPU s", "ratio", "training, wall s"]
    names = ("loop_cpu_seconds", "training_cpu_seconds", "ratio", "training_wall_seconds")
    rows = results.load("cpu_ratio")
    return table(
        heads,
        [
            [row["set"], row["loop"], f"{row['n_photos']:,}", *(str(row[name]) for name in names)]
            for row in rows
        ],
    )


def memory_table() -> str:
    """Peak memory by number and size of photos."""
    names = ("n_photos", "side_px", "peak_pss_mb", "peak_rss_mb")
    cells = [[f"{row[name]:,}" for name in names] for row in results.load("memory")]
    return table(["photos", "side px", "peak MB (shared pages once)", "peak MB (sum of processes)"], cells)


def first_answer_table() -> str:
    """Seconds from the command to a served answer."""
    names = ("train_seconds", "serve_seconds", "total_seconds")
    rows = results.load("first_answer")
    cells = [[row["set"], row["backbones"], *(f"{row[name]:.1f}" for name in names)] for row in rows]
    return table(["set", "backbones", "training s", "server and answer s", "total s"], cells)


def sizes_table() -> str:
    """What an installation weighs."""
    rows = [row for row in results.load("dependencies") if "n_packages" in row]
    return table(
        ["installed to", "packages", "MB"],
        [[r["what"], str(r["n_packages"]), f"{r['mb']:.0f}"] for r in rows],
    )


def dependencies_table() -> str:
    """What each dependency weighs by itself and costs to import."""
    rows = [row for row in results.load("dependencies") if "n_packages" not in row]
    cells = [[r["what"], r["version"], f"{r['mb']:.1f}", str(r["import_ms"])] for r in rows]
    return table(["dependency", "version", "MB", "import ms"], cells)


TABLES: dict[str, Callable[[], str]] = {
    "probes": probes_table,
    "probe_means": means_table,
    "pretraining": history_table,
    "pretraining_outlook": outlook_table,
    "selector": selector_table,
    "rounds": rounds_table,
    "foresight": foresight_table,
    "feedback": feedback_table,
    "own_bars": own_bars_table,
    "own_regret": own_regret_table,
    "own_foresight": own_foresight_table,
    "own_budget": own_budget_table,
    "own_growth": own_growth_table,
    "own_noise": own_noise_table,
    "own_bench": own_bench_table,
    "learning_curves": curves_table,
    "main_job": main_job_table,
    "deep_bars": deep_bars_table,
    "deep_plain": deep_plain_table,
    "deep_lead": deep_lead_table,
    "deep_frozen": deep_frozen_table,
    "deep_budget": deep_budget_table,
    "deep_regret": deep_regret_table,
    "training_speed": training_speed_table,
    "training_memory": training_memory_table,
    "deep_plain_gpu": partial(deep_plain_table, on_gpu=True),
    "deep_lead_gpu": partial(deep_lead_table, on_gpu=True),
    "baselines": baselines_table,
    "bars": bars_table,
    "startup": startup_table,
    "cpu": cpu_table,
    "memory": memory_table,
    "serving_bars": serving_bars_table,
    "serving_costs": serving_costs_table,
    "endurance": endurance_table,
    "first_answer": first_answer_table,
    "symmetries": symmetries_table,
    "export": export_table,
    "export_plain": plain_table,
    "drift": drift_table,
    "drift_cost": drift_cost_table,
    "quarantine": quarantine_table,
    "service_queries": service_queries_table,
    "labelling": labelling_table,
    "promotion": promotion_table,
    "faults": faults_table,
    "lessons": lessons_table,
    "sizes": sizes_table,
    "dependencies": dependencies_table,
}

if __name__ == "__main__":
    sys.exit(main())
