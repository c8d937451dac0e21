"""An address is taken apart in one way only, or not at all."""

from __future__ import annotations

import pytest

from apprenti.domain.errors import EgressError
from apprenti.egress.places import host_of, place_of


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("https://example.org", "https://example.org/"),
        ("HTTPS://EXAMPLE.org:443/A.jpg", "https://example.org/A.jpg"),
        ("http://example.org:8080/a?b=c#d", "http://example.org:8080/a?b=c"),
        ("https://example.org./été.jpg", "https://example.org/%C3%A9t%C3%A9.jpg"),
        ("https://example.org/%2e%2e/a%20b?x=%26", "https://example.org/%2e%2e/a%20b?x=%26"),
        ("https://[2606:4700:0::1111]/", "https://[2606:4700::1111]/"),
        ("https://8.8.8.8:443/", "https://8.8.8.8/"),
        (
            "https://bucket.example.org/a?X-Sig=a%2Fb%3D&n=1",
            "https://bucket.example.org/a?X-Sig=a%2Fb%3D&n=1",
        ),
    ],
)
def test_an_address_is_written_in_one_way(url: str, written: str) -> None:
    assert place_of(url).url == written


@pytest.mark.parametrize(
    "url",
    ["", "example.org/a", "//example.org/a", "https:example.org", "https:/example.org", "https:///a", "https://",
     "https://:443/", "https://exa mple.org/", "https://example.org/a b", "https://example.org\\@127.0.0.1/",
     "https://example.org/\r\nHost: a", "https://example.org\t/", " https://example.org/", "https://example.org:0/", "https://example.org:65536/",
     "https://example.org:x/", "https://[::1", "https://[::1]a/", "https://[::1%25eth0]/", "https://ex\u2024ample.org/",
     "https://１２７.0.0.1/", "https://bücher.example/", "https://a..b/", "https://-a.org/", "https://a_.-/",
     "https://0x7f.1/", "https://2130706433/", "https://0177.0.0.1/", "https://127.1/", "https://1.2.3.4.5/", "https://a.0x10/",
     "https://%31%32%37.0.0.1/", "https://127.0.0.1%00.example.org/", "https://example.org/\ud800",
     "https://a/" + "b" * 9000],
)  # fmt: skip
def test_what_two_programs_could_read_differently_is_refused(url: str) -> None:
    with pytest.raises(EgressError) as caught:
        place_of(url)
    assert caught.value.key == "egress_url"


@pytest.mark.parametrize("url", ["https://me:pw@example.org/", "https://me@example.org/", "https://@example.org/",
                                 "https://example.org@127.0.0.1/", "https://a:b@c@d/"])  # fmt: skip
def test_a_user_or_a_password_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(EgressError) as caught:
        place_of(url)
    assert caught.value.key == "egress_credentials"
    assert "pw" not in caught.value.said("en")


def test_a_signature_in_a_query_is_not_repeated_in_a_message() -> None:
    with pytest.raises(EgressError) as caught:
        place_of("https://example.org:x/a?X-Amz-Signature=abc")
    assert "abc" not in caught.value.said("fr")


@pytest.mark.parametrize(
    "name", ["localhost", "minio", "a.localhost", "printer.local", "db.internal", "nas.home.arpa"]
)
def test_a_name_of_this_network_is_known_as_one(name: str) -> None:
    assert host_of(name).is_local


def test_a_name_on_the_internet_is_not_taken_for_one_of_this_network() -> None:
    assert not host_of("local.example.org").is_local
    assert not host_of("127.0.0.1").is_local
