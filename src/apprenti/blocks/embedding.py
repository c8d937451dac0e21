"""Features of photos: looked up on the shelf first, worked out only where they are missing.

A photo is decoded once for all backbones that still miss it. What is worked out goes straight into one array
per backbone, so memory grows with features, never with pixels.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.backbone import Backbone
from apprenti.blocks.embedding_piece import GraphFile, Piece, close_sessions, embed_piece
from apprenti.blocks.session import BATCH_SIZE
from apprenti.domain.dataset import Example, SetAside
from apprenti.domain.recipe import Canvas
from apprenti.domain.seams import Engine, Progress, Shelf
from apprenti.domain.sentence import Sentence

PIXELS_VERSION = 1
"""Raised when decoding or resizing changes, so that features of the old pixels are left on the shelf."""

CHUNK_SIZE = 2 * BATCH_SIZE
"""Photos per piece of work: under half a second, so that deadlines and Ctrl-C are met promptly."""

_SHELVED_ROWS = 512
_RECALLED_BYTES = 64_000_000
"""What goes to the shelf at once, and what comes from it: each question reads all the shelf has of a key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedded:
    """Features of the photos that could be embedded in the time there was.

    Args:
        hashes: content hash of each row, in the order of the examples; the same content has one row.
        features: float32 [n,d], one row for each of ``hashes``.
        problems: examples that could not be decoded, each with its reason.
    """

    hashes: tuple[str, ...]
    features: NDArray[np.float32]
    problems: tuple[SetAside, ...]


def embed(
    examples: Sequence[Example],
    backbone: Backbone,
    canvas: Canvas,
    *,
    engine: Engine,
    shelf: Shelf,
    progress: Progress,
    deadline: float | None = None,
) -> Embedded:
    """Return the features of ``examples`` from one backbone; see ``embed_all``."""
    embedded = embed_all(
        examples, (backbone,), canvas, engine=engine, shelf=shelf, progress=progress, deadline=deadline
    )
    return embedded[backbone.name]


def embed_all(
    examples: Sequence[Example],
    backbones: Sequence[Backbone],
    canvas: Canvas,
    *,
    engine: Engine,
    shelf: Shelf,
    progress: Progress,
    deadline: float | None = None,
) -> dict[str, Embedded]:
    """Return the features of ``examples`` from several backbones, each photo decoded once.

    Args:
        examples: images; their files are read only where features are missing.
        backbones: with different names.
        canvas: what photos are decoded to.
        engine: works the missing ones out, in pieces.
        shelf: asked first, and given whatever is new, even when the work is interrupted.
        progress: advanced by one for each example; begun and ended by the caller.
        deadline: what is not begun by then is left out.

    Returns:
        For each backbone's name, its features. A file that cannot be used is among the problems.
    """
    sample = {example.content_hash: example for example in reversed(examples)}
    hashes = tuple(dict.fromkeys(example.content_hash for example in examples))
    tables = [_Table(backbone, canvas, hashes, shelf) for backbone in backbones]
    work = _missing(tables)
    progress.advance(len(examples) - sum(len(rows) for _, rows in work))
    reasons: dict[str, Sentence] = {}
    with _graphs_on_disk(backbones, canvas, {i for group, _ in work for i in group}) as graphs:
        pieces = (
            Piece(
                examples=tuple(sample[hashes[row]] for row in rows),
                graphs=tuple(graphs[i] for i in group),
                canvas=canvas,
            )
            for group, rows in work
        )
        done_pieces = engine.map(embed_piece, pieces, deadline=deadline)
        try:
            for (group, rows), done in zip(work, done_pieces, strict=False):
                for i, features in zip(group, done.features, strict=True):
                    tables[i].put([rows[place] for place in done.places], features)
                reasons |= {hashes[rows[place]]: reason for place, reason in done.problems}
                progress.advance(len(rows))
        finally:
            for table in tables:
                table.shelve()
    problems = tuple(
        SetAside(name=example.name, reason=reasons[example.content_hash])
        for example in examples
        if example.content_hash in reasons
    )
    return {table.name: table.embedded(problems) for table in tables}


