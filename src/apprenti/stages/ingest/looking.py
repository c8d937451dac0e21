"""Every file read once: its hash, its header, and one look at its pixels, in the engine's workers.

Files are taken in an order drawn from their names, so that what a deadline leaves out is a fair part of every
folder. A file that cannot be used is set aside; even one that brings down the process that decodes it.
"""

from __future__ import annotations

import hashlib
import stat
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from apprenti.domain.dataset import ImageFacts, SetAside
from apprenti.domain.errors import InterruptedWorkError, ItemError, WorkError
from apprenti.domain.seams import Engine, Progress
from apprenti.domain.sentence import Sentence
from apprenti.stages.ingest.listing import Listed, aside
from apprenti.stages.ingest.tree import MAX_FILE_BYTES

CHUNK_ITEMS = 8
"""Files a worker looks at between two messages: few, so that progress moves and a deadline holds."""

Named = tuple[str, str]
"""Name and path of a file: all that a worker is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What one look at a file gave.

    Args:
        content_hash: SHA-256 of its bytes.
        facts: size, brightness, contrast, colour.
        signature: uint8 [16,16] grey.
        detail: uint8 [32,32] grey.
        tint: uint8 [4,4,3] RGB.
    """

    content_hash: str
    facts: ImageFacts
    signature: NDArray[np.uint8]
    detail: NDArray[np.uint8]
    tint: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An item with what one look at it gave."""

    item: Listed
    looked: Looked


def look_at_all(
    items: Sequence[Listed], *, engine: Engine, progress: Progress, deadline: float | None
) -> tuple[list[Seen], list[SetAside], int]:
    """Return the items that can be used, those that cannot, and how many ``deadline`` left unread."""
    in_order = sorted(items, key=lambda item: (hashlib.sha256(item.name.encode()).digest(), item.name))
    seen: list[Seen] = []
    set_aside: list[SetAside] = []
    progress.begin("reading", len(items))
    remaining = iter(in_order)
    for chunk, results in _results(in_order, engine, deadline):
        for item, result in zip((next(remaining) for _ in chunk), results, strict=True):
            if isinstance(result, Looked):
                seen.append(Seen(item=item, looked=result))
            else:
                set_aside.append(result)
        progress.advance(len(chunk))
    progress.end()
    return seen, set_aside, len(items) - len(seen) - len(set_aside)


def _results(
    items: Sequence[Listed], engine: Engine, deadline: float | None
) -> Iterator[tuple[Sequence[Named], Sequence[Looked | SetAside]]]:
    """Yield each chunk with its results, in order; a chunk that fails as a whole is tried file by file."""
    named = [(item.name, str(item.path)) for item in items]
    rest = deque(named[start : start + CHUNK_ITEMS] for start in range(0, len(named), CHUNK_ITEMS))
    while rest:
        try:
            for results in engine.map(look_at, list(rest), deadline=deadline):
                yield rest.popleft(), results
            return
        except InterruptedWorkError:
            raise
        except WorkError:
            chunk = rest.popleft()
            if len(chunk) == 1:
                yield chunk, [aside(chunk[0][0], "stopped_the_decoder")]
            else:
                rest.extendleft([one] for one in reversed(chunk))


def look_at(chunk: Sequence[Named]) -> list[Looked | SetAside]:
    """Return for each file what one look at it gave, or why it is set aside. Runs in a worker."""
    return [_look_at_one(name, Path(path)) for name, path in chunk]


def _look_at_one(name: str, path: Path) -> Looked | SetAside:
    from apprenti.blocks.decoding import look

    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return aside(name, "not_a_regular_file")
        if status.st_size > MAX_FILE_BYTES:
            return aside(name, "too_large", limit_mb=MAX_FILE_BYTES // 10**6)
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return aside(name, "missing_file")
    except OSError:
        return aside(name, "unreadable_file")
    try:
        found = look(data, item=name)
    except ItemError as error:
        return SetAside(name=name, reason=Sentence(key=f"errors.{error.key}", values=error.values))
    return Looked(
        content_hash=hashlib.sha256(data).hexdigest(),
        facts=found.facts,
        signature=found.signature,
        detail=found.detail,
        tint=found.tint,
    )
