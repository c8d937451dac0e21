"""Zip and tar archives, streamed into a private folder as files named by their content.

A member's name is only ever a label: it is never joined to a path, so nothing can be written elsewhere.
An archive that tries (``../``, absolute names, links, devices) is refused whole, as is one that grows
past its limits. Archives inside archives are not opened.
"""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import shutil
import stat
import struct
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO, BinaryIO, cast

from apprenti.domain.dataset import SetAside
from apprenti.domain.errors import DataError
from apprenti.stages.ingest.listing import aside
from apprenti.stages.ingest.tree import MAX_DEPTH, MAX_FILE_BYTES, Tree, is_hidden, shown
from apprenti.stages.ingest.xz_stream import XzStream

CHUNK_BYTES = 1 << 18
_DAMAGE = (
    zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, gzip.BadGzipFile, EOFError,
    NotImplementedError, ValueError, struct.error,
)  # fmt: skip
_ZIP_ENCRYPTED = 0x1
_ZIP_UTF8 = 0x800
_ZIP_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""What nearly all zips are made with. Of the others, ``zipfile`` unpacks all it has read at once, whatever comes of it
(256 KB of bzip2 can be 5 GB), and lets a member of LZMA say how much memory its reader takes, up to 4 GB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveLimits:
    """How far an archive may grow while it is unpacked.

    Args:
        max_bytes: of all members together.
        max_members: files, folders and others.
        max_ratio: unpacked size / archive size; photos barely shrink, bombs shrink a thousandfold.
        ratio_from_bytes: the ratio is judged only past this size, for drawings do shrink well.
        max_header_bytes: of what a tar says between two members.
    """

    max_bytes: int = 50 * 10**9
    max_members: int = 1_000_000
    max_ratio: float = 200.0
    ratio_from_bytes: int = 64 * 2**20
    max_header_bytes: int = 2**20


def is_archive(path: Path) -> bool:
    """Return whether the bytes, not the name, are those of a zip, a tar or a compressed tar."""
    with path.open("rb") as file:
        start = file.read(262)
    if start.startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0")) or start[257:262] == b"ustar":
        return True
    return zipfile.is_zipfile(path)


def unpack(archive: Path, workspace: Path, *, limits: ArchiveLimits | None = None) -> Tree:
    """Write the members of ``archive`` into a new folder of ``workspace``, each named by its SHA-256.

    Args:
        archive: a zip, tar, tar.gz, tar.bz2 or tar.xz file.
        workspace: a private folder that exists.
        limits: how far it may grow.

    Returns:
        The members by name; damaged and too large ones are set aside.

    Raises:
        DataError: it is damaged, encrypted, unsafe or too large; nothing of it is left in ``workspace``.
    """
    folder = Path(tempfile.mkdtemp(prefix="archive-", dir=workspace))
    unpacking = _Unpacking(archive, folder, limits or ArchiveLimits())
    try:
        if zipfile.is_zipfile(archive):
            unpacking.read_zip()
        else:
            unpacking.read_tar()
    except BaseException as error:
        shutil.rmtree(folder)
        # bz2 reports damage as an OSError without a number
        if isinstance(error, _DAMAGE) or (isinstance(error, OSError) and error.errno is None):
            raise DataError("damaged_archive", source=archive.name) from error
        if isinstance(error, OSError):
            raise DataError(
                "archive_not_unpacked", source=archive.name, detail=str(error.strerror or error)
            ) from error
        raise
    return Tree(
        files=dict(sorted(unpacking.files.items())),
        set_aside=tuple(unpacking.set_aside),
        n_hidden=unpacking.n_hidden,
    )


