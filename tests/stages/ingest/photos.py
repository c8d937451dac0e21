"""Small drawn photos for the tests of ingest: every seed a picture of its own."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image

from apprenti.domain.dataset import Dataset
from apprenti.domain.sentence import Sentence
from apprenti.engine import InlineEngine
from apprenti.stages.ingest import read_dataset


class Silence:
    """A progress that nobody watches, but which remembers."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, int | None]] = []
        self.n_done = 0
        self.n_ended = 0

    def begin(self, step: str, total: int | None = None) -> None:
        self.steps.append((step, total))

    def advance(self, n: int = 1) -> None:
        self.n_done += n

    def note(self, news: Sentence, *, seconds_left: float | None = None) -> None: ...

    def end(self) -> None:
        self.n_ended += 1


def picture(seed: int, width: int = 96, height: int = 72) -> Image.Image:
    """Smooth blobs in colour, different for every seed."""
    rng = np.random.default_rng(seed)
    small = Image.fromarray(rng.integers(0, 256, (6, 8, 3), dtype=np.uint8))
    return small.resize((width, height), Image.Resampling.BICUBIC)


def encoded(image: Image.Image, format_: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format_, **options)
    return buffer.getvalue()


def png(seed: int) -> bytes:
    return encoded(picture(seed, 48, 36))


def write(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def class_folders(
    folder: Path, *, n: int = 10, labels: tuple[str, ...] = ("cat", "dog"), first: int = 0
) -> Path:
    """Write ``n`` pictures of each label; seeds run on from ``first``."""
    for at, label in enumerate(labels):
        for i in range(n):
            write(folder / label / f"{i:03d}.png", png(first + 1000 * at + i))
    return folder


def read(source: Path, workspace: Path | None = None, **options: object) -> Dataset:
    options = {"engine": InlineEngine(), "progress": Silence(), **options}
    if workspace is None:
        workspace = source.parent / f"{source.name}-workspace"
    workspace.mkdir(exist_ok=True)
    return read_dataset(source, workspace=workspace, **options)  # type: ignore[arg-type]


def keys(dataset: Dataset) -> set[str]:
    """The notices of a data set, by key."""
    return {notice.key.removeprefix("ingest.") for notice in dataset.notices}


def reasons(dataset: Dataset) -> dict[str, str]:
    """Why each file was set aside, by name."""
    return {one.name: one.reason.key.partition(".")[2] for one in dataset.set_aside}
