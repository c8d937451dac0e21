"""The photos Apprenti learns from and is tested on, as a table any other script can read.

A script that is compared with Apprenti must be tested on the very photos Apprenti keeps for testing: those of the
folders the set came with, or those its content hashes say. So the table is what Apprenti's own reading gives:
validation photos are for training, since a script without a search has no use for them, and a picture that is there
twice stands in it once.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from apprenti.domain.dataset import Dataset, Split
from apprenti.settings import open_tools, read_settings
from apprenti.stages.ingest import read_dataset
from baselines import Silence
from image_sets import lay_out


class PhotoForTesting(NamedTuple):
    """A photo kept for testing: where it is, from the table's folder, and what it shows."""

    path: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPhotos:
    """One set, as Apprenti and as any other script is given it.

    Args:
        source: what Apprenti is given.
        table: what Apprenti reads from that, as ``path,label,split``.
        test: its photos for testing, in the table's order.
    """

    source: Path
    table: Path
    test: tuple[PhotoForTesting, ...]

    @property
    def digest(self) -> str:
        """What two measurements share if they were tested on the same photos: 16 hex digits."""
        lines = "".join(f"{photo.path}\t{photo.label}\n" for photo in self.test)
        return hashlib.sha256(lines.encode()).hexdigest()[:16]


def set_photos(name: str, options: argparse.Namespace) -> SetPhotos:
    """Return the set ``name``; its table is written once under ``--work``."""
    source = lay_out(name, options)
    table: Path = options.work / "sets" / f"{source.stem}-as-read.csv"
    if not table.exists():
        with tempfile.TemporaryDirectory() as folder:
            write_table(read(source, Path(folder)), table)
    return SetPhotos(source=source, table=table, test=tuple(photos_for_testing(table)))


def read(source: Path, workspace: Path) -> Dataset:
    """Return what Apprenti reads from ``source``, with nothing cached."""
    settings = read_settings({"APPRENTI_CACHE": f"{workspace}/cache", "APPRENTI_DATA": f"{workspace}/data"})
    with open_tools(settings, Silence()) as tools:
        return read_dataset(source, engine=tools.engine, progress=tools.progress, workspace=workspace)


def write_table(dataset: Dataset, table: Path) -> None:
    """Write ``path,label,split`` of every example, by path, so that the order says nothing of the content.

    Args:
        dataset: examples below the table's folder.
        table: the CSV file, which is there whole or not at all.
    """
    rows = sorted(
        (
            str(Path(example.path).resolve().relative_to(table.parent.resolve())),
            str(example.target),
            "test" if example.split is Split.TEST else "train",
        )
        for example in dataset.examples
    )
    unfinished = table.with_suffix(".part")
    with unfinished.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["path", "label", "split"])
        writer.writerows(rows)
    unfinished.rename(table)


def photos_for_testing(table: Path) -> list[PhotoForTesting]:
    """Return the photos for testing, in the table's order."""
    with table.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["split"] == "test"]
    return [PhotoForTesting(row["path"], row["label"]) for row in rows]
