"""What addresses of a hub stood for when they were first looked up: one small file each, in the cache folder."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from apprenti.domain.hub import HubAddress, HubPin
from apprenti.domain.json_form import from_json, to_json
from apprenti.store.files import write_atomically


def read_pin(folder: Path, address: HubAddress) -> HubPin | None:
    """Return what ``address`` stands for on this machine; ``None`` where it was never looked up.

    A record that cannot be read, or is of another repository, counts as none.
    """
    try:
        pin = from_json(HubPin, json.loads(_path(folder, address).read_bytes()))
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    return pin if pin.repo == address.repo else None


def keep_pin(folder: Path, address: HubAddress, pin: HubPin) -> None:
    """Remember what ``address`` stands for, and the same of the address that names its commit.

    Raises:
        UserError: the folder cannot be written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    data = json.dumps(to_json(pin), sort_keys=True, indent=1).encode()
    for each in {address, pin.address}:
        write_atomically(_path(folder, each), data)


def _path(folder: Path, address: HubAddress) -> Path:
    return folder / f"{hashlib.sha256(str(address).encode()).hexdigest()}.json"
