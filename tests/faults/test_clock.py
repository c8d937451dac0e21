"""The clock of the world jumps by a day, forward and back, under a server that runs: only dates tell."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from tests.faults.kills import N_PHOTOS
from tests.faults.life import Life, every, photo
from tests.faults.running import Running

pytestmark = [pytest.mark.slow, pytest.mark.long, pytest.mark.timeout(1800)]

INSTALL = "apt-get install -y --no-install-recommends faketime"
DAY_SECONDS = 86_400


class Clock:
    """What a server takes for the time; it can be changed while the server runs."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "clock.txt"
        self.days = 0
        self.jump(0)
        # the library's sleep fails where a machine is slow, so that trainings get Python's clocks changed instead
        self.of_python = {"FAULTS_CLOCK": str(self.path)}

    def of_all(self) -> dict[str, str]:
        """Return the environment in which every program sees the clock jump."""
        found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
        if not found:
            pytest.skip(f"no clock that can be set: {INSTALL}")
        return {
            "LD_PRELOAD": str(found[0]),
            "FAKETIME_TIMESTAMP_FILE": str(self.path),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",  # no machine's does
            "NO_FAKE_STAT": "1",
        }

    def jump(self, days: int) -> None:
        """Let it be so many days later, or earlier."""
        self.days += days
        new = self.path.with_suffix(".new")
        new.write_text(f"{self.days * DAY_SECONDS:+d}\n")
        new.replace(self.path)


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path)


def days_off(noun: Any, field: str = "created_at") -> float:
    """Return how many days from now something says that it was made."""
    return (datetime.fromisoformat(noun[field]).timestamp() - time.time()) / DAY_SECONDS


def test_a_clock_that_jumps_between_requests_changes_nothing_but_dates(clock: Clock, tmp_path: Path) -> None:
    with Running(tmp_path / "server", options=["--workers", "0"], environment=clock.of_all()) as server:
        made = []
        for number, days in enumerate((0, 1, -2, 1, 1, -1)):
            clock.jump(days)
            sent = server.ask("POST", "/images", photo(number, 0), content_type="image/png", key=f"k{number}")
            assert sent.status == 201
            assert abs(days_off(sent.body) - clock.days) < 0.1
            made.append(sent.body["id"])
            for earlier in range(number + 1):  # sent again: done once, answered the same
                again = server.ask(
                    "POST", "/images", photo(earlier, 0), content_type="image/png", key=f"k{earlier}"
                )
                assert (again.status, again.body["id"]) == (201, made[earlier])
        assert [image["id"] for image in every(server, "/images")] == made
        cursor, seen = {}, []
        while cursor is not None:  # page by page, the clock jumping in between
            page = server.done("GET", "/images", limit=2, **cursor)
            seen += [image["id"] for image in page["items"]]
            cursor = {"cursor": page["next_cursor"]} if page["next_cursor"] else None
            clock.jump(1 if len(seen) % 4 else -1)
        assert seen == made
        server.kill()
        clock.jump(-2)  # and begun again, earlier than everything that is there
        server.start()
        assert [image["id"] for image in every(server, "/images")] == made
        entries = server.done("GET", "/audit", limit=100)["items"]
        assert len([entry for entry in entries if entry["noun"] == "image"]) == len(made)


def test_nobody_gets_more_requests_by_a_clock_that_jumps(clock: Clock, tmp_path: Path) -> None:
    options = ["--workers", "0", "--rate", "2"]
    with Running(tmp_path / "server", options=options, environment=clock.of_all()) as server:
        for days in (1, -2, 1):
            while server.ask("GET", "/tasks").ok:
                pass
            clock.jump(days)
            assert [server.ask("GET", "/tasks").status for _ in range(6)].count(429) >= 4
            time.sleep(1.2)
            assert server.ask("GET", "/tasks").ok


def test_a_training_goes_on_and_is_nobody_elses_while_the_clock_jumps(
    undisturbed: str, clock: Clock, tmp_path: Path
) -> None:
    with Running(tmp_path / "server", options=["--workers", "2"], environment=clock.of_python) as server:
        life = Life(server=server, revive=_fail)
        task_id = life.make_task()
        for number in range(N_PHOTOS):
            life.upload(number, word=number % 3)
        jumps = [1, -2, 1, -1, 2, -1]
        steps: list[str] = []

        def jump() -> None:
            time.sleep(0.2)
            progress = server.done("GET", "/trainings")["items"][0]["progress"]
            if progress and progress["step"] not in steps:
                steps.append(progress["step"])
                if jumps:
                    clock.jump(jumps.pop(0))

        life.between = jump
        job = life.train(task_id, "first")
        assert job["attempt"] == 1
        assert len(steps) >= 3
        assert life.seen.versions[task_id, 1] == undisturbed
        assert "another begins" not in server.log()


def _fail(_: object) -> None:
    raise AssertionError("the server went away")
