"""Embeddings of some photos a model learnt from: what corrections are held against."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from apprenti.domain.errors import ItemError, StoreError

if TYPE_CHECKING:
    from apprenti.flow.service.loaded_models import LoadedModel
    from apprenti.flow.service.snapshot import Snapshot

MOST_KNOWN = 1_000
"""Photos: some seconds of answering when a training ends, and a megabyte beside the model."""

MAX_NUMBERS = 20_000_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KnownEmbeddings:
    """Photos a model learnt from.

    Args:
        hashes: [n] SHA-256 of their files.
        embeddings: [n, d] float32.
    """

    hashes: tuple[str, ...]
    embeddings: NDArray[np.float32]

    def nearest(self, embedding: NDArray[np.float32], n: int) -> tuple[int, ...]:
        """Return the rows of the ``n`` photos most like one, by the cosine of their embeddings."""
        return tuple(int(row) for row in np.argsort(-self._likeness(embedding), kind="stable")[:n])

    def most_alike(self, embedding: NDArray[np.float32]) -> Iterator[tuple[str, float]]:
        """Yield the hash of every photo with its likeness to one, the cosine of their embeddings; most alike first."""
        likeness = self._likeness(embedding)
        for row in np.argsort(-likeness, kind="stable"):
            yield self.hashes[row], float(likeness[row])

    def _likeness(self, embedding: NDArray[np.float32]) -> NDArray[np.float32]:
        lengths = np.linalg.norm(self.embeddings, axis=1) * np.linalg.norm(embedding)
        return np.asarray(self.embeddings @ embedding / np.maximum(lengths, 1e-12), np.float32)

    def to_npz(self) -> bytes:
        """Return them as the bytes of an ``.npz`` file; in 16 bits, which cosines do not notice."""
        file = io.BytesIO()
        np.savez(file, hashes=np.array(self.hashes, "S64"), embeddings=self.embeddings.astype(np.float16))
        return file.getvalue()

    @classmethod
    def from_npz(cls, data: bytes) -> KnownEmbeddings:
        """Return what ``to_npz`` made the bytes from; nothing is unpickled.

        Raises:
            StoreError: the bytes are something else.
        """
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as file:
                hashes, embeddings = file["hashes"], file["embeddings"]
            if embeddings.ndim != 2 or hashes.shape != embeddings.shape[:1] or embeddings.size > MAX_NUMBERS:
                raise ValueError(f"{hashes.shape} hashes of {embeddings.shape} embeddings")
            return cls(
                hashes=tuple(one.decode("ascii") for one in hashes.tolist()),
                embeddings=embeddings.astype(np.float32),
            )
        except (KeyError, OSError, EOFError, ValueError, AttributeError, zipfile.BadZipFile) as error:
            raise StoreError("store_damaged", cause="known photos of a model") from error


def known_embeddings(
    snapshot: Snapshot, model: LoadedModel, *, max_megapixels: float, n_threads: int = 1
) -> KnownEmbeddings | None:
    """Return the embeddings of up to ``MOST_KNOWN`` photos that were trained on; ``None`` where there are none.

    Their hashes draw them, so that whoever draws again draws the same.
    """
    paths = sorted((image.path for image in snapshot.images if not image.is_test), key=lambda path: path.stem)

    def embedded(path: Path) -> NDArray[np.float32] | None:
        try:
            return model.ask(path.read_bytes(), item=path.name, max_megapixels=max_megapixels).embedding
        except ItemError:
            return None

    with ThreadPoolExecutor(n_threads) as threads:  # decoding and the network leave Python to others
        rows = list(threads.map(embedded, paths[:MOST_KNOWN]))
    found = [(path.stem, row) for path, row in zip(paths, rows, strict=False) if row is not None]
    if not found:
        return None
    return KnownEmbeddings(
        hashes=tuple(stem for stem, _ in found), embeddings=np.stack([row for _, row in found])
    )
