"""Class folders: ``cat/1.jpg``, ``train/cat/1.jpg`` or ``cat/train/1.jpg``, told from the names alone.

The label is the outermost folder that is not a split; folders inside it only keep a person's order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from pathlib import Path, PurePosixPath

from apprenti.domain.dataset import SetAside
from apprenti.domain.sentence import Sentence
from apprenti.stages.ingest.listing import Listed, Listing, aside, clean_label, split_named

ACCEPTED_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff"}
)
Parts = tuple[str, ...]


class Layout(Enum):
    """Which part of a name is the class, and which the split."""

    CLASS = (0, None)
    SPLIT_CLASS = (1, 0)
    CLASS_SPLIT = (0, 1)


def list_class_folders(files: Mapping[str, Path]) -> Listing:
    """Return every file with the label, and perhaps the split, that its folders give it.

    Args:
        files: relative name → file.

    Returns:
        The items, in the order of ``files``; what lies outside the class folders is set aside.
    """
    parts = _unwrapped({name: PurePosixPath(name).parts for name in files})
    layout = _layout(_photos(parts))
    items: list[Listed] = []
    set_aside: list[SetAside] = []
    n_nested = 0
    for name, path in files.items():
        found = _listed(name, path, parts[name], layout)
        if isinstance(found, Listed):
            items.append(found)
            n_nested += len(parts[name]) > _n_folders(layout) + 1
        else:
            set_aside.append(found)
    notices = (Sentence(key="ingest.nested_folders", values={"n": n_nested}),) if n_nested else ()
    return Listing(items=tuple(items), set_aside=tuple(set_aside), notices=notices)


def is_photo(name: str) -> bool:
    """Return whether a file name looks like that of a photo; what it is, only its bytes tell."""
    return PurePosixPath(name).suffix.lower() in ACCEPTED_SUFFIXES


def _listed(name: str, path: Path, parts: Parts, layout: Layout) -> Listed | SetAside:
    class_at, split_at = layout.value
    folders = parts[:-1]
    if split_at == 0 and folders and split_named(folders[0]) is None:
        return aside(name, "outside_splits")
    if len(folders) <= class_at:
        return aside(name, "no_class_folder")
    label = clean_label(folders[class_at])
    if not label:
        return aside(name, "no_label")
    split = split_named(folders[split_at]) if split_at is not None and len(folders) > split_at else None
    return Listed(name=name, path=path, target=label, split=split)


def _n_folders(layout: Layout) -> int:
    return 1 if layout is Layout.CLASS else 2


def _photos(parts: Mapping[str, Parts]) -> list[Parts]:
    """Return the names that decide the layout: those that look like photos, or all if none does."""
    photos = [found for name, found in parts.items() if is_photo(name)]
    return photos or list(parts.values())


def _unwrapped(parts: Mapping[str, Parts]) -> dict[str, Parts]:
    """Return the names without the folders that only wrap others: ``photos/`` of ``photos/cat/1.jpg``."""
    unwrapped = dict(parts)
    while True:
        photos = _photos(unwrapped)
        tops = {found[0] for found in photos if len(found) > 1}
        if len(tops) != 1 or not any(len(found) > 2 for found in photos):
            return unwrapped
        top = tops.pop()
        unwrapped = {
            name: found[1:] if found[0] == top and len(found) > 1 else found[-1:]
            for name, found in unwrapped.items()
        }


def _layout(photos: Iterable[Parts]) -> Layout:
    """Return the layout: split folders hold folders; a class called "train" beside others holds photos."""
    folders = [found[:-1] for found in photos if len(found) > 1]
    tops = {found[0] for found in folders}
    splits = {split_named(found[0]) for found in folders if len(found) > 1} - {None}
    if len(splits) > 1 or (splits and all(split_named(top) for top in tops)):
        return Layout.SPLIT_CLASS
    if folders and all(len(found) > 1 and split_named(found[1]) for found in folders):
        return Layout.CLASS_SPLIT
    return Layout.CLASS
