"""Every address that is not plainly public is refused, however it is spelt."""

from __future__ import annotations

import pytest

from apprenti.egress.addresses import parsed, standing


@pytest.mark.parametrize(
    "written",
    [
        "93.184.216.34",
        "8.8.8.8",
        "172.32.0.1",
        "100.128.0.1",
        "2606:4700::1111",
        "2a00:1450::1",
        "64:ff9b::808:808",
    ],
)
def test_a_public_address_is_public(written: str) -> None:
    assert standing(parsed(written)) == "public"


@pytest.mark.parametrize(
    "written",
    ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "127.0.0.1", "127.255.255.254", "100.64.0.1", "::1",
     "fd12:3456::1", "fc00::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1"],
)  # fmt: skip
def test_an_address_of_ones_own_network_is_private_even_inside_another(written: str) -> None:
    assert standing(parsed(written)) == "private"


@pytest.mark.parametrize(
    "written",
    ["169.254.169.254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "169.254.0.1", "fe80::1", "168.63.129.16",
     "100.100.100.200", "192.0.0.192", "fd00:ec2::254", "fd20:ce::254"],
)  # fmt: skip
def test_what_tells_a_cloud_machine_its_secrets_is_never_asked(written: str) -> None:
    assert standing(parsed(written)) == "never"


@pytest.mark.parametrize(
    "written",
    ["0.0.0.0", "0.1.2.3", "::", "224.0.0.1", "239.255.255.250", "ff02::1", "255.255.255.255", "240.0.0.1", "192.0.2.1",
     "198.18.0.1", "198.51.100.1", "203.0.113.1", "192.88.99.1", "2001::1", "2001:db8::1", "2002:7f00:1::",
     "2002:808:808::", "::8.8.8.8", "::127.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b:1::a00:1",
     "100::1", "3fff::1", "fec0::1", "5f00::1"],
)  # fmt: skip
def test_what_leads_nowhere_or_through_a_tunnel_is_never_asked(written: str) -> None:
    assert standing(parsed(written)) == "never"


@pytest.mark.parametrize(
    "written",
    ["0177.0.0.1", "0x7f.0.0.1", "0x7f000001", "2130706433", "127.1", "127.0.1", "017700000001", "1.2.3.4.5",
     "256.1.1.1", "fe80::1%eth0", "::1%lo", "[::1]", "127.0.0.1/8", "", "１２７.0.0.1", " 127.0.0.1"],
)  # fmt: skip
def test_an_unusual_spelling_is_no_address(written: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        parsed(written)