def shelf_key(backbone: Backbone, canvas: Canvas) -> str:
    """Return the key features stand under: it changes with anything that could change a feature.

    One graph may look at squares of several sizes, so the size is part of it.
    """
    return f"{backbone.sha256[:16]}-{backbone.size_px}-{canvas.name}-p{PIXELS_VERSION}"


class _Table:
    """The rows of one backbone, filled from the shelf and from work done."""

    def __init__(self, backbone: Backbone, canvas: Canvas, hashes: tuple[str, ...], shelf: Shelf) -> None:
        self.name = backbone.name
        self.hashes = hashes
        self.features = np.empty((len(hashes), backbone.n_features), dtype=np.float32)
        self.known = np.zeros(len(hashes), dtype=bool)
        self._shelf, self._key = shelf, shelf_key(backbone, canvas)
        self._unshelved: list[int] = []
        n_at_once = max(_SHELVED_ROWS, _RECALLED_BYTES // (4 * backbone.n_features))
        for start in range(0, len(hashes), n_at_once):  # in parts: the answer is a second copy
            found = shelf.get(self._key, hashes[start : start + n_at_once])
            for row, content_hash in enumerate(hashes[start : start + n_at_once], start):
                if content_hash in found:
                    self.features[row] = found[content_hash]
                    self.known[row] = True

    def put(self, rows: Sequence[int], features: NDArray[np.float32]) -> None:
        """Take in new rows; they go to the shelf when there are enough of them."""
        if not rows:
            return
        self.features[rows] = features
        self.known[rows] = True
        self._unshelved.extend(rows)
        if len(self._unshelved) >= _SHELVED_ROWS:
            self.shelve()

    def shelve(self) -> None:
        """Put on the shelf what is not there yet."""
        if self._unshelved:
            hashes = [self.hashes[row] for row in self._unshelved]
            self._shelf.put(self._key, hashes, self.features[self._unshelved])
            self._unshelved.clear()

    def embedded(self, problems: tuple[SetAside, ...]) -> Embedded:
        """Return the rows that are known, moved up in place so that they are never in memory twice."""
        rows = np.flatnonzero(self.known)
        for to, row in enumerate(rows):
            if to != row:
                self.features[to] = self.features[row]
        return Embedded(
            hashes=tuple(self.hashes[row] for row in rows),
            features=self.features[: len(rows)],
            problems=problems,
        )


def _missing(tables: Sequence[_Table]) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Return the work to do: which tables miss which rows, in chunks, rows in order."""
    groups: dict[tuple[int, ...], list[int]] = {}
    for row in range(len(tables[0].hashes) if tables else 0):
        group = tuple(i for i, table in enumerate(tables) if not table.known[row])
        if group:
            groups.setdefault(group, []).append(row)
    return [
        (group, tuple(rows[start : start + CHUNK_SIZE]))
        for group, rows in groups.items()
        for start in range(0, len(rows), CHUNK_SIZE)
    ]


@contextmanager
def _graphs_on_disk(
    backbones: Sequence[Backbone], canvas: Canvas, needed: set[int]
) -> Iterator[dict[int, GraphFile]]:
    """Write the graphs that are needed into a private folder for as long as the work lasts."""
    with tempfile.TemporaryDirectory(prefix="apprenti-") as folder:
        files = {}
        for i in sorted(needed):
            graph = backbones[i].graph_for(canvas.size_px)
            path = Path(folder, f"{i}.onnx")
            path.write_bytes(graph)
            files[i] = GraphFile(sha256=hashlib.sha256(graph).hexdigest(), path=path)
        try:
            yield files
        finally:
            close_sessions()  # those of this process; workers keep theirs for the next photos
