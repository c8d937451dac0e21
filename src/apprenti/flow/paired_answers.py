"""Two graphs of one model asked about the same labelled photos, each photo decoded once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from apprenti.blocks.decoding import decode
from apprenti.blocks.item_file import read_item
from apprenti.blocks.session import open_session
from apprenti.domain.dataset import Dataset, Example
from apprenti.domain.errors import DataError, ItemError
from apprenti.domain.manifest import Manifest
from apprenti.domain.recipe import Canvas
from apprenti.flow.eight_bits import answers
from apprenti.flow.tools import Tools
from apprenti.stages.evaluate import PairedAccuracy, paired_accuracy

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

CHUNK = 16

Graphs = tuple[Path, Path]
Chunk = tuple[Graphs, Canvas, Sequence[Example]]
Row = tuple[int, int]
"""The labels that the two graphs give, as indices."""


def compare_on_photos(
    before: bytes, after: bytes, photos: Dataset, manifest: Manifest, *, folder: Path, tools: Tools
) -> PairedAccuracy:
    """Return how well two graphs of one model answer the same labelled photos.

    Args:
        before: the one graph.
        after: the other.
        photos: each under a label of the model.
        manifest: of the model.
        folder: a private folder that exists.
        tools: what to work with.

    Raises:
        DataError: no photo can be read.
    """
    graphs = (folder / "before.onnx", folder / "after.onnx")
    for path, graph in zip(graphs, (before, after), strict=True):
        path.write_bytes(graph)
    examples = photos.examples
    starts = range(0, len(examples), CHUNK)
    chunks = ((graphs, manifest.canvas, examples[start : start + CHUNK]) for start in starts)
    tools.progress.begin("comparing", len(examples))
    rows = list(_rows(chunks, tools))
    tools.progress.end()
    pairs = [(example, row) for example, row in zip(examples, rows, strict=True) if row is not None]
    if not pairs:
        raise DataError("nothing_readable", item=photos.name)
    labels = [manifest.labels.index(str(example.target)) for example, _ in pairs]
    first, second = zip(*(row for _, row in pairs), strict=True)
    return paired_accuracy(labels, before=first, after=second)


def _rows(chunks: Iterator[Chunk], tools: Tools) -> Iterator[Row | None]:
    for rows in tools.engine.map(_answer_chunk, chunks):
        tools.progress.advance(len(rows))
        yield from rows


def _answer_chunk(chunk: Chunk) -> list[Row | None]:
    """Return what both graphs answer for some photos; nothing for one that cannot be read."""
    graphs, canvas, examples = chunk
    sessions = [_opened(path, path.stat().st_mtime_ns) for path in graphs]
    rows: list[Row | None] = []
    for example in examples:
        try:
            pixels = decode(read_item(Path(example.path), item=example.name), canvas, item=example.name)
        except ItemError:
            rows.append(None)
            continue
        first, second = (int(answers(session, pixels[None])[0].argmax()) for session in sessions)
        rows.append((first, second))
    return rows


@lru_cache(maxsize=2)
def _opened(graph: Path, modified_ns: int) -> InferenceSession:
    """Return the session of a file, loaded once per process as long as the file does not change."""
    return open_session(graph.read_bytes())
