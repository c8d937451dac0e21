"""The server is killed with all its workers: what it had acknowledged is there, and work goes on where it was."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

import pytest
from tests.faults.correcting import correct_under_kills
from tests.faults.kills import first_half, live_under_kills
from tests.faults.life import Life, photo
from tests.faults.running import Running
from tests.faults.wholeness import problems_of

pytestmark = [pytest.mark.slow, pytest.mark.long, pytest.mark.timeout(1800)]


def boundaries(data: Path) -> set[str]:
    """Return what a training has left behind so far, for the next attempt to find."""
    return {
        path.name
        for path in (data / "work" / "trainings").rglob("*")
        if path.is_file() and path.parent.name != "images" and not path.name.startswith(".")
    }


def test_a_training_killed_at_every_step_goes_on_there_and_gives_the_same_model(
    undisturbed: str, tmp_path: Path
) -> None:
    with Running(tmp_path) as server:
        known: set[str] = set()
        n_kills, is_over = 0, False

        def kill_at_the_next_step() -> None:
            nonlocal n_kills, known, is_over
            if is_over:
                time.sleep(0.1)
                return
            end = time.monotonic() + 60
            while not (now := boundaries(server.data)) - known:
                if known and not now:  # cleared away: the last step was written
                    is_over = True
                    break
                assert time.monotonic() < end, server.log()[-3000:]
                time.sleep(0.002)
            server.kill()
            n_kills += 1
            known |= now

        def revive(seen: object) -> None:
            assert not (problems := problems_of(server.data)), problems
            server.start()

        life = Life(server=server, revive=revive)
        life.between = kill_at_the_next_step
        task_id = first_half(life)
        life.seen.check(server)
        assert life.seen.versions[task_id, 1] == undisturbed
        job = server.done("GET", "/trainings")["items"][0]
    assert n_kills >= 12
    assert n_kills - 1 <= job["attempt"] <= n_kills + 1
    assert not problems_of(server.data)
    assert not boundaries(server.data)


def test_an_upload_killed_in_the_middle_leaves_nothing_and_one_answered_is_there(tmp_path: Path) -> None:
    data = photo(1, 0, side_px=400)
    with Running(tmp_path, options=["--workers", "0"]) as server:
        for share in (0.0, 0.5, 1.0):
            with server.begin_upload(data, share=share):
                time.sleep(0.02)
                server.kill()
            assert not problems_of(server.data)
            server.start()
            if share < 1.0:
                assert server.done("GET", "/images/count")["n"] == 0
        made = server.ask("POST", "/images", data, content_type="image/png")
        server.kill()
        assert made.status in (200, 201)
        server.start()
        assert server.ask("GET", f"/images/{made.body['id']}/file").data == data
        assert server.ask("POST", "/images", data, content_type="image/png").status == 200
    assert not problems_of(server.data)
    assert not list((server.data / "blobs" / "incoming").glob("*.part"))
    assert hashlib.sha256(data).hexdigest() == made.body["sha256"]


def test_corrections_that_were_acknowledged_outlive_kills(tmp_path: Path) -> None:
    life = correct_under_kills(tmp_path, n_kills=6, seed=2)
    assert life.n_repeats >= 6
    assert len(life.seen.corrections) >= 6


def test_kills_at_random_moments_lose_nothing_that_was_acknowledged(undisturbed: str, tmp_path: Path) -> None:
    lived = live_under_kills(tmp_path, n_kills=5, seed=1)
    assert lived["first_model_sha256"] == undisturbed
