"""The ten image sets and scikit-learn's digits, laid out as a user would hand them to Apprenti.

The sets are tar files of ``NAME/[SPLIT/]CLASS/*.jpg`` under ``--data-root``. Where a set is measured on other
splits than its folders say, it is laid out anew here, and nowhere else:

- ``grocery``: all its photos pooled, 75 % to learn from, 25 % to test on, stratified (a table with splits);
- sets without split folders: the product's own split by content hash, or with ``table_seed`` a 75/25 table;
- the others: as they come (``ants-bees`` has no test folder, so the product tests on its ``val``).
"""

from __future__ import annotations

import argparse
import csv
import random
import shutil
import subprocess
import sys
import tarfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from results import ROOT

WITHOUT_SPLITS = (
    "cats-dogs-small",
    "magnetic-tile",
    "neu-steel",
    "omniglot-small1",
    "sign-language-digits",
    "trashnet",
)
WITH_SPLITS = ("ants-bees", "clothing", "grocery", "mnist")
SETS = (*sorted((*WITH_SPLITS, *WITHOUT_SPLITS)), "digits")
TEST_SHARE = 0.25

BACKBONES = {
    "embedded": (),
    "classic": ("classic",),
    "MobileNetV2": ("coral_mobilenet_v2_1.0_224/tf2_mobilenet_v2_1.0_224_ptq.compact.onnx",),
    "MobileNetV2+EdgeTPU": (
        "coral_mobilenet_v2_1.0_224/tf2_mobilenet_v2_1.0_224_ptq.compact.onnx",
        "mobilenet_edgetpu_1.0_224_uint8/mobilenet_edgetpu_1.0_224.compact.onnx",
    ),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options every script that reads image sets has."""
    shared = ROOT.parent / "shared"
    parser.add_argument(
        "--data-root", type=Path, default=shared / "data" / "images", help="folder of the tar files"
    )
    parser.add_argument(
        "--weights-root", type=Path, default=shared / "weights", help="folder of the two backbones"
    )
    parser.add_argument(
        "--work", type=Path, default=ROOT / "build" / "benchmarks", help="where archives are unpacked"
    )
    parser.add_argument(
        "--table-seed",
        type=int,
        help="split sets without split folders 75/25 with this seed, not by content hash",
    )


def lay_out(name: str, options: argparse.Namespace) -> Path:
    """Return what to hand to Apprenti for the set ``name``: a folder, or a table beside its photos."""
    folder = unpacked(name, options)
    if name == "grocery":
        return _table(folder, depth=3, seed=options.table_seed or 0)
    if name in WITHOUT_SPLITS and options.table_seed is not None:
        return _table(folder, depth=2, seed=options.table_seed)
    return folder


def unpacked(name: str, options: argparse.Namespace) -> Path:
    """Return the folder of the set, unpacked once."""
    folder: Path = options.work / "sets" / name
    if folder.is_dir():
        return folder
    unfinished = folder.with_suffix(".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    if name == "digits":
        apprenti = Path(sys.executable).parent / "apprenti"
        subprocess.run(
            [apprenti, "samples", "digits", unfinished / name], check=True, stdout=subprocess.DEVNULL
        )
    else:
        with tarfile.open(options.data_root / f"{name}.tar") as archive:
            # Debian 12's Python 3.11.2 has no filters yet; these archives are the project's own
            careful: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
            archive.extractall(unfinished, **careful)
    (unfinished / name).rename(folder)
    unfinished.rmdir()
    return folder


def backbone_files(name: str, options: argparse.Namespace) -> list[Path]:
    """Return what ``--backbone`` is given for one entry of ``BACKBONES``: nothing, a word, or ONNX files."""
    return [Path(path) if path == "classic" else options.weights_root / path for path in BACKBONES[name]]


def _table(folder: Path, *, depth: int, seed: int) -> Path:
    """Write ``FOLDER-75-25-SEED.csv`` beside the photos; the class is the folder that holds a photo."""
    per_class: dict[str, list[Path]] = defaultdict(list)
    for path in sorted(folder.glob("/".join(["*"] * depth))):
        per_class[path.parent.name].append(path)
    table = folder.with_name(f"{folder.name}-75-25-{seed}.csv")
    generator = random.Random(seed)
    with table.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["path", "label", "split"])
        for label, paths in sorted(per_class.items()):
            generator.shuffle(paths)
            n_test = round(len(paths) * TEST_SHARE)
            for position, path in enumerate(paths):
                writer.writerow(
                    [path.relative_to(table.parent), label, "test" if position < n_test else "train"]
                )
    return table
