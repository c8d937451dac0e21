"""``fetch`` and ``post``: the address is looked up once, judged, and that very one is connected to."""

from __future__ import annotations

import http.client
import re
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast
from urllib.parse import urljoin

from apprenti.domain.errors import EgressError
from apprenti.domain.seams import Clock
from apprenti.egress.addresses import parsed, standing
from apprenti.egress.connection import (
    BoundedSocket,
    Connector,
    Deadline,
    Resolver,
    ask_system,
    connect_to,
    usual_tls,
)
from apprenti.egress.places import Place, place_of
from apprenti.egress.policy import EgressPolicy

USER_AGENT = "apprenti"
MAX_ADDRESSES = 4
"""Of a name that are tried one after the other."""

HEADER_BYTES = 1 << 18
"""Room for headers, chunk marks and trailers, beside the answer itself."""

_READ_BYTES = 1 << 16
_REDIRECTS = (301, 302, 303, 307, 308)
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_HEADER_VALUE = re.compile(r"[\x20-\x7e\t]*")
_OUR_HEADERS = frozenset(
    {"host", "connection", "content-length", "transfer-encoding", "upgrade", "expect", "te", "trailer"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transport:
    """By which way requests go; the defaults are the real ones.

    Args:
        clock: tells the seconds, for the deadline.
        resolve: looks names up.
        connect: connects to an address in digits.
        tls: makes what ``https`` is spoken with.
    """

    clock: Clock
    resolve: Resolver = ask_system
    connect: Connector = connect_to
    tls: Callable[[], ssl.SSLContext] = usual_tls


def fetch(url: str, policy: EgressPolicy, transport: Transport) -> bytes:
    """Return what lies at ``url``: redirects are followed, each judged anew, and only an answer of 200 counts.

    Args:
        url: with ``https://`` (or what the policy allows), without user and password.
        policy: what may be asked.
        transport: by which way.

    Raises:
        EgressError: the policy does not allow it, it leads somewhere it should not, or the answer is not there, too
            large or too slow.
    """
    place = place_of(url)
    deadline = Deadline(transport.clock, policy.seconds, place.host.name)
    for _ in range(policy.max_redirects + 1):
        with _asked(place, policy, transport, deadline) as answer:
            if answer.status not in _REDIRECTS:
                return _body(answer, place, policy)
            place = _next(place, answer)
    raise EgressError("egress_redirects", host=place.host.name, limit=policy.max_redirects)


def post(
    url: str, body: bytes, headers: Mapping[str, str], policy: EgressPolicy, transport: Transport
) -> int:
    """Send ``body`` to ``url`` and return the status of the answer, whose content is not read.

    A redirect is not followed: its status is what is returned.

    Args:
        url: as for ``fetch``.
        body: as it is.
        headers: beside those that HTTP itself needs, which cannot be set here.
        policy: what may be asked.
        transport: by which way.

    Raises:
        EgressError: as for ``fetch``.
        ValueError: a header is none, or one of those that HTTP itself needs.
    """
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name) or not _HEADER_VALUE.fullmatch(value):
            raise ValueError(f"{name!r} is no header, or its value does not fit on a line of ASCII")
        if name.lower() in _OUR_HEADERS:
            raise ValueError(f"{name} is not for callers to set")
    place = place_of(url)
    deadline = Deadline(transport.clock, policy.seconds, place.host.name)
    with _asked(place, policy, transport, deadline, body=body, headers=headers) as answer:
        return answer.status


def check_endpoint(url: str, policy: EgressPolicy, transport: Transport) -> str:
    """Return an endpoint that another client will connect to (an object store's), once it is sure to be allowed.

    That client looks the name up again, so the answer holds for a name whose owner is trusted: one that whoever runs
    the service has written into the policy, never one that a user of it controls.

    Returns:
        Scheme, host and port, with the path where there is one, without a slash at its end.

    Raises:
        EgressError: as for ``fetch``, nothing being sent.
    """
    place = place_of(url)
    if "?" in place.target:
        raise EgressError("egress_url", url=place.url.partition("?")[0][:200])
    deadline = Deadline(transport.clock, policy.seconds, place.host.name)
    _judged_addresses(place, policy, transport, deadline)
    return place.url.rstrip("/")


def _judged_addresses(
    place: Place, policy: EgressPolicy, transport: Transport, deadline: Deadline
) -> list[str]:
    """Return the addresses to connect to, all of them judged.

    A name with one bad address among good ones is refused whole: honest names have none. What a name leads to is not
    told, and one that leads nowhere is told the same, so that nobody can read the names of this network here.
    """
    name = place.host.name
    if policy.is_off:
        raise EgressError("egress_off")
    if not policy.allows_name(name):
        raise EgressError("egress_host", host=name)
    if place.scheme not in policy.schemes:
        raise EgressError("egress_scheme", scheme=place.scheme, allowed=", ".join(policy.schemes))
    if place.port not in policy.ports:
        raise EgressError("egress_port", port=str(place.port), host=name)
    if place.host.is_numeric:
        found = [name]
    else:
        found = list(transport.resolve(name, place.port, deadline.seconds_left()))
        deadline.seconds_left()
    allowed = {"public", "private"} if policy.allows_private(name) else {"public"}
    if not found or not all(_standing_of(address) in allowed for address in found):
        raise EgressError("egress_address", host=name)
    return found[:MAX_ADDRESSES]


def _standing_of(written: str) -> str:
    try:
        return standing(parsed(written))
    except ValueError:
        return "never"


@contextmanager
def _asked(
    place: Place,
    policy: EgressPolicy,
    transport: Transport,
    deadline: Deadline,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Iterator[http.client.HTTPResponse]:
    """Send one request and give its answer, headers read and content not; the connection is closed afterwards."""
    addresses = _judged_addresses(place, policy, transport, deadline)
    with _failures_named(place, deadline):
        connection = _connected(addresses, place, transport, deadline)
        try:
            bounded = BoundedSocket(
                connection, deadline=deadline, max_bytes=policy.max_bytes + HEADER_BYTES, host=place.host.name
            )
            exchange = http.client.HTTPConnection(place.host.name, place.port)
            exchange.auto_open = 0  # it shall never connect by itself
            exchange.sock = cast("socket.socket", bounded)
            own = {"Host": place.authority, "User-Agent": USER_AGENT, "Accept": "*/*", "Connection": "close"}
            method = "GET" if body is None else "POST"
            exchange.request(method, place.target, body=body, headers={**own, **(headers or {})})
            with exchange.getresponse() as answer:
                yield answer
        finally:
            connection.close()


def _connected(addresses: list[str], place: Place, transport: Transport, deadline: Deadline) -> socket.socket:
    """Return a connection to the first address that answers, under TLS for the host where it is ``https``."""
    for at, address in enumerate(addresses):
        # a dead address must not cost the living ones their time
        share = deadline.seconds_left() / (len(addresses) - at)
        try:
            connection = transport.connect(address, place.port, share)
            break
        except OSError:
            if at == len(addresses) - 1:
                raise
    if place.scheme != "https":
        return connection
    try:
        connection.settimeout(deadline.seconds_left())
        return transport.tls().wrap_socket(connection, server_hostname=place.host.name)
    except BaseException:
        connection.close()
        raise


@contextmanager
def _failures_named(place: Place, deadline: Deadline) -> Iterator[None]:
    """Turn whatever a network and a server can do wrong into one error that names the host."""
    try:
        yield
    except EgressError:
        raise
    except TimeoutError as error:
        raise deadline.error() from error
    except ssl.SSLError as error:
        raise EgressError("egress_tls", host=place.host.name) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise EgressError("egress_failed", host=place.host.name) from error


def _next(place: Place, answer: http.client.HTTPResponse) -> Place:
    location = answer.getheader("location", "")
    if not location:
        raise EgressError("egress_status", host=place.host.name, status=str(answer.status))
    return place_of(urljoin(place.url, location))


def _body(answer: http.client.HTTPResponse, place: Place, policy: EgressPolicy) -> bytes:
    """Return the content, refused by its announced length before it is read and by its true one while it is."""
    if answer.status != http.client.OK:
        raise EgressError("egress_status", host=place.host.name, status=str(answer.status))
    too_large = EgressError("egress_too_large", host=place.host.name, limit=f"{policy.max_bytes / 1e6:g}")
    if answer.length is not None and answer.length > policy.max_bytes:
        raise too_large
    blocks, n_bytes = [], 0
    while block := answer.read(_READ_BYTES):
        n_bytes += len(block)
        if n_bytes > policy.max_bytes:
            raise too_large
        blocks.append(block)
    if answer.length:  # announced more than came
        raise EgressError("egress_failed", host=place.host.name)
    return b"".join(blocks)
