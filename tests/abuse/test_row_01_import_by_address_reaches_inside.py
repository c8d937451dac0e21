"""Row 1: a photo given by address is asked of an internal address or a cloud's metadata.

Bitten: Label Studio CVE-2022-36551, BentoML CVE-2025-54381. Expected: off by default; allow-list; 4xx.
"""

from __future__ import annotations

import pytest
from tests.abuse.source import calls, imports
from tests.egress.servers import PUBLIC, Names, Wires, local, public, sends, serving, transport

from apprenti.domain.errors import EgressError
from apprenti.egress import EgressPolicy, fetch, post
from apprenti.error_table import outcome_of

EVERYTHING = EgressPolicy(hosts=("*",), schemes=("http", "https"), ports=tuple(range(1, 65536)))
INSIDE = [
    "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0", "0.0.0.0", "[::]", "[::1]",
    "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
    "169.254.169.254", "[::ffff:a9fe:a9fe]",
    "[fd00:ec2::254]", "[fe80::1]", "10.0.0.1", "172.16.0.1", "192.168.0.1", "100.64.0.1",
    "100.100.100.200", "168.63.129.16", "224.0.0.1",
    "255.255.255.255", "localhost", "LOCALHOST.", "a.localhost", "db.internal", "printer.local", "router",
]  # fmt: skip


def refusal(url: str, policy: EgressPolicy, wires: Wires, names: Names | None = None) -> EgressError:
    """The error, once it is sure that nobody was connected to and that the API answers with 4xx."""
    with pytest.raises(EgressError) as caught:
        fetch(url, policy, transport(names, wires))
    assert wires.connected == []
    assert 400 <= outcome_of(caught.value).http_status < 500
    return caught.value


def test_nothing_is_asked_before_somebody_allows_it() -> None:
    names = Names(example_org=(PUBLIC,))
    assert refusal("https://example.org/a.jpg", EgressPolicy(), Wires(), names).key == "egress_off"
    assert names.asked == []


def test_only_what_is_named_is_asked_and_nothing_else_is_even_looked_up() -> None:
    names = Names(example_org=(PUBLIC,), evil_org=(PUBLIC,))
    policy = EgressPolicy(hosts=("example.org",))
    assert refusal("https://evil.org/", policy, Wires(), names).key == "egress_host"
    assert refusal("http://example.org/", policy, Wires(), names).key == "egress_scheme"
    assert refusal("https://example.org:22/", policy, Wires(), names).key == "egress_port"
    assert names.asked == []


@pytest.mark.parametrize("host", INSIDE)
def test_an_address_inside_is_refused_however_it_is_spelt_even_where_every_name_is_allowed(host: str) -> None:
    with serving(sends(b"secret")) as server:
        refusal(f"http://{host}:{server.port}/latest/meta-data/", EVERYTHING, Wires(server))
        assert server.requests == []


@pytest.mark.parametrize("host", [host for host in INSIDE if host[-1].isdigit() and host.count(".") == 3][:8])
def test_a_name_that_leads_inside_is_refused_and_what_it_leads_to_is_not_told(host: str) -> None:
    error = refusal("http://evil.org/", EVERYTHING, Wires(), Names(evil_org=(host,)))
    assert error.key == "egress_address"
    assert host not in error.said("en")
    nowhere = refusal("http://evil.org/", EVERYTHING, Wires(), Names())
    assert nowhere.said("en") == error.said("en")


def test_one_bad_address_among_good_ones_refuses_the_name() -> None:
    for found in ((PUBLIC, "127.0.0.1"), ("169.254.169.254", PUBLIC), (PUBLIC, "fe80::1%eth0")):
        assert refusal("http://evil.org/", EVERYTHING, Wires(), Names(evil_org=found)).key == "egress_address"


def test_metadata_is_refused_even_of_a_host_that_is_named_as_private() -> None:
    policy = EgressPolicy(private_hosts=("inside", "169.254.169.254"), schemes=("http",), ports=(80,))
    assert refusal("http://169.254.169.254/", policy, Wires()).key == "egress_address"
    assert (
        refusal("http://inside/", policy, Wires(), Names(inside=("169.254.169.254",))).key == "egress_address"
    )


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "gopher://example.org/", "ftp://example.org/", "data:,a", "jar:https://a!/"]
)
def test_other_schemes_are_refused(url: str) -> None:
    refusal(url, EVERYTHING, Wires(), Names(example_org=(PUBLIC,)))


def test_a_private_host_that_is_named_is_asked_since_the_guard_would_else_be_switched_off_for_it() -> None:
    with serving(sends(b"photo")) as server:
        wires = Wires(server)
        assert fetch(f"http://127.0.0.1:{server.port}/", local(server), transport(None, wires)) == b"photo"
        assert post(f"http://127.0.0.1:{server.port}/", b"", {}, local(server), transport(None, wires)) == 200


def test_a_public_host_is_asked_or_these_tests_would_pass_on_a_guard_that_refuses_everything() -> None:
    with serving(sends(b"photo")) as server:
        way = transport(Names(example_org=(PUBLIC,)), Wires(server))
        assert fetch("http://example.org/", public(server), way) == b"photo"


def test_no_other_file_of_the_package_opens_an_address() -> None:
    openers = {
        "urllib.request",
        "http.client",
        "ftplib",
        "smtplib",
        "socket.create_connection",
        "requests",
        "httpx",
    }
    found = [(file, name) for file, name in imports() if name in openers]
    found += [(place, called) for place, called, _ in calls() if called == "socket.create_connection"]
    assert {file.partition("/")[0] for file, _ in found} == {"client", "egress", "hub"}
