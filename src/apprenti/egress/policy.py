"""What may be asked, as data: nothing, until whoever runs the service names it."""

from __future__ import annotations

from dataclasses import dataclass

from apprenti.domain.errors import OptionError
from apprenti.egress.places import Host, host_of

ANY_NAME = "*"
SCHEMES = ("https", "http")


@dataclass(frozen=True, slots=True, kw_only=True)
class EgressPolicy:
    """Which addresses may be asked and how long, how much and how far each request may go.

    The default allows nothing.

    Args:
        hosts: names or addresses that may be asked where they lead to the public internet; ``*.example.org`` stands
            for every name below ``example.org`` (not itself), ``*`` for every name. An address in digits is only
            allowed where it is written out.
        private_hosts: names or addresses, written out, that may also lead to a private network or this machine.
        schemes: ``https``, and ``http`` for those who want it.
        ports: that may be asked.
        max_bytes: of an answer, as it is read.
        seconds: for a whole request: looking up, connecting, redirects and all of the answer.
        max_redirects: of one ``fetch``; each is judged as the first address was.

    Raises:
        OptionError: a pattern, port, scheme or limit is not one.

    Example:
        >>> EgressPolicy(hosts=("*.example.org",)).allows_name("photos.example.org")
        True
    """

    hosts: tuple[str, ...] = ()
    private_hosts: tuple[str, ...] = ()
    schemes: tuple[str, ...] = ("https",)
    ports: tuple[int, ...] = (443,)
    max_bytes: int = 20_000_000
    seconds: float = 20.0
    max_redirects: int = 3

    def __post_init__(self) -> None:
        for pattern in (*self.hosts, *self.private_hosts):
            below = pattern.removeprefix("*.")
            is_wild = below != pattern or pattern == ANY_NAME
            if is_wild and pattern in self.private_hosts:
                raise OptionError("egress_pattern", pattern=pattern)
            if pattern != ANY_NAME and (host := _host(below)).is_numeric and is_wild:
                raise OptionError("egress_pattern", pattern=str(host))
        for scheme in self.schemes:
            if scheme not in SCHEMES:
                raise OptionError("egress_pattern", pattern=scheme)
        for port in self.ports:
            if not 1 <= port <= 65535:
                raise OptionError("egress_pattern", pattern=str(port))
        if self.max_bytes < 1 or self.seconds <= 0 or self.max_redirects < 0:
            raise OptionError("egress_limits")

    @property
    def is_off(self) -> bool:
        """Whether nothing at all may be asked."""
        return not (self.hosts or self.private_hosts)

    def allows_name(self, name: str) -> bool:
        """Return whether a host, as ``host_of`` writes it, is named."""
        return self.allows_private(name) or any(_matches(pattern, name) for pattern in self.hosts)

    def allows_private(self, name: str) -> bool:
        """Return whether a host may lead to a private network."""
        return any(_host(pattern).name == name for pattern in self.private_hosts)


def _host(pattern: str) -> Host:
    try:
        return host_of(pattern)
    except ValueError as error:
        raise OptionError("egress_pattern", pattern=pattern[:200]) from error


def _matches(pattern: str, name: str) -> bool:
    """Return whether ``pattern`` stands for ``name``; a wildcard never does for digits or a name of this network."""
    host = _host(name)
    if pattern == ANY_NAME:
        return not host.is_numeric and not host.is_local
    if pattern.startswith("*."):
        return not host.is_numeric and not host.is_local and name.endswith("." + _host(pattern[2:]).name)
    return _host(pattern).name == name
