"""Which image sets are taken for drawings: what ``DRAWN_GREY_SHARE`` and ``DRAWN_CONTRAST`` were set by.

    python benchmarks/drawings.py
    python benchmarks/drawings.py --sets mnist neu-steel

Looks at the photos to learn from alone. ``contrast_share`` is their contrast, of that which black and white alone would
have at their brightness. Beside each verdict stands what a person says who looks at the pictures (``DRAWN_BY_EYE``).
Writes ``results/drawings.json``, one row for each set.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path

import results
from apprenti.domain.dataset import Split
from apprenti.settings import open_tools, read_settings
from apprenti.stages.ingest import read_dataset
from apprenti.stages.profile import describe
from apprenti.stages.select.with_networks import contrast_share, is_drawn
from baselines import Silence
from image_sets import SETS, add_arguments, lay_out

DRAWN_BY_EYE = ("digits", "mnist", "omniglot-small1")


def main() -> None:
    """Judge the sets the command line names."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_arguments(parser)
    parser.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS))
    options = parser.parse_args()
    for name in options.sets:
        row = judge(name, options)
        results.keep("drawings", [row], key=("set",))
        print(row, flush=True)


def judge(name: str, options: argparse.Namespace) -> results.Row:
    """Return what is measured of one set, and what follows."""
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings({"APPRENTI_CACHE": f"{folder}/cache", "APPRENTI_DATA": f"{folder}/data"})
        with open_tools(settings, Silence()) as tools:
            dataset = read_dataset(
                lay_out(name, options), engine=tools.engine, progress=tools.progress, workspace=Path(folder)
            )
    learnt = tuple(example for example in dataset.examples if example.split is not Split.TEST)
    profile = describe(replace(dataset, examples=learnt))
    return {
        "set": name,
        "grey_share": round(profile.grey_share, 3),
        "contrast_share": round(contrast_share(profile), 3),
        "is_drawn": is_drawn(profile),
        "by_eye": name in DRAWN_BY_EYE,
    }


if __name__ == "__main__":
    main()
