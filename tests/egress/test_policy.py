"""A policy allows what it names, and nothing before it names something."""

from __future__ import annotations

import pytest

from apprenti.domain.errors import OptionError
from apprenti.egress import EgressPolicy


def test_nothing_is_allowed_by_default() -> None:
    assert EgressPolicy().is_off
    assert not EgressPolicy().allows_name("example.org")


@pytest.mark.parametrize(
    ("pattern", "name", "allowed"),
    [
        ("example.org", "example.org", True),
        ("Example.ORG.", "example.org", True),
        ("example.org", "a.example.org", False),
        ("*.example.org", "a.b.example.org", True),
        ("*.example.org", "example.org", False),
        ("*.example.org", "badexample.org", False),
        ("*", "example.org", True),
        ("*", "localhost", False),
        ("*", "db.internal", False),
        ("*", "8.8.8.8", False),
        ("*", "2606:4700::1111", False),
        ("8.8.8.8", "8.8.8.8", True),
        ("[2606:4700:0::1111]", "2606:4700::1111", True),
        ("minio", "minio", True),
    ],
)
def test_a_pattern_stands_for_these_names(pattern: str, name: str, allowed: bool) -> None:
    policy = EgressPolicy(hosts=(pattern,))
    assert policy.allows_name(name) is allowed
    assert not policy.allows_private(name)


def test_a_private_host_is_allowed_by_being_named() -> None:
    policy = EgressPolicy(private_hosts=("minio", "10.0.0.7"))
    assert not policy.is_off
    assert policy.allows_name("minio")
    assert policy.allows_private("10.0.0.7")
    assert not policy.allows_name("10.0.0.8")


@pytest.mark.parametrize(
    "settings",
    [
        {"private_hosts": ("*",)},
        {"private_hosts": ("*.example.org",)},
        {"hosts": ("*.0.0.1",)},
        {"hosts": ("127.1",)},
        {"hosts": ("",)},
        {"hosts": ("https://example.org",)},
        {"hosts": ("*.*.org",)},
        {"schemes": ("ftp",)},
        {"ports": (0,)},
        {"ports": (65536,)},
        {"max_bytes": 0},
        {"seconds": 0.0},
        {"max_redirects": -1},
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(settings: dict[str, object]) -> None:
    with pytest.raises(OptionError):
        EgressPolicy(**settings)  # type: ignore[arg-type]
