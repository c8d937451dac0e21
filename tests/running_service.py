"""A real server of the service, in a process of its own."""

from __future__ import annotations

import os
import queue
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx

START_SECONDS = 60.0


class RunningService:
    """``apprenti serve`` on a free port; what it says is in ``lines``.

    Args:
        folder: the service's.
        arguments: more options.
        environment: more variables.
    """

    def __init__(self, folder: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> None:
        command = [
            sys.executable,
            "-m",
            "apprenti",
            "--lang",
            "en",
            "serve",
            "--data",
            str(folder),
            "--port",
            "0",
        ]
        self.process = subprocess.Popen(
            [*command, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **(environment or {})},
        )
        self.lines: list[str] = []
        self._heard: queue.Queue[str | None] = queue.Queue()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        self.url, self.secret = "", ""
        while not self.url:
            line = self._heard.get(timeout=START_SECONDS)
            assert line is not None, "".join(self.lines)
            if found := re.search(r"answers on (https?)://(\S+:\d+)/v1", line):
                self.url = f"{found[1]}://{found[2]}"
            elif found := re.fullmatch(r"  ([\w-]{43})", line):
                self.secret = found[1]

    def ask(self, method: str, path: str, *, secret: str | None = None, **options: Any) -> httpx.Response:
        """Return the answer to one request."""
        headers = {"authorization": f"Token {self.secret if secret is None else secret}"}
        headers |= dict(options.pop("headers", {}))
        verify = options.pop("verify", True)
        with httpx.Client(verify=verify, trust_env=False) as client:
            return client.request(method, f"{self.url}{path}", headers=headers, timeout=30, **options)

    def stop(self, sign: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and return the exit status."""
        self.process.send_signal(sign)
        return self.process.wait(40)

    def _listen(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(line)
            self._heard.put(line.rstrip("\n"))
        self._heard.put(None)

    def __enter__(self) -> RunningService:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._listener.join(10)  # its workers have the same pipe, and end with it
        if self.process.stderr is not None and not self._listener.is_alive():
            self.process.stderr.close()
