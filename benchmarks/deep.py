"""Apprenti with deep recipes against a plain script, and against itself with frozen or deep recipes alone.

    python benchmarks/deep.py                                          plain script and Apprenti, 2 and 10 minutes
    python benchmarks/deep.py --sides frozen deep all --minutes 1 2 10      what its choice between the two loses
    python benchmarks/deep.py --sets trashnet --minutes 2 --seeds 0 1 2 --again

A side is ``plain`` (``plain_script.py``) or what ``apprenti train --recipes`` is given: ``all``, ``frozen``, ``deep``.
They take turns on each set, another one first each time, every training from a cold cache, with the same minutes and
on the same photos. A row keeps which test photos were answered rightly, so that two sides can be compared photo by
photo. It is written as soon as it is measured, to ``results/deep.json``; what is there already is passed over unless
``--again`` is given, so a run may be stopped and given again. Test photos are answered once and steer nothing.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import itertools
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import results
from apprenti.blocks.metrics import wilson_interval
from apprenti.flow.predict import open_model
from deep_scores import packed
from image_sets import SETS, add_arguments
from measured import APPRENTI, Run, cold_environment, run
from split_table import SetPhotos, set_photos

KEY = ("set", "minutes", "side", "seed", "device")
SIDES = ("plain", "all", "frozen", "deep")
NO_MODEL_EXITS = frozenset({3, 8, 9, 10})
"""Exit codes of a training that could make no model of this data in this time; any other stops the measuring."""

PLAIN_SCRIPT = results.ROOT / "benchmarks" / "plain_script.py"


def main() -> None:
    """Measure what the command line asks for and is not there yet."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_arguments(parser)
    parser.add_argument("--sets", nargs="+", choices=SETS, default=SETS)
    parser.add_argument("--minutes", nargs="+", type=float, default=[2.0, 10.0])
    parser.add_argument("--sides", nargs="+", choices=SIDES, default=["plain", "all"])
    parser.add_argument("--seeds", nargs="+", type=int, default=[0])
    parser.add_argument("--again", action="store_true", help="also what was measured before")
    options = parser.parse_args()
    options.device = device()
    for name, minutes, seed in itertools.product(options.sets, options.minutes, options.seeds):
        turn = SETS.index(name) + options.minutes.index(minutes) + options.seeds.index(seed)
        for side in in_turn(options.sides, turn):
            measure_once({"set": name, "minutes": minutes, "side": side, "seed": seed}, options)


def device() -> str:
    """Return what both sides train on: ``cpu``, or the name of the GPU they find."""
    import torch

    return str(torch.cuda.get_device_name()) if torch.cuda.is_available() else "cpu"


def in_turn(sides: Sequence[str], turn: int) -> list[str]:
    """Return the sides, another one first at each turn.

    Example:
        >>> in_turn(["plain", "all"], 1)
        ['all', 'plain']
    """
    first = turn % len(sides)
    return [*sides[first:], *sides[:first]]


def measure_once(what: Mapping[str, object], options: argparse.Namespace) -> None:
    """Measure one side and keep the row, unless it is there."""
    row = {**what, "device": options.device}
    if not options.again and is_there(row, results.load("deep")):
        return
    photos = set_photos(row["set"], options)
    figures = measure(row, photos)
    tested = {"photos": photos.digest, "n_photos": len(photos.test)}
    results.keep("deep", [{**row, **tested, **figures}], key=KEY)
    shown = f"{figures['accuracy']:.4f}" if "accuracy" in figures else figures["failed"]
    print(
        f"{row['set']:22} {row['minutes']:5g} min {row['side']:7} {shown}  {figures.get('kept', '')}",
        flush=True,
    )


def is_there(wanted: results.Row, known: Sequence[results.Row]) -> bool:
    """Return whether a row was measured; one that failed was not."""
    return any(all(row.get(part) == wanted[part] for part in KEY) and "failed" not in row for row in known)


