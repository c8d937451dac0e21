"""One request at a time over HTTP, by the standard library alone: kept connections, retries, errors.

Whatever is asked may be asked again without harm: reading changes nothing, PUT, PATCH and DELETE say how things shall
be, and every POST carries a key under which the service does it once. So a lost connection is no reason to give up.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import json
import os
import random
import shutil
import ssl
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote, urlencode, urlsplit

from apprenti.domain.errors import (
    OptionError,
    ServiceError,
    ServiceRefusalError,
    ServiceUnreachableError,
)
from apprenti.texts import Lang

IDLE_SECONDS = 10.0
"""A kept connection older than this may be closed at the other end just now: a new one is opened."""
FIRST_PAUSE_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 8.0
COMES_BACK = frozenset({429, 502, 503, 504})
"""Statuses that another try may change: too many requests, busy, or a proxy whose service is starting."""
NOT_FOUND = 404
LONG_SECONDS = 3600.0
"""How long the other end may take to make an archive, or to take one in."""
PIECE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What was answered.

    Args:
        status: 2xx.
        headers: by their names in small letters.
        data: the body.
    """

    status: int
    headers: Mapping[str, str]
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What is sent.

    Args:
        data: as it goes out.
        content_type: what it is.
        file: sent instead of ``data``, a piece at a time.
    """

    data: bytes = b""
    content_type: str = ""
    file: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A request as it goes out, perhaps several times.

    Args:
        method: of HTTP.
        where: path and query.
        body: what is sent.
        headers: with it.
        into: takes the body of the answer, where that is too large for memory.
    """

    method: str
    where: str
    body: Body
    headers: Mapping[str, str]
    into: IO[bytes] | None

    @property
    def is_long(self) -> bool:
        """Whether a file travels, which the other end has to make or to read before it answers."""
        return self.into is not None or self.body.file is not None


