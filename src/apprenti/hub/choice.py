"""Which files of a repository make a backbone; nothing that could run code is ever among them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from apprenti.domain.errors import BackboneError
from apprenti.domain.hub import ONNX_ENDING, WEIGHTS, HubAddress, is_plain_file

MAX_NETWORK_BYTES = 400_000_000
MAX_DESCRIPTION_BYTES = 1_000_000
CONFIG = "config.json"
PREPROCESSOR = "preprocessor_config.json"
_USUAL_PLACES = ("onnx/model.onnx", "model.onnx")
_PICKLES = (".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".joblib")
_MOST_NAMED = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A file as the hub tells of it.

    Args:
        size_bytes: of it; ``None`` where the hub does not tell.
        sha256: of its bytes, of a large file; ``""`` else.
        git_sha1: of it as Git keeps it, of a small file; ``""`` else.
    """

    size_bytes: int | None
    sha256: str = ""
    git_sha1: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A repository at one commit.

    Args:
        repo: ``OWNER/NAME``.
        commit: 40 hex digits.
        files: by name.
        licence: as its card names it; ``""`` where it names none.
    """

    repo: str
    commit: str
    files: Mapping[str, Offered]
    licence: str


def choose_files(listing: Listing, address: HubAddress) -> tuple[str, ...]:
    """Return the files to take: the network, then its descriptions.

    An ONNX file goes before weights, since it needs no torch.

    Raises:
        BackboneError: there is none, more than one, only a pickle, or it is too large.
    """
    network = _network(listing, address)
    _refuse_large(listing, network, MAX_NETWORK_BYTES)
    wanted = [PREPROCESSOR] if network.endswith(ONNX_ENDING) else [CONFIG, PREPROCESSOR]
    folder = PurePosixPath(network).parent
    beside = [_nearest(listing, folder, name) for name in wanted]
    if wanted[0] == CONFIG and beside[0] is None:
        raise BackboneError("hub_nothing_usable", item=str(address))
    descriptions = [name for name in beside if name is not None]
    for name in descriptions:
        _refuse_large(listing, name, MAX_DESCRIPTION_BYTES)
    return (network, *descriptions)


def _network(listing: Listing, address: HubAddress) -> str:
    names = sorted(name for name in listing.files if is_plain_file(name))
    if address.file:
        return _named(address, names)
    onnx = [name for name in names if name.endswith(ONNX_ENDING)]
    if len(onnx) == 1:
        return onnx[0]
    for place in _USUAL_PLACES:
        if place in onnx:
            return place
    if onnx:
        raise BackboneError("hub_which_file", item=str(address), files=_shown(onnx))
    if WEIGHTS in names:
        return WEIGHTS
    pickles = [name for name in names if name.endswith(_PICKLES)]
    if pickles:
        raise BackboneError("hub_only_pickle", item=str(address), files=_shown(pickles))
    raise BackboneError("hub_nothing_usable", item=str(address))


def _named(address: HubAddress, names: list[str]) -> str:
    """Return the file that was asked for, if it is there and of a kind that is read."""
    usable = [name for name in names if name.endswith(ONNX_ENDING) or PurePosixPath(name).name == WEIGHTS]
    if address.file.endswith(_PICKLES):
        raise BackboneError("hub_only_pickle", item=str(address), files=address.file)
    if address.file not in usable:
        raise BackboneError("hub_file_unknown", item=str(address), files=_shown(usable))
    return address.file


def _nearest(listing: Listing, folder: PurePosixPath, name: str) -> str | None:
    """Return the description beside the network or, as is usual, in the repository's own folder."""
    return next((place for place in (str(folder / name), name) if place in listing.files), None)


def _refuse_large(listing: Listing, name: str, limit: int) -> None:
    size = listing.files[name].size_bytes
    if size is None or size > limit:
        raise BackboneError("backbone_too_large", item=f"{listing.repo}/{name}", limit=limit // 1_000_000)


def _shown(names: Iterable[str]) -> str:
    """Return file names in a line, the first dozen of them."""
    listed = list(names)
    more = ", …" if len(listed) > _MOST_NAMED else ""
    return ", ".join(listed[:_MOST_NAMED]) + more if listed else "-"
