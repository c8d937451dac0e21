"""Photos of the corpus the packaged network learnt from, where that corpus is at hand: see ``pretrain/corpus.py``."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from PIL import Image

CORPUS: Mapping[str, int] = {"cifar": 10, "fruits": 40, "tiny-val": 30}
"""Arrays of the corpus, and how many of their classes are taken. The network was trained on the fruits, on none of
the photos of the other two, but on other photos of the classes of ``tiny-val``."""
SEED = 0


def corpus_folder(work: Path) -> Path:
    """Return where the corpus lies, or a link to it."""
    return work / "corpus"


def is_at_hand(name: str, work: Path) -> bool:
    """Return whether an array of the corpus is there."""
    return (corpus_folder(work) / f"{name}.npy").exists()


def corpus_photos(name: str, n_photos: int, work: Path) -> Iterator[tuple[str, bytes]]:
    """Yield label and PNG of a random part of an array of the corpus, the same ones every time.

    Args:
        name: an entry of ``CORPUS``.
        n_photos: at most so many.
        work: where everything is kept.
    """
    photos = np.load(corpus_folder(work) / f"{name}.npy", mmap_mode="r")
    about = json.loads((corpus_folder(work) / f"{name}.json").read_text(encoding="utf-8"))
    labels = np.asarray(about["labels"])
    random = np.random.default_rng(SEED)
    chosen = random.permutation(len(about["classes"]))[: CORPUS[name]]
    rows = random.permutation(np.flatnonzero(np.isin(labels, chosen)))[:n_photos]
    for row in np.sort(rows):
        file = io.BytesIO()
        Image.fromarray(photos[row]).save(file, "PNG")
        yield str(about["classes"][labels[row]]), file.getvalue()
