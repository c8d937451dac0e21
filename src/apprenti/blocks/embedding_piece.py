"""One piece of embedding work: a few photos decoded once and put through several graphs, in any process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.decoding import decode
from apprenti.blocks.item_file import read_item
from apprenti.blocks.session import BATCH_SIZE, open_session
from apprenti.domain.dataset import Example
from apprenti.domain.errors import ItemError
from apprenti.domain.recipe import Canvas
from apprenti.domain.sentence import Sentence

if TYPE_CHECKING:
    from onnxruntime import InferenceSession


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphFile:
    """A graph on disk, so that only its name travels with every piece; equal where the graph is equal."""

    sha256: str
    path: Path = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Photos, and the graphs they go through."""

    examples: tuple[Example, ...]
    graphs: tuple[GraphFile, ...]
    canvas: Canvas

    @property
    def name(self) -> str:
        """What a person would call it: the first photo and the last."""
        return f"{self.examples[0].name} … {self.examples[-1].name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceDone:
    """What came of a piece.

    Args:
        places: which of the examples have features.
        features: for each graph float32 [len(places), d].
        problems: which examples could not be used, and why.
    """

    places: tuple[int, ...]
    features: tuple[NDArray[np.float32], ...]
    problems: tuple[tuple[int, Sentence], ...]


def embed_piece(piece: Piece) -> PieceDone:
    """Return the features of a few photos; one that cannot be decoded is named, never raised."""
    places: list[int] = []
    problems: list[tuple[int, Sentence]] = []
    batch: list[NDArray[np.uint8]] = []
    rows: list[list[NDArray[np.float32]]] = [[] for _ in piece.graphs]
    for place, example in enumerate(piece.examples):
        try:
            data = read_item(Path(example.path), item=example.name)
            batch.append(decode(data, piece.canvas, item=example.name))
            places.append(place)
        except ItemError as error:
            problems.append((place, Sentence(key=f"errors.{error.key}", values=error.values)))
        if len(batch) == BATCH_SIZE:
            _run(batch, piece.graphs, rows)
            batch.clear()
    if batch:
        _run(batch, piece.graphs, rows)
    features = tuple(np.concatenate(parts) if parts else np.empty((0, 0), np.float32) for parts in rows)
    return PieceDone(places=tuple(places), features=features, problems=tuple(problems))


def close_sessions() -> None:
    """Let go of the sessions this process holds."""
    _session.cache_clear()


def _run(
    batch: Sequence[NDArray[np.uint8]],
    graphs: Sequence[GraphFile],
    rows: Sequence[list[NDArray[np.float32]]],
) -> None:
    pixels = np.stack(batch)  # uint8 [b, S, S, 3]
    for graph, parts in zip(graphs, rows, strict=True):
        (features,) = _session(graph).run(["features"], {"pixels": pixels})
        parts.append(features)


@lru_cache(maxsize=8)
def _session(graph: GraphFile) -> InferenceSession:
    """Return the session of a graph, opened once in each process: more is at stake than a piece is long."""
    return open_session(graph.path.read_bytes())
