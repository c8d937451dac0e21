"""Lays a source out on disk as a user would: a folder of class folders."""

from __future__ import annotations

import argparse
import fcntl
import io
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from apprenti.domain.dataset import Dataset, Split
from apprenti.domain.json_form import from_json, to_json
from apprenti.engine import InlineEngine
from apprenti.stages.ingest import read_dataset
from knowledge.changes import CHANGES
from knowledge.corpus_sets import CORPUS, corpus_photos
from knowledge.datasets import Source
from knowledge.drawings import KINDS, pictures
from knowledge.silence import Silence

ROOT = Path(__file__).resolve().parents[1]


def folder_name(name: str) -> str:
    """Return the name of a source or task as files have it."""
    return name.replace(", ", "--").replace(" ", "-")


def read_source(source: Source, *, work: Path, data_root: Path) -> Dataset:
    """Return a source as the product reads it, laid out and read only once.

    Args:
        source: which photos.
        work: where everything is kept.
        data_root: folder of the tar files of the image sets.
    """
    kept = work / "sources" / f"{folder_name(source.name)}.json"
    if not kept.exists():
        folder = _laid_out(source, work / "photos" / folder_name(source.name), work, data_root)
        dataset = _read(folder)
        kept.parent.mkdir(parents=True, exist_ok=True)
        unfinished = kept.with_suffix(".part")
        unfinished.write_text(json.dumps(to_json(dataset)), encoding="utf-8")
        unfinished.rename(kept)
    found: Dataset = from_json(Dataset, json.loads(kept.read_text(encoding="utf-8")))
    return found


def _read(source: Path) -> Dataset:
    with tempfile.TemporaryDirectory() as workspace:
        return read_dataset(source, engine=InlineEngine(), progress=Silence(), workspace=Path(workspace))


def _laid_out(source: Source, folder: Path, work: Path, data_root: Path) -> Path:
    if folder.is_dir():
        return folder
    unfinished = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(unfinished, ignore_errors=True)
    for number, (label, data) in enumerate(_photos(source, work, data_root)):
        path = unfinished / label / f"{number:05d}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_suffix(".png" if data.startswith(b"\x89PNG") else ".jpg").write_bytes(data)
    unfinished.rename(folder)
    return folder


def _photos(source: Source, work: Path, data_root: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the label and the bytes of each photo; a random part where there are too many."""
    originals: Iterator[tuple[str, bytes]]
    if source.of in KINDS:
        originals = ((label, _png(image)) for label, image in pictures(source.of, source.n_photos))
    elif source.of in CORPUS:
        originals = corpus_photos(source.of, source.n_photos, work)
    else:
        originals = _learnable(source, work, data_root)
    for label, data in originals:
        yield label, _changed(data, source.change) if source.change else data


def _learnable(source: Source, work: Path, data_root: Path) -> Iterator[tuple[str, bytes]]:
    """Yield photos of an image set that may be learnt from, in the order of their hashes."""
    sys.path.append(str(ROOT / "benchmarks"))
    from image_sets import lay_out

    options = argparse.Namespace(work=work, data_root=data_root, table_seed=None)
    with _alone(work / "sets" / f"{source.of}.lock"):  # two sources of one set may be laid out side by side
        folder = lay_out(source.of, options)
    dataset = _read(folder)
    learnable = [example for example in dataset.examples if example.split is not Split.TEST]
    for example in learnable[: source.n_photos]:
        yield str(example.target), Path(example.path).read_bytes()


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Let one process in at a time; a process that dies lets the next one in."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _changed(data: bytes, change: str) -> bytes:
    """Return the photo changed, as a PNG; what is random in it depends on the photo alone."""
    with Image.open(io.BytesIO(data)) as image:
        upright = ImageOps.exif_transpose(image).convert("RGB")
    seed = list(sha256(data).digest()[:16])
    return _png(CHANGES[change](upright, np.random.default_rng(seed)))


def _png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()
