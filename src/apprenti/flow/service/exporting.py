"""A workspace as one archive: every row, image and model, to keep or to carry to another machine.

apprenti-workspace.json   what it is, and how many of each
rows/tasks.jsonl …        one line for each row; no token, secret or webhook is among them
blobs/3f9a…               images and models, named by the SHA-256 of their bytes
"""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass
from typing import IO, Any

from apprenti.domain.service import Caller, Role
from apprenti.flow.service.access import allow
from apprenti.flow.service.service import Service, note
from apprenti.store.database import whole, workspaces

FORMAT = "apprenti workspace"
FORMAT_VERSION = 1
CARD = "apprenti-workspace.json"
EPOCH = (1980, 1, 1, 0, 0, 0)
BLOB_FIELDS = {
    "images": ("sha256",),
    "versions": ("model_sha256", "reference_sha256", "known_sha256", "run_sha256"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What went into an archive.

    Args:
        n_rows: by table.
        n_blobs: images and models.
        n_bytes: of those.
    """

    n_rows: dict[str, int]
    n_blobs: int
    n_bytes: int


def export_workspace(service: Service, caller: Caller, workspace_id: str, out: IO[bytes]) -> Exported:
    """Write a workspace as one archive, as it stands at this moment.

    Args:
        service: what to work with.
        caller: on whose behalf.
        workspace_id: which.
        out: open for writing; it need not be able to go back.

    Raises:
        NotFoundError: there is no such workspace, or a blob is gone.
        StoreError: a blob is damaged.
    """
    allow(caller, workspace_id, Role.OWNER)
    n_rows: dict[str, int] = {}
    hashes: dict[str, None] = {}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        with service.database.read() as tx:
            workspace = workspaces.get(tx, workspace_id)
            for part in whole.PARTS:
                n_rows[part.name] = 0
                with archive.open(_member(f"rows/{part.name}.jsonl"), "w", force_zip64=True) as file:
                    for row in whole.rows_of(tx, part, workspace_id):
                        n_rows[part.name] += 1
                        for field in BLOB_FIELDS.get(part.name, ()):
                            if row[field]:
                                hashes[row[field]] = None
                        file.write(_line(dict(row)))
        n_bytes = 0
        for sha256 in sorted(hashes):
            data = service.blobs.get(sha256)
            n_bytes += len(data)
            archive.writestr(_member(f"blobs/{sha256}", zipfile.ZIP_STORED), data)
        card = {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "name": workspace.name,
            "rows": n_rows,
            "n_blobs": len(hashes),
        }
        archive.writestr(_member(CARD), json.dumps(card, indent=2))  # last: an archive broken off has none
    with service.database.write() as tx:
        note(tx, service, caller, workspace_id, "export", "workspace", workspace_id, n_blobs=len(hashes))
    return Exported(n_rows=n_rows, n_blobs=len(hashes), n_bytes=n_bytes)


def _member(name: str, kind: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, EPOCH)
    member.compress_type = kind
    member.external_attr = 0o600 << 16
    return member


def _line(row: dict[str, Any]) -> bytes:
    return (json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n").encode()