class Transport:
    """The way to one service; several threads may share it.

    Args:
        address: ``http://HOST:PORT`` or ``https://…``, with a path where a proxy puts the service under one.
        token: the secret.
        workspace: the one meant, where it is not the token's own.
        lang: what errors are said in.
        timeout_seconds: of each wait for the other end.
        patience_seconds: how long to try again, all in all, before giving up.
        insecure_http: the token may travel unencrypted to another machine.
        ca_file: certificates to trust instead of the system's.
        wait: waits so many seconds.
        clock: seconds that only ever grow.
        jitter: draws from 0..1, so that many clients do not come back at once.

    Raises:
        OptionError: the address cannot be used.
    """

    def __init__(
        self,
        address: str,
        token: str,
        *,
        workspace: str | None = None,
        lang: Lang = "en",
        timeout_seconds: float = 60.0,
        patience_seconds: float = 60.0,
        insecure_http: bool = False,
        ca_file: Path | None = None,
        wait: Callable[[float], object] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] | None = None,
    ) -> None:
        self.address = address.rstrip("/")
        self._scheme, self._host, self._port, self._prefix = _parts(self.address, insecure_http)
        self._headers = {
            "Authorization": f"Token {token}",
            "Accept-Language": lang,
            "User-Agent": "apprenti-client",
        }
        self._workspace = workspace
        self._timeout_seconds, self._patience_seconds = timeout_seconds, patience_seconds
        self._tls = ssl.create_default_context(cafile=ca_file) if self._scheme == "https" else None
        self._wait, self._clock = wait, clock
        self._jitter = jitter or random.Random().random  # noqa: S311 (when to come back is no secret)
        self._idle: list[tuple[http.client.HTTPConnection, float]] = []
        self._lock = threading.Lock()

    def ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Body | None = None,
        patience_seconds: float | None = None,
        into: IO[bytes] | None = None,
    ) -> Reply:
        """Return the answer to one request, which is sent again where that can help.

        Args:
            method: of HTTP.
            path: under the address.
            query: what is left out is ``None``; several of a name are a list.
            body: what is sent.
            patience_seconds: instead of the usual.
            into: takes the body of the answer in place of ``Reply.data``; written anew at each try.

        Raises:
            ServiceRefusalError: the service will not; status and message say why.
            ServiceUnreachableError: nothing answers, or nothing that is a service.
        """
        body = body or Body()
        headers = dict(self._headers)
        if body.content_type:
            headers["Content-Type"] = body.content_type
        if method == "POST":
            headers["Idempotency-Key"] = str(uuid.uuid4())
        where = self._prefix + path + self._query(query or {})
        asked = _Asked(method=method, where=where, body=body, headers=headers, into=into)
        patience = self._patience_seconds if patience_seconds is None else patience_seconds
        give_up, pause, was_lost = self._clock() + patience, FIRST_PAUSE_SECONDS, False
        while True:
            failed, hint = self._tried(asked)
            if isinstance(failed, Reply):
                return failed
            if was_lost and method == "DELETE" and _is_absent(failed):
                return Reply(status=204, headers={}, data=b"")  # the lost answer said that it was deleted
            was_lost = was_lost or isinstance(failed, ServiceUnreachableError)
            if hint is None:
                raise failed
            seconds = max(hint, pause * self._jitter())
            if self._clock() + seconds > give_up:
                raise failed
            self._wait(seconds)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    def ask_json(
        self, method: str, path: str, *, query: Mapping[str, Any] | None = None, data: Any = None
    ) -> Any:
        """Return the JSON of an answer; ``data`` is sent as JSON where it is not ``None``."""
        body = None
        if data is not None:
            body = Body(data=json.dumps(data, allow_nan=False).encode(), content_type="application/json")
        return self.read_json(self.ask(method, path, query=query, body=body))

    def read_json(self, reply: Reply) -> Any:
        """Return the JSON of an answer; ``None`` where it has no body."""
        try:
            return json.loads(reply.data) if reply.data else None
        except ValueError as error:
            raise self._unclear("no JSON") from error

    def close(self) -> None:
        """Let go of every connection."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection, _ in idle:
            connection.close()

    def _tried(self, asked: _Asked) -> tuple[Reply | ServiceError, float | None]:
        """Return the answer, or what went wrong and after how many seconds another try may help."""
        try:
            reply = self._sent(asked)
        except ssl.SSLCertVerificationError as error:
            return self._unreachable(error), None
        except (OSError, http.client.HTTPException) as error:
            return self._unreachable(error), 0.0
        if 200 <= reply.status < 300:
            return reply, None
        refusal = self._refusal(reply)
        return refusal, _seconds_asked(reply.headers) if reply.status in COMES_BACK else None

    def _sent(self, asked: _Asked) -> Reply:
        """Send a request and read its answer; over a new connection where a kept one was closed meanwhile."""
        kept = None if asked.is_long else self._kept()
        if kept is not None:
            try:
                return self._exchanged(kept, asked)
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                pass
        timeout_seconds = LONG_SECONDS if asked.is_long else self._timeout_seconds
        return self._exchanged(self._connection(timeout_seconds), asked)

    def _exchanged(self, connection: http.client.HTTPConnection, asked: _Asked) -> Reply:
        try:
            # a body that is refused before all of it was sent breaks the sending; the reason is there to be read
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                _send(connection, asked)
            answer = connection.getresponse()
            reply = Reply(
                status=answer.status,
                headers={name.lower(): value for name, value in answer.getheaders()},
                data=_received(answer, asked.into),
            )
        except BaseException:
            connection.close()
            raise
        if answer.will_close or asked.is_long:
            connection.close()
        else:
            with self._lock:
                self._idle.append((connection, self._clock()))
        return reply

    def _kept(self) -> http.client.HTTPConnection | None:
        with self._lock:
            while self._idle:
                connection, since = self._idle.pop()
                if self._clock() - since < IDLE_SECONDS:
                    return connection
                connection.close()
        return None

    def _connection(self, timeout_seconds: float) -> http.client.HTTPConnection:
        if self._tls is not None:
            return http.client.HTTPSConnection(
                self._host, self._port, timeout=timeout_seconds, context=self._tls
            )
        return http.client.HTTPConnection(self._host, self._port, timeout=timeout_seconds)

    def _query(self, query: Mapping[str, Any]) -> str:
        named = {"workspace": self._workspace, **query}
        words = [(name, _word(one)) for name, value in named.items() for one in _values(value)]
        return f"?{urlencode(words)}" if words else ""

    def _refusal(self, reply: Reply) -> ServiceError:
        try:
            error = json.loads(reply.data)["error"]
            details = tuple(error.get("details") or ())
            return ServiceRefusalError(reply.status, str(error["code"]), str(error["message"]), details)
        except (ValueError, KeyError, TypeError):
            return self._unclear(f"HTTP {reply.status}")

    def _unreachable(self, error: Exception) -> ServiceUnreachableError:
        cause = " ".join(str(error).split())[:200] or type(error).__name__
        return ServiceUnreachableError("service_unreachable", address=self.address, cause=cause)

    def _unclear(self, cause: str) -> ServiceUnreachableError:
        return ServiceUnreachableError("service_unclear", address=self.address, cause=cause)


def _send(connection: http.client.HTTPConnection, asked: _Asked) -> None:
    body, headers = asked.body, dict(asked.headers)
    if body.file is None:
        connection.request(asked.method, asked.where, body=body.data or None, headers=headers)
        return
    with body.file.open("rb") as file:
        headers["Content-Length"] = str(os.fstat(file.fileno()).st_size)
        connection.request(asked.method, asked.where, body=file, headers=headers)


def _received(answer: http.client.HTTPResponse, into: IO[bytes] | None) -> bytes:
    """Return the body of an answer; nothing, where it went into a file.

    Raises:
        HTTPException: the connection broke off before its end.
    """
    if into is None or not 200 <= answer.status < 300:
        return answer.read()
    into.seek(0)
    into.truncate()
    shutil.copyfileobj(answer, into, PIECE_BYTES)
    wanted = answer.getheader("content-length")
    if wanted is not None and into.tell() != int(wanted):
        raise http.client.IncompleteRead(b"", int(wanted) - into.tell())
    return b""


def segment(word: str) -> str:
    """Return an id as one part of a path, whatever is in it.

    Example:
        >>> segment("../tokens")
        '..%2Ftokens'
    """
    return quote(word, safe="")


def _parts(address: str, insecure_http: bool) -> tuple[str, str, int | None, str]:
    try:
        there = urlsplit(address)
        host, port = there.hostname or "", there.port
    except ValueError as error:
        raise OptionError("client_address", address=address[:200]) from error
    if there.scheme not in ("http", "https") or not host or there.username or there.query or there.fragment:
        raise OptionError("client_address", address=address.rpartition("@")[2][:200])
    if there.scheme == "http" and not insecure_http and not _is_this_machine(host):
        raise OptionError("client_unencrypted", host=host)
    return there.scheme, host, port, there.path.rstrip("/")


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _is_absent(failed: ServiceError) -> bool:
    return isinstance(failed, ServiceRefusalError) and failed.status == NOT_FOUND


def _seconds_asked(headers: Mapping[str, str]) -> float:
    """Return how long the service asks to wait; its other form, a date, would need two clocks that agree."""
    wanted = headers.get("retry-after", "")
    return float(wanted) if wanted.isdecimal() else 0.0


def _values(value: Any) -> tuple[Any, ...]:
    if value is None:
        return ()
    return tuple(value) if isinstance(value, (list, tuple)) else (value,)


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
