"""Which hub, by which way, on whose behalf; and whether it can be reached at all."""

from __future__ import annotations

import contextlib
import socket
import threading
from dataclasses import dataclass, field
from pathlib import Path

DEFAULT_ENDPOINT = "https://huggingface.co"
KNOCK_SECONDS = 1.2
"""A connection takes at most a few tenths of that, even by satellite; without one the person waits as long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HubAccess:
    """How networks are taken from a hub.

    Args:
        endpoint: of the hub, without a slash at its end.
        gateway: host and port the first connection goes to: those of the endpoint, or of the proxy before it.
        cache_folder: where the hub's files are kept, in the layout that all programs of the hub share.
        own_folder: where Apprenti keeps what addresses stand for, and networks it made from weights.
        token: the person's own, where they have set one.
        offline: nothing is asked of any network.
    """

    endpoint: str
    gateway: tuple[str, int]
    cache_folder: Path
    own_folder: Path
    token: str | None = field(default=None, repr=False)
    offline: bool = False

    @property
    def pin_folder(self) -> Path:
        """Where what addresses stand for is kept."""
        return self.own_folder / "pins"

    @property
    def export_folder(self) -> Path:
        """Where networks made from weights are kept."""
        return self.own_folder / "exported"

    def is_reachable(self) -> bool:
        """Return within 1.2 seconds whether somebody answers; without a network, looking names up alone takes ten."""
        if self.offline:
            return False
        reached = threading.Event()

        def knock() -> None:
            with contextlib.suppress(OSError):
                socket.create_connection(self.gateway, timeout=KNOCK_SECONDS).close()
                reached.set()

        # nothing can interrupt the look-up of a name: it is left behind
        waiting = threading.Thread(target=knock, daemon=True)
        waiting.start()
        waiting.join(KNOCK_SECONDS)
        return reached.is_set()
