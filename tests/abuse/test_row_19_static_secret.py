"""Row 19: a password that is the same everywhere, or a secret that lies about.

Bitten: MLflow CVE-2026-2635. Expected: random at first start. It is shown once, and its hash alone is kept.
"""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from tests.api.v1.service_asking import House, open_house

from apprenti.flow.service.access import begin_service
from apprenti.flow.service.service import hash_of
from apprenti.opening import N_SECRET_BYTES, Place, open_service


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return open_house(tmp_path_factory.mktemp("house"))


def first_secret(folder: Path) -> str:
    with open_service(Place(folder=folder), {}) as service:
        made = begin_service(service)
        assert made is not None
        assert begin_service(service) is None
    return made.secret


def test_each_service_begins_with_a_secret_of_its_own_and_keeps_none(tmp_path: Path) -> None:
    secrets = [first_secret(tmp_path / str(number)) for number in range(3)]
    assert len(set(secrets)) == 3
    assert N_SECRET_BYTES * 8 >= 256
    assert all(len(secret) >= math.ceil(N_SECRET_BYTES * 8 / 6) for secret in secrets)
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert not [secret for secret in secrets if secret.encode() in written]


@pytest.mark.parametrize(
    "guess",
    ["admin", "password", "token", "secret", "apprenti", "operator", "first", "changeme", "None", "null"],
)
def test_no_usual_word_opens_anything(guess: str, house: House) -> None:
    for scheme in ("Token", "Bearer", "JWT", "Basic"):
        answer = house.ask("GET", "/v1/me", headers={"authorization": f"{scheme} {guess}"})
        assert answer.status_code == 401


def test_neither_an_id_nor_a_hash_is_a_secret(house: House) -> None:
    for known in (house.token_ids["owner"], hash_of(house.secrets["owner"])):
        assert house.ask("GET", "/v1/me", headers={"authorization": f"Token {known}"}).status_code == 401
    listed = house.ask("GET", "/v1/tokens").text
    for secret in house.secrets.values():
        assert secret not in listed
        assert hash_of(secret) not in listed
