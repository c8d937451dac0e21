"""Which numeric addresses lead to the public internet, which to a network of one's own, and which are never asked.

The tables are written out rather than asked of ``ipaddress.is_global``, whose answers changed between patch releases
of Python, and which takes 6to4, Teredo and some relays for public although they can carry a private address inside.

Source: IANA IPv4 and IPv6 Special-Purpose Address Registries; RFC 6052 (NAT64).
"""

from __future__ import annotations

from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Literal

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Standing = Literal["public", "private", "never"]


def _networks(*written: str) -> tuple[Network, ...]:
    return tuple(ip_network(one) for one in written)


METADATA = _networks(
    "169.254.0.0/16",  # link-local; 169.254.169.254 hands out a cloud machine's credentials
    "168.63.129.16/32",  # Azure's, and public by its number
    "100.100.100.200/32",  # Alibaba's, among the addresses of carriers
    "192.0.0.192/32",  # Oracle's
    "fd00:ec2::/32",  # Amazon's, among the private addresses
    "fd20:ce::/32",  # Google's, likewise
    "fe80::/10",
)
"""Where clouds tell their machines secrets: never asked, whatever a policy says."""

PRIVATE = _networks(
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "100.64.0.0/10", "::1/128", "fc00::/7"
)  # fmt: skip
"""Networks of one's own, this machine, and carriers (RFC 6598): asked only of hosts that a policy names as private."""

NOT_PUBLIC = _networks(
    "0.0.0.0/8",  # "this" network; Linux connects 0.0.0.0 to itself
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",  # 6to4 relays
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",  # multicast
    "240.0.0.0/4",  # reserved, broadcast
    "2001::/23",  # protocols: Teredo, ORCHID and others
    "2001:db8::/32",
    "2002::/16",  # 6to4: an IPv4 address inside
    "3fff::/20",
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")


def parsed(written: str) -> Address:
    """Return the address that ``written`` spells in the one usual way.

    Octal, hexadecimal and short forms (``0177.0.0.1``, ``0x7f000001``, ``127.1``) are no addresses here; an IPv4
    address inside an IPv6 one (mapped, NAT64) comes out as what is really asked.

    Raises:
        ValueError: it is no address, or one of a single network card (``fe80::1%eth0``).

    Example:
        >>> parsed("::ffff:10.0.0.1")
        IPv4Address('10.0.0.1')
    """
    address = ip_address(written)
    if isinstance(address, IPv4Address):
        return address
    if address.scope_id is not None:
        raise ValueError(f"{written} belongs to one network card")
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def standing(address: Address) -> Standing:
    """Return where an address leads.

    Args:
        address: as ``parsed`` gives it.

    Returns:
        ``public``, ``private`` (a network of one's own), or ``never``: metadata, multicast, reserved, tunnels.
    """
    if _is_in(address, METADATA):
        return "never"
    if _is_in(address, PRIVATE):
        return "private"
    if _is_in(address, NOT_PUBLIC):
        return "never"
    # of IPv6 only one eighth is given out at all: what is not in it is not asked
    return "public" if isinstance(address, IPv4Address) or address in _GLOBAL_UNICAST else "never"


def _is_in(address: Address, networks: tuple[Network, ...]) -> bool:
    return any(address.version == network.version and address in network for network in networks)
