"""Networks on a hub: how one is addressed, and what pins it down for good."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from apprenti.domain.errors import OptionError

SCHEME = "hf:"
ONNX_ENDING = ".onnx"
WEIGHTS = "model.safetensors"
"""The one file of weights that is read beside ONNX: plain numbers, which cannot run anything."""

_NAME = r"[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9_])?"
_FILE = rf"(?:{_NAME}/){{0,7}}{_NAME}"
_REVISION = r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?"
_ADDRESS = re.compile(
    rf"{SCHEME}(?P<repo>{_NAME}/{_NAME})(?:@(?P<revision>{_REVISION}))?(?:/(?P<file>{_FILE}))?", re.ASCII
)
_COMMIT = re.compile(r"[0-9a-f]{40}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class HubAddress:
    """Where a network lies on a hub.

    Args:
        repo: ``OWNER/NAME``.
        revision: branch, tag or commit; ``""`` for the usual one.
        file: within the repository; ``""`` where it is for us to find.
    """

    repo: str
    revision: str = ""
    file: str = ""

    def __str__(self) -> str:
        revision = f"@{self.revision}" if self.revision else ""
        return f"{SCHEME}{self.repo}{revision}{'/' if self.file else ''}{self.file}"


BackboneChoice = Path | HubAddress
"""What ``--backbone`` may name: a file (or one of the words that stand for one), or a network on a hub."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HubFile:
    """One file of a pinned network.

    Args:
        name: within the repository.
        size_bytes: of it.
        sha256: of its bytes, 64 hex digits.
    """

    name: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HubPin:
    """What an address stood for when it was first looked up, so that it stands for the same ever after.

    Args:
        repo: ``OWNER/NAME``.
        commit: 40 hex digits.
        files: the network first, then what goes with it.
        licence: as the repository's card names it; ``""`` where it names none.
    """

    repo: str
    commit: str
    files: tuple[HubFile, ...]
    licence: str

    def __post_init__(self) -> None:
        if not self.files or not is_commit(self.commit) or not _is_repo(self.repo):
            raise ValueError("HubPin needs a repository, a commit and files")
        if not all(is_plain_file(file.name) for file in self.files):
            raise ValueError("HubPin.files have names that are not plain")

    @property
    def network(self) -> HubFile:
        """The file with the network."""
        return self.files[0]

    @property
    def address(self) -> HubAddress:
        """The address that names exactly this, today and later."""
        return HubAddress(repo=self.repo, revision=self.commit, file=self.network.name)

    @property
    def name(self) -> str:
        """The repository's name without its owner, for display."""
        return self.repo.partition("/")[2]


def backbone_choice(word: str | os.PathLike[str]) -> BackboneChoice:
    """Return what a person named as a backbone: ``hf:...`` is an address, anything else a file.

    Raises:
        OptionError: it begins with ``hf:`` and is no address.

    Example:
        >>> backbone_choice("hf:someone/vit@main/onnx/model.onnx")
        HubAddress(repo='someone/vit', revision='main', file='onnx/model.onnx')
    """
    text = os.fspath(word)
    return read_address(text) if text.startswith(SCHEME) else Path(text)


def read_address(text: str) -> HubAddress:
    """Return the address in ``hf:OWNER/NAME[@REVISION][/FILE]``.

    Only letters, digits, dots, dashes and underscores are taken, so that no part of it can lead out of a folder or
    an address of the hub.

    Raises:
        OptionError: it is not of that form.
    """
    match = _ADDRESS.fullmatch(text)
    if match is None or ".." in text or "--" in match["repo"]:
        raise OptionError("hub_address", name=text)
    return HubAddress(repo=match["repo"], revision=match["revision"] or "", file=match["file"] or "")


def is_plain_file(name: str) -> bool:
    """Return whether a file's name may stand in an address.

    Example:
        >>> is_plain_file("onnx/model.onnx"), is_plain_file("../model.onnx"), is_plain_file("/model.onnx")
        (True, False, False)
    """
    return re.fullmatch(_FILE, name, re.ASCII) is not None and ".." not in name


def is_commit(revision: str) -> bool:
    """Return whether a revision is a commit, which never changes, rather than a branch or a tag."""
    return _COMMIT.fullmatch(revision) is not None


def _is_repo(name: str) -> bool:
    return re.fullmatch(f"{_NAME}/{_NAME}", name, re.ASCII) is not None and not {"..", "--"} & {
        name[i : i + 2] for i in range(len(name) - 1)
    }
