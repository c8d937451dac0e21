"""Row 3: a webhook or the endpoint of an object store reaches inside.

Bitten: CVAT GHSA-q684-4jjh-83g6. Expected: the same guard for all egress.
"""

from __future__ import annotations

import pytest
from tests.egress.servers import PUBLIC, Names, Wires, public, redirects, sends, serving, transport

from apprenti.domain.errors import EgressError
from apprenti.egress import EgressPolicy, Notice, check_endpoint, deliver, new_secret, post

INSIDE = ["http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://169.254.169.254/", "http://0x7f.1/",
          "http://inside.example.org/", "http://user:pw@photos.example.org/", "file:///etc/passwd"]  # fmt: skip
EVERYTHING = EgressPolicy(hosts=("*",), schemes=("http", "https"), ports=(80, 443))
NAMES = {"inside_example_org": ("10.0.0.1",), "photos_example_org": (PUBLIC,)}


@pytest.mark.parametrize("url", INSIDE)
def test_a_webhook_that_leads_inside_is_an_attempt_that_failed_and_nobody_is_asked(url: str) -> None:
    with serving(sends(b"")) as server:
        wires = Wires(server)
        delivery = deliver(
            Notice(notice_id="a", body=b"{}"),
            url,
            new_secret(bytes(24)),
            policy=EVERYTHING,
            transport=transport(Names(**NAMES), wires),
            timestamp=1,
        )
        assert delivery.state == "waiting"
        assert delivery.error.startswith("egress_")
        assert wires.connected == server.requests == []


def test_a_receiver_cannot_send_a_notice_on_to_somebody_inside() -> None:
    with (
        serving(sends(b"")) as inside,
        serving(redirects(to=f"http://127.0.0.1:{inside.port}/", status=307)) as server,
    ):
        way = transport(Names(**NAMES), Wires(server, inside))
        assert post("http://photos.example.org/", b"secret", {}, public(server), way) == 307
        assert inside.requests == []


@pytest.mark.parametrize("url", INSIDE)
def test_an_object_store_inside_is_refused_unless_it_is_named(url: str) -> None:
    wires = Wires()
    with pytest.raises(EgressError):
        check_endpoint(url, EVERYTHING, transport(Names(**NAMES), wires))
    assert wires.connected == []


def test_an_object_store_inside_that_is_named_is_taken() -> None:
    policy = EgressPolicy(private_hosts=("minio",), schemes=("http",), ports=(9000,))
    way = transport(Names(minio=("172.18.0.2",)))
    assert check_endpoint("http://minio:9000/", policy, way) == "http://minio:9000"
