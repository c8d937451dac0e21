"""What the person gave: a folder, an archive or a table, listed item by item."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path, PurePosixPath

from apprenti.domain.errors import DataError
from apprenti.domain.seams import Progress
from apprenti.domain.sentence import Sentence
from apprenti.stages.ingest.archives import is_archive, unpack
from apprenti.stages.ingest.folders import is_photo, list_class_folders
from apprenti.stages.ingest.listing import Listing, aside
from apprenti.stages.ingest.tables import is_table, list_table
from apprenti.stages.ingest.tree import Tree, walk


def list_source(source: Path, workspace: Path, progress: Progress) -> Listing:
    """Return every item of ``source`` with its label.

    Args:
        source: a folder, an archive or a table.
        workspace: a private folder for what is unpacked.
        progress: told that an archive is being unpacked.

    Raises:
        DataError: it is missing, unreadable or none of these; it is empty; nothing in it has a label.
    """
    try:
        if not source.exists():
            raise DataError("no_such_source", source=str(source))
        if source.is_dir():
            return _listed(walk(source), source)
        if is_archive(source):
            progress.begin("unpacking")
            tree = unpack(source, workspace)
            progress.end()
            return _listed(tree, source)
        if is_table(source):
            return _with_labels(list_table(source, lambda name: source.parent / name), source)
    except OSError as error:
        raise DataError("unreadable_source", source=str(source)) from error
    raise DataError("not_a_dataset", source=str(source))


def _listed(tree: Tree, source: Path) -> Listing:
    """Return the items of a tree: by class folder, or by the one table that lies beside the photos."""
    if not tree.files:
        raise DataError("empty_source", source=source.name)
    listing = list_class_folders(tree.files)
    tables = [name for name in tree.files if len(PurePosixPath(name).parts) == 1 and is_table(Path(name))]
    if len({item.target for item in listing.items}) < 2 and len(tables) == 1:
        listing = _by_table(tree, tables[0])
    hidden = (Sentence(key="ingest.hidden_files", values={"n": tree.n_hidden}),) if tree.n_hidden else ()
    return _with_labels(
        replace(
            listing,
            set_aside=(*tree.set_aside, *listing.set_aside),
            notices=(*listing.notices, *hidden),
        ),
        source,
    )


def _by_table(tree: Tree, table: str) -> Listing:
    """Return what the table of a tree names; photos it does not name are set aside."""
    listing = list_table(tree.files[table], tree.files.get, name=table)
    named = {item.name for item in listing.items} | {one.name for one in listing.set_aside}
    unnamed = (aside(name, "not_in_table") for name in tree.files if is_photo(name) and name not in named)
    return replace(listing, set_aside=(*listing.set_aside, *unnamed))


def _with_labels(listing: Listing, source: Path) -> Listing:
    if not listing.items:
        raise DataError("no_labels", source=source.name, n=len(listing.set_aside))
    return listing
