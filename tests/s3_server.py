"""A real S3 server for the tests: moto's, in a process of its own, which keeps what it is given in memory."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator

START_SECONDS = 60.0


@contextlib.contextmanager
def s3_server() -> Iterator[str]:
    """Run a server while the block runs; give its address, ``http://127.0.0.1:PORT``.

    Raises:
        RuntimeError: it did not start.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    endpoint = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        end = time.monotonic() + START_SECONDS
        while not _answers(endpoint):
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError("the S3 server of the tests did not start")
            time.sleep(0.05)
        yield endpoint
    finally:
        process.kill()
        process.wait()


def make_bucket(endpoint: str, name: str) -> None:
    """Make a bucket that nobody has used."""
    asked = urllib.request.Request(f"{endpoint}/{name}", method="PUT")
    with urllib.request.urlopen(asked, timeout=10):
        pass


def _answers(endpoint: str) -> bool:
    with contextlib.suppress(OSError), urllib.request.urlopen(endpoint, timeout=5):
        return True
    return False
