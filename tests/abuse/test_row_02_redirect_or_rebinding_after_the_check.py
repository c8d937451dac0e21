"""Row 2: what was judged is not what is asked: a redirect, or a name that leads elsewhere the second time.

Bitten: Label Studio CVE-2023-47116. Expected: the resolved address is pinned, every hop is checked.
"""

from __future__ import annotations

import pytest
from tests.egress.servers import PUBLIC, Names, Wires, public, redirects, sends, serving, transport

from apprenti.domain.errors import EgressError
from apprenti.egress import fetch


@pytest.mark.parametrize(
    "to",
    ["http://127.0.0.1:{port}/", "http://169.254.169.254/latest/", "http://[::1]:{port}/", "//localhost:{port}/",
     "http://0x7f.1:{port}/", "http://inside.example.org/", "http://me:pw@photos.example.org/", "file:///etc/passwd",
     "http://photos.example.org:22/", "http://photos.example.org\\@127.0.0.1/", "gopher://photos.example.org/"],
)  # fmt: skip
@pytest.mark.parametrize("status", [301, 307])
def test_a_redirect_is_judged_as_the_first_address_was(to: str, status: int) -> None:
    with (
        serving(sends(b"secret")) as inside,
        serving(redirects(to=to.format(port=inside.port), status=status)) as server,
    ):
        names = Names(photos_example_org=(PUBLIC,), inside_example_org=("10.0.0.1",))
        wires = Wires(server, inside)
        policy = public(server, ports=(80, 443, server.port, inside.port))
        with pytest.raises(EgressError):
            fetch("http://photos.example.org/", policy, transport(names, wires))
        assert inside.requests == []
        assert [address for address, _ in wires.connected] == [PUBLIC]


def test_a_name_is_looked_up_once_and_what_it_leads_to_a_moment_later_does_not_matter() -> None:
    with serving(sends(b"photo")) as server:
        names = Names().in_turn("rebinding.example.org", (PUBLIC,), ("127.0.0.1",))
        wires = Wires(server)
        assert fetch("http://rebinding.example.org/", public(server), transport(names, wires)) == b"photo"
        assert names.asked == ["rebinding.example.org"]
        assert wires.connected == [(PUBLIC, 80)]


def test_a_name_that_leads_inside_at_the_second_hop_is_refused_there() -> None:
    with serving(redirects(to="/again")) as server:
        names = Names().in_turn("rebinding.example.org", (PUBLIC,), ("127.0.0.1",))
        wires = Wires(server)
        with pytest.raises(EgressError) as caught:
            fetch("http://rebinding.example.org/", public(server), transport(names, wires))
        assert caught.value.key == "egress_address"
        assert wires.connected == [(PUBLIC, 80)]


def test_a_redirect_to_an_allowed_host_is_followed_or_these_tests_would_prove_nothing() -> None:
    with (
        serving(sends(b"photo")) as there,
        serving(redirects(to=f"http://b.example.org:{there.port}/")) as server,
    ):
        names = Names(a_example_org=(PUBLIC,), b_example_org=(PUBLIC,))
        policy = public(server, ports=(80, server.port, there.port))
        assert fetch("http://a.example.org/", policy, transport(names, Wires(server, there))) == b"photo"
