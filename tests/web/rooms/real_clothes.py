"""Real clothing photos in folders called after their labels, and a real server that lives at one address."""

from __future__ import annotations

import hashlib
import socket
import tarfile
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import SHARED
from tests.faults.running import Running

ARCHIVE = SHARED / "data" / "images" / "clothing.tar"
LABELS = ("dress", "hat", "longsleeve", "shirt", "t-shirt")
"""Two that are easily told, three that are not: so that there is something to correct."""


def take_photos(folder: Path, part: str, n_each: int) -> Path:
    """Write so many photos of each label into folders called so; return ``folder``."""
    n_taken: dict[str, int] = defaultdict(int)
    with tarfile.open(ARCHIVE) as archive:
        for member in archive:
            _, of_part, label, name = (*member.name.split("/"), "", "", "")[:4]
            if of_part != part or label not in LABELS or not name or n_taken[label] == n_each:
                continue
            found = archive.extractfile(member)
            assert found is not None
            (folder / label).mkdir(parents=True, exist_ok=True)
            (folder / label / name).write_bytes(found.read())
            n_taken[label] += 1
    assert set(n_taken.values()) == {n_each}, n_taken
    return folder


def zipped(folder: Path) -> Path:
    """Return an archive of a folder's photos, beside it."""
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for file in sorted(folder.rglob("*.jpg")):
            archive.write(file, file.relative_to(folder))
    return path


def labels_by_hash(folder: Path) -> dict[str, str]:
    """Return what each photo shows, by the SHA-256 of its file."""
    return {hashlib.sha256(path.read_bytes()).hexdigest(): path.parent.name for path in folder.rglob("*.jpg")}


@contextmanager
def real_server(folder: Path) -> Iterator[Running]:
    """Give a real server with a worker, at the same address whenever it is begun again."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with Running(folder, options=["--port", str(port)]) as server:
        yield server


def address_of(server: Running) -> str:
    """Return where a server is."""
    return f"http://127.0.0.1:{server.port}"
