"""What serving is made of, measured without a server: decoding, batches, memory, several writers."""

from __future__ import annotations

import io
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from apprenti.blocks.artifact import unpack
from apprenti.blocks.decoding import decode
from apprenti.blocks.session import open_session
from apprenti.domain.errors import StoreError
from apprenti.domain.recipe import Canvas
from apprenti.flow.predict import open_model
from apprenti.flow.service.access import ITSELF
from apprenti.flow.service.predictions import answering_version
from apprenti.flow.service.tasks import change_task
from apprenti.opening import Place, open_service
from apprenti.stages.predict import Predictor
from apprenti.store.database import workspaces
from measured import peak_memory

LARGE_PX = (4000, 3000)
N_BATCH = 50
N_WRITES = 50


def cpu_seconds_of(work: Callable[[], object]) -> float:
    """Return the processor time of this process that ``work`` takes."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def large_photo() -> bytes:
    """Return a JPEG of 12 megapixels, busy as photos are."""
    noise = np.random.default_rng(0).integers(0, 256, (LARGE_PX[1] // 8, LARGE_PX[0] // 8, 3), np.uint8)
    out = io.BytesIO()
    Image.fromarray(noise).resize(LARGE_PX, Image.Resampling.BICUBIC).save(out, "JPEG", quality=90)
    return out.getvalue()


def decoding(data: bytes, size_px: int) -> tuple[float, float]:
    """Return processor seconds of bringing a photo to ``size_px`` with ours and with Pillow as it is usually used."""

    def plain() -> object:
        with Image.open(io.BytesIO(data)) as image:
            size = (size_px, size_px)
            return np.asarray(image.convert("RGB").resize(size, Image.Resampling.BILINEAR))

    canvas = Canvas(size_px=size_px)
    ours = cpu_seconds_of(lambda: decode(data, canvas, item="photo"))
    return ours, cpu_seconds_of(plain)


class BareLoop:
    """The least that answers photos: Pillow, ONNX Runtime and nothing else.

    Args:
        model: the bytes of a model file; its graph is run as it is.
    """

    def __init__(self, model: bytes) -> None:
        artifact = unpack(model)
        self._size = (artifact.manifest.canvas.size_px,) * 2
        self._session = open_session(artifact.graph)

    def run(self, photos: Sequence[bytes]) -> None:
        """Decode and answer."""
        for photo in photos:
            with Image.open(io.BytesIO(photo)) as image:
                image.draft("RGB", self._size)
                pixels = np.asarray(image.convert("RGB").resize(self._size, Image.Resampling.BILINEAR))
            self._session.run(["probabilities", "distance"], {"pixels": pixels[None]})

    def run_graph(self, n: int) -> None:
        """Answer pixels that are there already, ``n`` times."""
        pixels = np.zeros((1, *self._size, 3), np.uint8)
        for _ in range(n):
            self._session.run(["probabilities", "distance"], {"pixels": pixels})


def batch(predictor: Predictor, photos: Sequence[bytes]) -> None:
    """Answer photos as ``apprenti predict`` does."""
    for _ in predictor.predict_many((f"photo {i}", photo) for i, photo in enumerate(photos)):
        pass


def batch_memory_mb(model: Path, photos: Sequence[bytes], n: int) -> float:
    """Return the peak memory of ``apprenti predict`` for ``n`` files."""
    with tempfile.TemporaryDirectory() as folder:
        for i in range(n):
            (Path(folder) / f"{i:05}.jpg").write_bytes(photos[i % len(photos)])
        command: list[str | Path] = [sys.executable, "-m", "apprenti", "predict", model, folder, "--json"]
        environment = dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path))
        return peak_memory(command, environment=environment)[2].own_mb


def lock_errors(folder: Path, task_id: str, *, n_writers: int = 4) -> tuple[int, int]:
    """Return how many writes there were and how many failed, several processes at it on one SQLite file."""
    with multiprocessing.get_context("spawn").Pool(n_writers) as pool:
        failed = pool.starmap(_write, [(folder, task_id)] * n_writers)
    return n_writers * N_WRITES, sum(failed)


def _write(folder: Path, task_id: str) -> int:
    """Read and write by turns as doors and workers do; return how many writes failed."""
    n_failed = 0
    with open_service(Place(folder=folder), {}) as service:
        with service.database.read() as tx:
            here = workspaces.first(tx)
        assert here is not None
        for i in range(N_WRITES):
            try:
                answering_version(service, here.id, task_id, None)
                change_task(service, ITSELF, here.id, task_id, description=f"{os.getpid()} {i}")
            except StoreError:
                n_failed += 1
    return n_failed


def predictor_of(model: Path) -> Predictor:
    """Return a model, opened and warm."""
    predictor = open_model(model)
    noise = Image.effect_noise((64, 64), 50).convert("RGB")
    out = io.BytesIO()
    noise.save(out, "JPEG")
    predictor.predict_bytes(out.getvalue(), item="photo")
    return predictor


def rounds(n: int, *sides: Callable[[], float]) -> Iterator[tuple[float, ...]]:
    """Yield what each side gives, one after the other, ``n`` times."""
    for _ in range(n):
        yield tuple(side() for side in sides)
