"""Looking a name up, connecting to one address, and reading from it no longer and no more than allowed."""

from __future__ import annotations

import io
import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from typing import Any

from apprenti.domain.errors import EgressError
from apprenti.domain.seams import Clock

Resolver = Callable[[str, int, float], Sequence[str]]
"""From a name, a port and the seconds there are, to addresses in digits; an empty answer says that there are none."""

Connector = Callable[[str, int, float], socket.socket]
"""From an address in digits, a port and the seconds there are, to a connection; raises ``OSError``."""

_SEND_BYTES = 1 << 16


class Deadline:
    """The moment by which a whole request must be over.

    Args:
        clock: tells the seconds.
        seconds: from now.
        host: for the message.
    """

    def __init__(self, clock: Clock, seconds: float, host: str) -> None:
        self._clock = clock
        self._end = clock() + seconds
        self._seconds = seconds
        self._host = host

    def seconds_left(self) -> float:
        """Return how much time there is.

        Raises:
            EgressError: none.
        """
        left = self._end - self._clock()
        if left <= 0:
            raise self.error()
        return left

    def error(self) -> EgressError:
        """Return the error that says that time is up."""
        return EgressError("egress_too_slow", host=self._host, seconds=self._seconds)


def ask_system(name: str, port: int, seconds: float) -> Sequence[str]:
    """Return the addresses the system knows a name by; none where it knows none, or does not say in time."""
    found: list[str] = []

    def ask() -> None:
        try:
            answers = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return
        found.extend(dict.fromkeys(str(answer[4][0]) for answer in answers))

    # nothing can interrupt the look-up of a name: it is left behind
    waiting = threading.Thread(target=ask, daemon=True)
    waiting.start()
    waiting.join(seconds)
    return tuple(found)


def connect_to(address: str, port: int, seconds: float) -> socket.socket:
    """Return a connection to an address in digits: no name is looked up, no proxy asked."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    connection = socket.socket(family, socket.SOCK_STREAM)
    try:
        connection.settimeout(seconds)
        connection.connect((address, port))
    except BaseException:
        connection.close()
        raise
    return connection


def usual_tls() -> ssl.SSLContext:
    """Return TLS 1.2 or later, with certificates that the system trusts and that are for the host.

    Not ``ssl.create_default_context``, which would write the keys of every connection to a file that the
    environment names.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    return context


class BoundedSocket:
    """A connection as ``http.client`` wants one, bound to a deadline and a number of bytes.

    A limit on each read would not do: a server that sends one byte a second keeps every one of them.

    Args:
        connection: connected, under TLS or not.
        deadline: of all that is sent and read.
        max_bytes: that may be read, headers and all.
        host: for the message.
    """

    def __init__(self, connection: socket.socket, *, deadline: Deadline, max_bytes: int, host: str) -> None:
        self._connection = connection
        self._deadline = deadline
        self._n_left = max_bytes
        self._limit = max_bytes
        self._host = host

    def sendall(self, data: bytes) -> None:
        """Send all of ``data``."""
        view = memoryview(data)
        while view:
            self._connection.settimeout(self._deadline.seconds_left())
            view = view[self._connection.send(view[:_SEND_BYTES]) :]

    def makefile(self, *_: Any, **__: Any) -> io.BufferedReader:
        """Return the reading side."""
        return io.BufferedReader(_Reader(self))

    def close(self) -> None:
        """Do nothing: ``http.client`` closes before it has read the content; who opened the connection closes it."""

    def receive_into(self, buffer: Any) -> int:
        """Read what there is, at most one buffer of it."""
        self._connection.settimeout(self._deadline.seconds_left())
        n_bytes = self._connection.recv_into(buffer)
        self._n_left -= n_bytes
        if self._n_left < 0:
            raise EgressError("egress_too_large", host=self._host, limit=f"{self._limit / 1e6:g}")
        return n_bytes


class _Reader(io.RawIOBase):
    """The reading side of a ``BoundedSocket``."""

    def __init__(self, bounded: BoundedSocket) -> None:
        self._bounded = bounded

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._bounded.receive_into(buffer)
