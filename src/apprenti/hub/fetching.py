"""From an address to files that are known to be the right ones; and from a pin, later, to the same files again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from apprenti.domain.errors import BackboneError
from apprenti.domain.hub import HubAddress, HubFile, HubPin
from apprenti.hub.access import HubAccess
from apprenti.hub.choice import Listing, choose_files
from apprenti.hub.client import MB, cached, download, look_up, require_client

if TYPE_CHECKING:
    from apprenti.domain.seams import Progress

_CHUNK_BYTES = 2**20


def fetch(address: HubAddress, access: HubAccess, *, progress: Progress) -> HubPin:
    """Look an address up, take its files, and return what it stands for from now on.

    Args:
        address: where a branch or tag is named, the commit it stands at now is what is pinned.
        access: the hub.
        progress: told how many megabytes have come.

    Raises:
        BackboneError: the hub cannot be reached (told within two seconds), has no such network, or sent other bytes
            than it said.
    """
    require_client(str(address))
    if not access.is_reachable():
        raise BackboneError("hub_offline", item=str(address), host=urlsplit(access.endpoint).netloc)
    listing = look_up(address, access)
    names = choose_files(listing, address)
    progress.begin("downloading", -(-sum(listing.files[name].size_bytes or 0 for name in names) // MB))
    try:
        files = tuple(
            _checked(listing, name, download(listing, name, access, progress), access) for name in names
        )
    finally:
        progress.end()
    return HubPin(repo=listing.repo, commit=listing.commit, files=files, licence=listing.licence)


def files_of(pin: HubPin, access: HubAccess) -> dict[str, Path] | None:
    """Return where the files of a pin lie, by name, asking nobody; ``None`` where one is not there any more.

    Raises:
        BackboneError: one is not what it was; it is deleted, so that the next time takes it anew.
    """
    require_client(str(pin.address))
    found = {}
    for file in pin.files:
        path = cached(pin.repo, pin.commit, file.name, access)
        if path is None:
            return None
        if _digest(path) != file.sha256:
            _discard(path, access)
            raise BackboneError("hub_wrong_hash", item=str(pin.address), file=file.name)
        found[file.name] = path
    return found


def _checked(listing: Listing, name: str, path: Path, access: HubAccess) -> HubFile:
    """Return what is to be remembered of a file that came, after making sure that it is what was announced."""
    offered = listing.files[name]
    size, sha256 = path.stat().st_size, _digest(path)
    right = sha256 == offered.sha256 if offered.sha256 else _git_digest(path) == offered.git_sha1
    if not right or size != offered.size_bytes:
        _discard(path, access)
        item = HubAddress(repo=listing.repo, revision=listing.commit, file=name)
        raise BackboneError("hub_wrong_hash", item=str(item), file=name)
    return HubFile(name=name, size_bytes=size, sha256=sha256)


def _discard(path: Path, access: HubAccess) -> None:
    """Delete a file of the cache: the name it has in its commit, and the bytes that name leads to."""
    leads_to = path.resolve()
    if leads_to.is_relative_to(access.cache_folder.resolve()):
        leads_to.unlink(missing_ok=True)
    path.unlink(missing_ok=True)


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    for chunk in _chunks(path):
        digest.update(chunk)
    return digest.hexdigest()


def _git_digest(path: Path) -> str:
    """Return the SHA-1 that Git knows a file by, which is all a hub tells of small ones."""
    digest = hashlib.sha1(f"blob {path.stat().st_size}\0".encode(), usedforsecurity=False)
    for chunk in _chunks(path):
        digest.update(chunk)
    return digest.hexdigest()


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk
