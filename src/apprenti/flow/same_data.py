"""Whether the data of a training that was killed are still what they were, and where their files lie now."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from apprenti.blocks.item_file import read_item
from apprenti.domain.dataset import Dataset
from apprenti.domain.errors import ItemError
from apprenti.domain.seams import Engine
from apprenti.flow.steps import JournalDisagreesError
from apprenti.stages.ingest import Listing

FILES_AT_ONCE = 64


def listing_digest(listing: Listing) -> str:
    """Return what stands for the names, targets, splits and sizes of all items, 64 hex digits; times do not count."""
    digest = hashlib.sha256()
    for item in sorted(listing.items, key=lambda item: (item.name, str(item.target))):
        digest.update(f"{item.name}\t{item.target}\t{item.split}\t{_size(item.path)}\n".encode())
    return digest.hexdigest()


def at_their_places(dataset: Dataset, listing: Listing, *, engine: Engine) -> Dataset:
    """Return the data set with the paths its files have now: those of an archive were unpacked anew.

    Raises:
        JournalDisagreesError: a file has another content than it had.
    """
    paths = {item.name: str(item.path) for item in listing.items}
    try:
        examples = tuple(replace(example, path=paths[example.name]) for example in dataset.examples)
    except KeyError as error:
        raise JournalDisagreesError("read") from error
    files = [(example.path, example.content_hash) for example in examples]
    chunks = [files[start : start + FILES_AT_ONCE] for start in range(0, len(files), FILES_AT_ONCE)]
    if not all(list(engine.map(_unchanged, chunks))):
        raise JournalDisagreesError("read")
    return replace(dataset, examples=examples)


def _unchanged(files: Sequence[tuple[str, str]]) -> bool:
    """Return whether every file has the content of that SHA-256."""
    try:
        return all(
            hashlib.sha256(read_item(Path(path), item=path)).hexdigest() == content_hash
            for path, content_hash in files
        )
    except ItemError:
        return False


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1  # reading it will say why
