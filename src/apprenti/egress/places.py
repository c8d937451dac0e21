"""An address as a person writes it, taken apart so strictly that no two programs can read it differently.

Most ways around a guard are addresses that it reads one way and the connection another: ``0x7f.1``, a backslash, a
line break, a password with an ``@`` in it. So what is not plainly one of ours is refused rather than repaired.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv6Address
from urllib.parse import quote, urlsplit

from apprenti.domain.errors import EgressError
from apprenti.egress.addresses import parsed

MAX_URL_LETTERS = 8192
"""Signed addresses of object stores run to two thousand letters and more."""

DEFAULT_PORTS = {"https": 443, "http": 80}
_NAME = re.compile(
    r"(?=.{1,253}\Z)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*"
)
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*", re.ASCII)
_NEVER_IN_URL = re.compile(r"[\x00-\x20\x7f\\\x80-\xa0\u2028\u2029]")
_PATH_LETTERS = "/%:@!$&'()*+,;=~-._"
_LOCAL_ENDINGS = (
    "localhost",
    "localdomain",
    "local",
    "internal",
    "intranet",
    "lan",
    "home",
    "corp",
    "home.arpa",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """The host of an address.

    Args:
        name: in lower case; of an address in digits its one usual spelling, without brackets.
        is_numeric: whether it is an address in digits.
    """

    name: str
    is_numeric: bool

    @property
    def is_local(self) -> bool:
        """Whether only this machine or this network can know the name."""
        return not self.is_numeric and (
            "." not in self.name or self.name.endswith(tuple(f".{ending}" for ending in _LOCAL_ENDINGS))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a request goes.

    Args:
        scheme: ``https`` or ``http``, in lower case; others are for the policy to refuse.
        host: whom it is addressed to.
        port: the usual one of the scheme where none was written.
        target: path and query, in ASCII, beginning with ``/``.
    """

    scheme: str
    host: Host
    port: int
    target: str

    @property
    def authority(self) -> str:
        """Host and port as a Host header has them: an IPv6 address in brackets, the usual port left out."""
        name = f"[{self.host.name}]" if ":" in self.host.name else self.host.name
        return name if DEFAULT_PORTS.get(self.scheme) == self.port else f"{name}:{self.port}"

    @property
    def url(self) -> str:
        """The whole address, in the one way it is written here."""
        return f"{self.scheme}://{self.authority}{self.target}"


def place_of(url: str) -> Place:
    """Return where ``url`` leads; a fragment is left out, letters outside ASCII in the path are percent-encoded.

    Raises:
        EgressError: it is no plain address: none of a host, with a user or password, with spaces, backslashes or
            control letters, or with a host in letters outside ASCII or in unusual digits.

    Example:
        >>> place_of("https://Example.org/a.jpg?size=2").url
        'https://example.org/a.jpg?size=2'
    """
    if len(url) > MAX_URL_LETTERS or _NEVER_IN_URL.search(url):
        raise EgressError("egress_url", url=_shown(url))
    try:
        parts = urlsplit(url)
        port = parts.port
        if "@" in parts.netloc:
            raise EgressError("egress_credentials", url=_shown(url))
        host = host_of(_host_text(parts.netloc))
        target = quote(parts.path or "/", safe=_PATH_LETTERS)
        query = quote(parts.query, safe=_PATH_LETTERS + "?[]|")
    except ValueError as error:
        raise EgressError("egress_url", url=_shown(url)) from error
    if not url.lower().startswith(f"{parts.scheme}://") or port == 0:
        raise EgressError("egress_url", url=_shown(url))
    return Place(
        scheme=parts.scheme,
        host=host,
        port=DEFAULT_PORTS.get(parts.scheme, 0) if port is None else port,
        target=f"{target}?{query}" if query else target,
    )


def host_of(written: str) -> Host:
    """Return the host that ``written`` names, brackets around an IPv6 address allowed.

    Raises:
        ValueError: it is neither a name in ASCII nor an address in its usual spelling. What ends in a number is an
            address to every C library, in octal, hexadecimal or one number: it must be four plain decimal ones.

    Example:
        >>> host_of("2130706433")
        Traceback (most recent call last):
        ValueError: '2130706433' does not appear to be an IPv4 or IPv6 address
    """
    if written.startswith("[") and written.endswith("]"):
        return Host(name=str(IPv6Address(parsed_six(written[1:-1]))), is_numeric=True)
    name = written.lower()
    if ":" in name:
        return Host(name=str(IPv6Address(parsed_six(name))), is_numeric=True)
    name = name.removesuffix(".")
    if _NUMBER.fullmatch(name.rpartition(".")[2]):
        return Host(name=str(parsed(name)), is_numeric=True)
    if not _NAME.fullmatch(name):
        raise ValueError("not a host name")
    return Host(name=name, is_numeric=False)


def parsed_six(written: str) -> IPv6Address:
    """Return an IPv6 address as written, what it may carry inside left in its place.

    Raises:
        ValueError: it is none, or one of a single network card.
    """
    parsed(written)
    return IPv6Address(written)


def _host_text(netloc: str) -> str:
    """Return the host of ``NAME[:PORT]``, as written: ``urlsplit`` would already have changed it."""
    if netloc.startswith("["):
        inside, closing, rest = netloc.partition("]")
        if rest and not rest.startswith(":"):
            raise ValueError("letters after the bracket")
        return inside + closing
    return netloc.partition(":")[0]


def _shown(text: str) -> str:
    """Return letters that can stand in a message, without what a signed address keeps secret."""
    plain = "".join(letter if letter.isprintable() else "\ufffd" for letter in text.partition("?")[0])
    return re.sub(r"//[^/]*@", "//…@", plain)[:200]
