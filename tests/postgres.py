"""A real PostgreSQL server for the tests, from the system's package: made in a folder of its own, gone at the end.

Only a Unix socket in that folder leads to it, so it needs no port and nobody else can reach it. It commits as in
earnest (``fsync`` is on); where there is room the folder lies in memory, since tests kill processes, not machines.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

INSTALL = "apt-get install -y --no-install-recommends postgresql"
START_SECONDS = 60.0
ROOM_BYTES = 2**30
_NUMBERS = itertools.count(1)


def postgres_programs() -> Path | None:
    """Return the folder with ``initdb`` and ``postgres`` of the newest server installed, if there is one."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/postgres"),
        key=lambda path: float(path.parts[-3]),
        reverse=True,
    )
    named = [Path(name).resolve() for name in [shutil.which("postgres")] if name]
    return next((path.parent for path in [*found, *named] if (path.parent / "initdb").exists()), None)


class PostgresServer:
    """A running server; ``new_url()`` makes an empty database in it."""

    def __init__(self, folder: Path, process: subprocess.Popen[bytes]) -> None:
        self.folder = folder
        self.process = process

    def url(self, name: str = "postgres") -> str:
        """Return the address of a database of this server, as SQLAlchemy writes it."""
        return f"postgresql+psycopg://apprenti@/{name}?host={self.folder}"

    def connect(self, name: str = "postgres") -> psycopg.Connection[Any]:
        """Return a connection of psycopg's on which every statement stands for itself."""
        import psycopg

        return psycopg.connect(self.url(name).replace("+psycopg", ""), autocommit=True, connect_timeout=10)

    def new_url(self) -> str:
        """Return the address of a new, empty database."""
        name = f"test_{next(_NUMBERS)}"
        with contextlib.closing(self.connect()) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def drop(self, url: str) -> None:
        """Drop a database that ``new_url`` made, whoever still uses it."""
        name = url.partition("@/")[2].partition("?")[0]
        with contextlib.closing(self.connect()) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextlib.contextmanager
def postgres_server(programs: Path) -> Iterator[PostgresServer]:
    """Run a server of its own while the block runs.

    Args:
        programs: as ``postgres_programs`` returns it.

    Raises:
        RuntimeError: it did not start; the message has its last words.
    """
    # not pytest's own folder: an unprivileged user may not enter that, and a socket's path has 107 letters at most
    folder = Path(tempfile.mkdtemp(prefix="apprenti-postgres-", dir=_roomy_memory()))
    user = _unprivileged_user()
    if user is not None:
        shutil.chown(folder, user)
    try:
        _initialise(programs, folder, user)
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [
                    *_as(user),
                    str(programs / "postgres"),
                    "-D",
                    str(folder / "data"),
                    "-k",
                    str(folder),
                    "-c",
                    "listen_addresses=",
                ],
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=folder,
            )
        try:
            server = PostgresServer(folder, process)
            _wait_for(server)
            yield server
        finally:
            process.send_signal(signal.SIGQUIT)  # at once: what it holds is thrown away
            process.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _roomy_memory() -> str | None:
    """Return a folder in memory; ``None``, for the usual place, where it is small as in most containers."""
    memory = Path("/dev/shm")
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free > ROOM_BYTES else None


def _initialise(programs: Path, folder: Path, user: str | None) -> None:
    words = ["--no-sync", "--auth=trust", "--username=apprenti", "--encoding=UTF8", "--locale=C.UTF-8"]
    done = subprocess.run(
        [*_as(user), str(programs / "initdb"), *words, "-D", str(folder / "data")],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
    )
    if done.returncode:
        raise RuntimeError(f"initdb: {done.stdout[-1000:]}{done.stderr[-1000:]}")


def _wait_for(server: PostgresServer) -> None:
    import psycopg

    end = time.monotonic() + START_SECONDS
    while True:
        try:
            server.connect().close()
            return
        except psycopg.OperationalError as error:
            if server.process.poll() is not None or time.monotonic() > end:
                words = (server.folder / "log").read_text(errors="replace")[-2000:]
                raise RuntimeError(f"PostgreSQL did not start: {words}") from error
            time.sleep(0.05)


def _unprivileged_user() -> str | None:
    """Return who runs the server where we are root, which it refuses; ``None`` for ourselves."""
    if os.getuid() != 0:
        return None
    return next((name for name in ("postgres", "nobody") if _known(name)), None)


def _known(user: str) -> bool:
    return subprocess.run(["id", user], capture_output=True, check=False).returncode == 0


def _as(user: str | None) -> list[str]:
    """Return the words before a command that run it as ``user``, and end it with us even if we are killed."""
    if shutil.which("setpriv") is None:
        return []
    words = ["setpriv", "--pdeathsig", "QUIT"]
    if user is None:
        return words
    group = subprocess.run(["id", "-g", user], capture_output=True, text=True, check=True).stdout.strip()
    return [*words, "--reuid", user, "--regid", group, "--clear-groups"]
