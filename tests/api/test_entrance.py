"""Who comes in, how often, and what little an asked request costs the database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.datastructures import Headers
from tests.api.v1.service_asking import HERE, UNHURRIED, House, code_of, open_house

from apprenti.api.callers import REMEMBERED_SECONDS, Callers, Shown, shown_in
from apprenti.api.entrance import EntranceRules
from apprenti.api.rates import MOST_KEYS, Buckets, OwnLevels, Rate
from apprenti.domain.errors import TokenError
from apprenti.domain.service import Caller
from apprenti.flow.service import access
from apprenti.store.board import OwnSign


class Clock:
    """Seconds that somebody sets."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_lets_a_burst_pass_and_then_its_pace() -> None:
    clock = Clock()
    buckets = Buckets(Rate(per_second=2, burst=3), clock=clock)
    assert [buckets.take("a") for _ in range(3)] == [0, 0, 0]
    assert buckets.take("a") == pytest.approx(0.5)
    assert buckets.take("b") == 0
    clock.now += 0.5
    assert buckets.take("a") == 0
    assert buckets.take("a") > 0
    clock.now += 1000
    assert [buckets.take("a") for _ in range(4)][:3] == [0, 0, 0]


def test_a_pace_of_none_lets_everything_pass() -> None:
    buckets = Buckets(Rate(per_second=0, burst=0), clock=Clock())
    assert {buckets.take("a") for _ in range(1000)} == {0.0}


def test_buckets_are_forgotten_so_that_memory_stays_flat() -> None:
    levels = OwnLevels()
    buckets = Buckets(Rate(per_second=1, burst=1), clock=Clock(), levels=levels)
    for number in range(MOST_KEYS + 10):
        buckets.take(str(number))
    assert len(levels) == MOST_KEYS


def test_processes_that_share_levels_keep_one_pace() -> None:
    clock, levels = Clock(), OwnLevels()
    rate = Rate(per_second=1, burst=2)
    first, second = (Buckets(rate, clock=clock, name="requests", levels=levels) for _ in range(2))
    other = Buckets(rate, clock=clock, name="failures", levels=levels)
    assert [first.take("a"), second.take("a")] == [0, 0]
    assert first.take("a") > 0
    assert second.take("a") > 0
    assert other.take("a") == 0


def test_what_one_process_takes_back_the_others_forget(tmp_path: Path) -> None:
    house, changes = open_house(tmp_path), OwnSign()
    first, second = (Callers(house.service, clock=Clock(), changes=changes) for _ in range(2))
    shown = Shown(secret=house.secrets["reader"])
    asyncio.run(second.of(shown))
    assert second.remembered(shown) is not None
    owner = asyncio.run(first.of(Shown(secret=house.secrets["owner"])))
    access.revoke_token(house.service, owner, house.workspace, house.token_ids["reader"])
    first.forget()
    assert second.remembered(shown) is None
    with pytest.raises(TokenError):
        asyncio.run(second.of(shown))


@pytest.mark.parametrize(
    ("header", "secret"),
    [
        ("Token abc", "abc"),
        ("bearer abc", "abc"),
        ("JWT abc", "abc"),
        ("Basic abc", ""),
        ("abc", ""),
        ("", ""),
        (f"Token {'x' * 501}", ""),
    ],
)
def test_a_secret_is_read_under_each_name_clients_use(header: str, secret: str) -> None:
    assert shown_in(Headers({"authorization": header})).secret == secret


def test_a_caller_is_remembered_for_seconds_and_forgotten_when_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house, clock, looks = open_house(tmp_path), Clock(), []

    def counted(service: object, secret: str) -> Caller:
        looks.append(secret)
        return access.caller_of(service, secret)  # type: ignore[arg-type]

    monkeypatch.setattr("apprenti.api.callers.caller_of", counted)
    callers, secret = Callers(house.service, clock=clock), house.secrets["reader"]
    for _ in range(3):
        assert asyncio.run(callers.of(Shown(secret=secret))).token_id == house.token_ids["reader"]
    assert len(looks) == 1
    clock.now += REMEMBERED_SECONDS + 1
    asyncio.run(callers.of(Shown(secret=secret)))
    assert len(looks) == 2
    access.revoke_token(
        house.service,
        asyncio.run(callers.of(Shown(secret=house.secrets["owner"]))),
        house.workspace,
        house.token_ids["reader"],
    )
    callers.forget()
    with pytest.raises(TokenError):
        asyncio.run(callers.of(Shown(secret=secret)))


def hurried(folder: Path, **more: Rate) -> House:
    return open_house(folder, rules=replace(UNHURRIED, **more))


def test_each_token_has_a_pace_of_its_own(tmp_path: Path) -> None:
    house = hurried(tmp_path, requests=Rate(per_second=0.01, burst=2))
    assert [house.ask("GET", "/v1/me").status_code for _ in range(3)] == [200, 200, 429]
    refused = house.ask("GET", "/v1/me")
    assert code_of(refused) == "too_many_requests"
    assert int(refused.headers["retry-after"]) >= 1
    assert house.ask("GET", "/v1/me", as_="reader").status_code == 200
    assert house.ask("GET", "/v1/health/live", as_="").status_code == 200


def test_who_guesses_is_slowed_down_and_who_has_a_token_is_not(tmp_path: Path) -> None:
    house = hurried(tmp_path, failures=Rate(per_second=0.01, burst=3))
    assert house.ask("GET", "/v1/me").status_code == 200
    guesses = [
        house.ask("GET", "/v1/me", headers={"authorization": f"Token guess-{n}"}).status_code
        for n in range(5)
    ]
    assert guesses == [401, 401, 401, 429, 429]
    assert house.ask("GET", "/v1/me", as_="").status_code == 429
    assert house.ask("GET", "/v1/me").status_code == 200
    assert house.ask("GET", "/v1/me", as_="reader").status_code == 200  # shown here for the first time


def test_at_the_door_of_the_pages_too_only_wrong_tokens_are_counted(tmp_path: Path) -> None:
    house = hurried(tmp_path, failures=Rate(per_second=0.01, burst=2))

    def entered(secret: str) -> int:
        answer = house.ask("POST", "/enter", as_="", data={"token": secret}, headers={"origin": HERE})
        return answer.status_code

    assert [entered(f"guess-{n}") for n in range(4)] == [401, 401, 429, 429]
    assert entered(house.secrets["reader"]) == 303


def test_a_body_that_does_not_come_is_not_waited_for(tmp_path: Path) -> None:
    house = open_house(tmp_path, rules=EntranceRules(body_seconds=0.05))

    async def slow() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(5)
        yield b"}"

    for path in ("/v1/tasks", "/v1/images"):
        headers = {"content-type": "application/json"}
        answer = house.ask("POST", path, content=slow(), headers=headers)
        assert (answer.status_code, code_of(answer)) == (408, "body_too_slow")


def test_nobody_without_a_token_gets_a_body_read(tmp_path: Path) -> None:
    house, n_sent = open_house(tmp_path), 0

    async def long() -> AsyncIterator[bytes]:
        nonlocal n_sent
        for _ in range(100):
            n_sent += 1
            yield b"x" * 10_000

    assert house.ask("POST", "/v1/images", as_="", content=long()).status_code == 401
    assert n_sent == 0