def measure(row: results.Row, photos: SetPhotos) -> results.Row:
    """Return the figures of one side, or with which exit code it said that there is no model."""
    side = plain if row["side"] == "plain" else apprenti
    try:
        return side(row, photos)
    except subprocess.CalledProcessError as error:
        if error.returncode not in NO_MODEL_EXITS:
            raise
        return {"failed": f"exit code {error.returncode}"}


def plain(row: results.Row, photos: SetPhotos) -> results.Row:
    """Return the figures of the plain script."""
    with cold_environment() as environment, tempfile.TemporaryDirectory() as folder:
        answers = Path(folder) / "answers.csv"
        command: list[str | Path] = [sys.executable, PLAIN_SCRIPT, photos.table, "--answers", answers]
        command += ["--minutes", str(row["minutes"]), "--seed", str(row["seed"])]
        done = run(command, environment=environment)
        said = json.loads(done.output)
        right = rightly_written(answers, photos)
    return {**figures(right, done), "epochs": said["epochs"], "threads": said["threads"]}


def rightly_written(answers: Path, photos: SetPhotos) -> list[bool]:
    """Return whether each test photo was answered rightly, from a CSV of ``path,label,answer``."""
    with answers.open(newline="", encoding="utf-8") as file:
        answered = {row["path"]: row["answer"] for row in csv.DictReader(file)}
    return [answered[str(photos.table.parent / photo.path)] == photo.label for photo in photos.test]


def apprenti(row: results.Row, photos: SetPhotos) -> results.Row:
    """Return the figures of a training of Apprenti."""
    with cold_environment() as environment, tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "model.apprenti"
        done = run(training_command(row, photos.source, model), environment=environment)
        said = json.loads(done.output)
        right = rightly_answered(model, photos)
        model_bytes = model.stat().st_size
    reported = {"reported_accuracy": said["test"]["accuracy"], "reported_n_test": said["test"]["n"]}
    foretold = {pick["recipe"]: pick["predicted_seconds"] for pick in said["picks"]}
    told = {"kept": said["kept"], "trials": said["trials"], "predicted_seconds": foretold}
    return {**figures(right, done), **told, **reported, "model_bytes": model_bytes}


def training_command(row: results.Row, source: Path, model: Path) -> list[str | Path]:
    """Return the command of a training; ``all`` is what Apprenti does when nothing is said about recipes."""
    recipes = [] if row["side"] == "all" else ["--recipes", row["side"]]
    budget = f"{round(60 * row['minutes'])}s"
    command: list[str | Path] = [APPRENTI, "train", source, "--out", model, "--budget", budget]
    return [*command, "--seed", str(row["seed"]), "--json", *recipes]


def rightly_answered(model: Path, photos: SetPhotos) -> list[bool]:
    """Return whether a model answers each test photo rightly; one it cannot read is answered wrongly.

    Raises:
        ValueError: the model learnt from one of them.
    """
    predictor = open_model(model)
    items = [(photo.path, photos.table.parent / photo.path) for photo in photos.test]
    for name, path in items:
        if predictor.has_seen(hashlib.sha256(path.read_bytes()).hexdigest()):
            raise ValueError(f"{name} was learnt from; delete {photos.table}, which is out of date")
    answers = predictor.predict_many(items, top=1)
    return [answer.label == photo.label for answer, photo in zip(answers, photos.test, strict=True)]


def figures(right: Sequence[bool], done: Run) -> results.Row:
    """Return what both sides are measured by."""
    interval = wilson_interval(sum(right), len(right))
    return {
        "accuracy": sum(right) / len(right),
        "accuracy_interval": [interval.low, interval.high],
        "n_test": len(right),
        "right": packed(right),
        "wall_seconds": round(done.wall_seconds, 2),
        "cpu_seconds": round(done.cpu_seconds, 2),
    }


if __name__ == "__main__":
    main()
