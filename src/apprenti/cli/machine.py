"""What this machine is, asked of it for ``apprenti doctor``."""

from __future__ import annotations

import os
import secrets
import shutil
import sys
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from apprenti.domain.errors import ApprentiError, OptionError
from apprenti.domain.health import Finding, Level, finding
from apprenti.flow.service.machine_findings import (
    FolderFacts,
    judge_disk,
    judge_folder,
    judge_packages,
    needed,
)

if TYPE_CHECKING:
    from apprenti.opening import Place


def program_findings() -> Iterator[Finding]:
    """Yield what is found of Python and the packages."""
    python = ".".join(str(part) for part in sys.version_info[:3])
    yield finding("program", Level.OK, "program", version=metadata.version("apprenti"), python=python)
    requirements = metadata.requires("apprenti") or []
    yield judge_packages(requirements, {name: _version(name) for name in needed(requirements)})
    yield _onnxruntime()
    torch = _version("torch")
    yield finding("torch", Level.OK, "torch_there" if torch else "torch_absent", version=torch or "")


def folder_findings(place: Place) -> Iterator[Finding]:
    """Yield what is found of the folders of a service, which may not be there yet."""
    folder = place.folder
    if folder.is_dir():
        facts = _facts(folder)
        yield judge_folder(facts, str(folder))
        yield judge_disk(facts, str(folder))
    else:
        there = next(parent for parent in folder.parents if parent.is_dir())
        yield judge_disk(_facts(there, writes=False), str(there))
    blobs = Path(place.blobs) if place.blobs and not place.blobs.startswith("s3://") else None
    if blobs is not None and blobs.is_dir() and blobs.stat().st_dev != _device(folder):
        yield judge_disk(_facts(blobs, writes=False), str(blobs))


def port_finding(host: str, port: int, *, is_served: bool) -> Finding:
    """Return whether the service could listen, unless it does so already."""
    from apprenti.server import listen

    values: Mapping[str, str] = {"host": host, "port": str(port)}
    if is_served:
        return finding("port", Level.OK, "served", **values)
    try:
        listen(host, port).close()
    except OptionError:
        return finding("port", Level.WARNING, "port_taken", advice="other_port", **values)
    return finding("port", Level.OK, "port_free", **values)


def served_finding(place: Place) -> tuple[bool, Finding | None]:
    """Return whether a server has the folder, and what kept us from seeing it."""
    from apprenti.flow.service.doctor import trouble
    from apprenti.opening import is_served

    try:
        return is_served(place), None
    except ApprentiError as error:
        return False, trouble("folder", error)


def _onnxruntime() -> Finding:
    try:
        import onnxruntime
    except Exception as error:  # whatever a broken library raises, it is what the person has to read
        cause = " ".join(str(error).split())[:200]
        return finding(
            "onnxruntime", Level.PROBLEM, "onnxruntime_broken", advice="install_again", cause=cause
        )
    return finding("onnxruntime", Level.OK, "onnxruntime_there", version=str(onnxruntime.__version__))


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _facts(folder: Path, *, writes: bool = True) -> FolderFacts:
    there, disk = folder.stat(), shutil.disk_usage(folder)
    return FolderFacts(
        mode=there.st_mode,
        is_ours=not hasattr(os, "getuid") or there.st_uid == os.getuid(),
        is_writable=writes and _is_writable(folder),
        n_bytes_free=disk.free,
        n_bytes=disk.total,
    )


def _is_writable(folder: Path) -> bool:
    """Return whether a file can be made: a read-only disk says yes to those who only ask for permission."""
    probe = folder / f".{secrets.token_hex(8)}.probe"
    try:
        probe.touch(mode=0o600, exist_ok=False)
        probe.unlink()
    except OSError:
        return False
    return True


def _device(folder: Path) -> int | None:
    return folder.stat().st_dev if folder.is_dir() else None