class _Unpacking:
    """One archive on its way into a folder: what has been written, and how much."""

    def __init__(self, archive: Path, folder: Path, limits: ArchiveLimits) -> None:
        self.archive = archive
        self.folder = folder
        self.limits = limits
        self.archive_bytes = archive.stat().st_size
        self.n_bytes = 0
        self.n_members = 0
        self.n_hidden = 0
        self.files: dict[str, Path] = {}
        self.set_aside: list[SetAside] = []

    def read_zip(self) -> None:
        self._count_zip_entries()
        with zipfile.ZipFile(self.archive) as archive:
            for entry in archive.infolist():
                self._member()
                name = self._safe_name(_zip_name(entry))
                kind = stat.S_IFMT(entry.external_attr >> 16)
                if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
                    raise self._refused("archive_with_links", name)
                if entry.flag_bits & _ZIP_ENCRYPTED:
                    raise DataError("encrypted_archive", source=self.archive.name)
                if entry.is_dir() or kind == stat.S_IFDIR or self._passed_over(name):
                    continue
                try:
                    if entry.compress_type not in _ZIP_METHODS:
                        raise NotImplementedError(f"method {entry.compress_type}")
                    with archive.open(entry) as data:
                        self._keep(name, data)
                except _DAMAGE:
                    self.set_aside.append(aside(name, "damaged_member"))

    def _count_zip_entries(self) -> None:
        """Refuse a zip of too many entries before ``zipfile`` makes an object of each."""
        shortest_entry_bytes = 46
        if self.archive_bytes < shortest_entry_bytes * self.limits.max_members:
            return
        n_entries = 0
        with self.archive.open("rb") as file:
            tail = b""
            while block := file.read(CHUNK_BYTES):
                n_entries += (tail + block).count(b"PK\x01\x02")
                tail = block[-3:]
        if n_entries > self.limits.max_members:
            raise self._too_large()

    def read_tar(self) -> None:
        with _decompressed(self.archive) as plain:
            metered = _Metered(plain, self)
            metered.allow_until(self.limits.max_header_bytes)  # opening reads the first header
            # "r|" reads forward only: no seeking back, no second pass over what has been judged
            with tarfile.open(fileobj=cast("IO[bytes]", metered), mode="r|") as archive:
                for entry in self._tar_entries(archive, metered):
                    self._member()
                    name = self._safe_name(entry.name)
                    if not (entry.isreg() or entry.isdir()):
                        raise self._refused("archive_with_links", name)
                    if entry.isdir() or self._passed_over(name):
                        continue
                    data = archive.extractfile(entry)
                    if data is not None:
                        self._keep(name, data)
            metered.check_end()

    def _tar_entries(self, archive: tarfile.TarFile, metered: _Metered) -> Iterator[tarfile.TarInfo]:
        """Yield the members, telling ``metered`` what may be read next: no header can swell in memory."""
        while True:
            metered.allow_until(archive.offset + self.limits.max_header_bytes)
            entry = archive.next()
            if entry is None:
                return
            metered.allow_until(archive.offset)
            vars(archive)["members"].clear()  # tarfile keeps every member otherwise
            yield entry

    def count(self, n_bytes: int) -> None:
        """Add ``n_bytes`` of unpacked data and refuse the archive once it is past a limit."""
        self.n_bytes += n_bytes
        swollen = self.n_bytes > self.limits.max_ratio * max(1, self.archive_bytes)
        if self.n_bytes > self.limits.max_bytes or (swollen and self.n_bytes > self.limits.ratio_from_bytes):
            raise self._too_large()

    def _member(self) -> None:
        self.n_members += 1
        if self.n_members > self.limits.max_members:
            raise self._too_large()

    def _safe_name(self, name: str) -> str:
        """Return the member's name with ``/`` between its parts, or refuse the archive for it."""
        parts = PureWindowsPath(name)  # knows both separators, drives and shares
        if parts.anchor or name.startswith("/") or ".." in parts.parts or "\0" in name:
            raise self._refused("unsafe_archive", name)
        if len(parts.parts) > MAX_DEPTH:
            raise self._too_large()
        return shown(str(PurePosixPath(*parts.parts)))

    def _passed_over(self, name: str) -> bool:
        hidden = any(is_hidden(part) for part in PurePosixPath(name).parts)
        self.n_hidden += hidden
        return hidden

    def _keep(self, name: str, data: IO[bytes]) -> None:
        """Write one member under the hash of its content; one too large is read past and set aside."""
        digest = hashlib.sha256()
        n_bytes = 0
        partial = self.folder / "partial"
        with partial.open("wb") as file:
            while block := data.read(CHUNK_BYTES):
                n_bytes += len(block)
                if isinstance(data, zipfile.ZipExtFile):
                    self.count(len(block))
                if n_bytes <= MAX_FILE_BYTES:
                    digest.update(block)
                    file.write(block)
        if n_bytes > MAX_FILE_BYTES:
            self.set_aside.append(aside(name, "too_large", limit_mb=MAX_FILE_BYTES // 10**6))
            return
        self.files[name] = partial.replace(self.folder / digest.hexdigest())

    def _refused(self, key: str, member: str) -> DataError:
        return DataError(key, source=self.archive.name, item=shown(member)[:200])

    def _too_large(self) -> DataError:
        return DataError("archive_too_large", source=self.archive.name)


class _Metered:
    """A stream that counts what is read from it and goes no further than it is allowed."""

    def __init__(self, stream: BinaryIO, unpacking: _Unpacking) -> None:
        self.stream = stream
        self.unpacking = unpacking
        self.at = 0
        self.allowed = 0
        self.last = b""

    def allow_until(self, offset: int) -> None:
        self.allowed = offset + tarfile.RECORDSIZE  # tarfile reads whole records ahead

    def read(self, n_bytes: int) -> bytes:
        block = self.stream.read(n_bytes)
        self.unpacking.count(len(block))
        self.at += len(block)
        if self.at > self.allowed:
            raise tarfile.ReadError("a header larger than any real one")
        self.last = block or self.last
        return block

    def check_end(self) -> None:
        """Raise where the end of a tar is missing: ``tarfile`` takes one cut between members for whole."""
        if any(self.last[-tarfile.BLOCKSIZE :]):
            raise tarfile.ReadError("cut off")


def _decompressed(archive: Path) -> BinaryIO:
    with archive.open("rb") as file:
        start = file.read(6)
    if start.startswith(b"\x1f\x8b"):
        return cast("BinaryIO", gzip.open(archive, "rb"))
    if start.startswith(b"BZh"):
        return cast("BinaryIO", bz2.open(archive, "rb"))
    if start.startswith(b"\xfd7zXZ"):
        return cast("BinaryIO", io.BufferedReader(XzStream(archive.open("rb"))))
    return archive.open("rb")


def _zip_name(entry: zipfile.ZipInfo) -> str:
    """Return the name; macOS writes UTF-8 without saying so, which ``zipfile`` takes for DOS letters."""
    if entry.flag_bits & _ZIP_UTF8:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return entry.filename
