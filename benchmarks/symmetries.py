"""Which changes leave the labels of each image set what they are, told from the photos to learn from.

    python benchmarks/symmetries.py
    python benchmarks/symmetries.py --sets digits mnist --draws 3

The photos are drawn several times, and each draw is judged by itself, so that verdicts that are a matter of luck show.
Test photos are not looked at. Beside each finding stands what a person says who looks at the photos (``BY_EYE``).

Writes ``results/symmetries.json``, one row for each (set, draw).
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import results
from apprenti.blocks.decoding import decode
from apprenti.blocks.embedded import load_embedded
from apprenti.blocks.sampling import sample_by_label
from apprenti.blocks.session import BATCH_SIZE, open_session
from apprenti.domain.dataset import Split
from apprenti.domain.recipe import Canvas
from apprenti.settings import open_tools, read_settings
from apprenti.stages.ingest import read_dataset
from apprenti.stages.train.symmetries import MAX_PHOTOS, Embed, find_symmetries
from baselines import Silence
from image_sets import SETS, add_arguments, lay_out

SIDE_PX = 64
KEY = ("set", "draw")

BY_EYE: Mapping[str, str] = {
    "ants-bees": "mirror; any way up, most being taken from above",
    "cats-dogs-small": "mirror",
    "clothing": "mirror",
    "digits": "none",
    "grocery": "mirror",
    "magnetic-tile": "mirror, upside down; not a quarter turn: the grooves run one way",
    "mnist": "none",
    "neu-steel": "mirror, upside down; not a quarter turn: steel is rolled one way",
    "omniglot-small1": "none",
    "sign-language-digits": "none, unless both hands are to be read: the photos show one",
    "trashnet": "mirror; any way up, things lying on a board",
}


def main() -> None:
    """Judge the sets the command line names."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_arguments(parser)
    parser.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS))
    parser.add_argument("--draws", type=int, default=3)
    options = parser.parse_args()
    embed = packaged_eyes()
    for name in options.sets:
        for draw in range(options.draws):
            row = judge(name, draw, embed, options)
            results.keep("symmetries", [row], key=KEY)
            print(row["set"], row["draw"], row["holding"], f"{row['cpu_seconds']} s", flush=True)


def judge(name: str, draw: int, embed: Embed, options: argparse.Namespace) -> results.Row:
    """Return what one draw of a set's photos says."""
    pixels, labels, groups, names = photos(name, draw, options)
    started = time.process_time()
    finding = find_symmetries(pixels, labels, embed=embed, n_labels=len(names), seed=draw, groups=groups)
    seconds = time.process_time() - started
    row: results.Row = {
        "set": name,
        "draw": draw,
        "n": finding.n,
        "holding": list(finding.holding),
        "cpu_seconds": round(seconds, 2),
    }
    for judged in finding.judged:
        row[judged.symmetry] = {
            "expected": round(judged.p_expected, 3),
            "changed": round(judged.p_changed, 3),
            "lost_at_most": round(judged.p_lost_at_most, 3),
            "confused": judged.confused and [names[label] for label in judged.confused],
        }
    return row


def photos(
    name: str, draw: int, options: argparse.Namespace
) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64], tuple[str, ...]]:
    """Return one draw of the photos to learn from, their labels, their groups, and the names of the classes."""
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings({"APPRENTI_CACHE": f"{folder}/cache", "APPRENTI_DATA": f"{folder}/data"})
        with open_tools(settings, Silence()) as tools:
            dataset = read_dataset(
                lay_out(name, options), engine=tools.engine, progress=tools.progress, workspace=Path(folder)
            )
        learnt = [example for example in dataset.examples if example.split is not Split.TEST]
        index = {label: number for number, label in enumerate(dataset.labels)}
        labels = np.array([index[str(example.target)] for example in learnt], np.int64)
        rows = sample_by_label(labels, MAX_PHOTOS, seed=draw)
        canvas = Canvas(size_px=SIDE_PX)
        pixels = [decode(Path(learnt[row].path).read_bytes(), canvas, item=learnt[row].name) for row in rows]
        _, groups = np.unique(
            [learnt[row].group or learnt[row].content_hash for row in rows], return_inverse=True
        )
        return np.stack(pixels), labels[rows], groups.astype(np.int64), dataset.labels


def packaged_eyes() -> Embed:
    """Return what gives features of the packaged network at its smallest useful size."""
    session = open_session(load_embedded(SIDE_PX).graph)

    def embed(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        starts = range(0, len(pixels), BATCH_SIZE)
        return np.concatenate(
            [session.run(["features"], {"pixels": pixels[start : start + BATCH_SIZE]})[0] for start in starts]
        )

    return embed


if __name__ == "__main__":
    main()
