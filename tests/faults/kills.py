"""A life during which the server is killed at random moments, and what is held against it after each."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.faults.life import Life, Seen, photo
from tests.faults.running import Running
from tests.faults.wholeness import problems_of

N_PHOTOS = 36
CORRECTED_FROM = 100_000
"""Numbers of photos nobody uploads."""


class Killer:
    """Kills a server so many times, each time at a random moment after it has begun to answer.

    Trainings take longest and would meet nearly all kills: they get half of them.

    Args:
        server: that is killed.
        n_kills: how often.
        seed: of the moments.
    """

    def __init__(self, server: Running, *, n_kills: int, seed: int) -> None:
        self.server, self.n_left = server, n_kills
        self.draws = random.Random(seed)
        self.most_in_trainings = n_kills // 2
        self.doing = ""
        self.killed_while: Counter[str] = Counter()
        self._timer: threading.Timer | None = None

    def arm(self) -> None:
        """Draw the next moment: sooner where what is under way is short."""
        if self.n_left:
            longest = 8.0 if self.doing == "training" else 1.5
            self._timer = threading.Timer(self.draws.uniform(0.0, longest), self._kill)
            self._timer.daemon = True
            self._timer.start()

    def revive(self, seen: Seen) -> None:
        """Look at what the kill has left, begin the server again, and hold everything acknowledged against it."""
        assert self.server.process is not None
        assert self.server.process.wait(30) == -9, self.server.log()[-3000:]
        problems = problems_of(self.server.data)
        assert not problems, problems
        self.server.start()
        seen.check(self.server)
        self.arm()

    def end(self) -> None:
        """Kill no more."""
        if self._timer is not None:
            self._timer.cancel()

    def _kill(self) -> None:
        if self.doing == "training" and self.killed_while["training"] >= self.most_in_trainings:
            self.arm()
            return
        self.n_left -= 1
        self.killed_while[self.doing] += 1
        self.server.kill()


def first_half(life: Life, killer: Killer | None = None) -> str:
    """Make a task, show it what the colours are, and train it; return its id."""
    told = killer or _Nobody()
    told.doing = "uploading"
    task_id = life.make_task()
    uploaded = [life.upload(number, word=number % 3) for number in range(N_PHOTOS)]
    told.doing = "labelling"
    for place in (3, 10, 20):  # said wrongly at first, and put right
        life.relabel(uploaded[place], (place + 1) % 3)
        life.relabel(uploaded[place], place % 3)
    told.doing = "training"
    life.train(task_id, "first")
    return task_id


def live_under_kills(folder: Path, *, n_kills: int, seed: int) -> dict[str, Any]:
    """Live a life with kills, check everything after each, and return what happened.

    Raises:
        AssertionError: something acknowledged was lost, or something half-written looked whole.
    """
    begun = time.monotonic()
    with Running(folder) as server:
        killer = Killer(server, n_kills=n_kills, seed=seed)
        life = Life(server=server, revive=killer.revive)
        killer.arm()
        try:
            task_id = first_half(life, killer)
            first_model = life.seen.versions[task_id, 1]
            n_trainings, number, attempts, n_said = 1, N_PHOTOS, 0, 0
            life.keep_images(task_id)
            while killer.n_left:
                killer.doing = "uploading"
                for _ in range(12):
                    with suppress(ConnectionError), server.begin_upload(photo(number, 0)):
                        life.upload(number, word=number % 3)
                    number += 1
                killer.doing = "promoting"
                newest = max(version for _, version in life.seen.versions)
                for turn in range(10):
                    life.promote(task_id, 1 + turn % newest, f"{number}-{turn}")
                killer.doing = "correcting"
                for _ in range(8):
                    n_said += 1
                    life.correct(task_id, CORRECTED_FROM + n_said, n_said % 3)
                if n_trainings < 3:
                    killer.doing = "training"
                    n_trainings += 1
                    job = life.train(task_id, f"{n_trainings}")
                    attempts = max(attempts, job["attempt"])
        finally:
            killer.end()
        life.seen.check(server)
        server.kill()
    problems = problems_of(server.data)
    assert not problems, problems
    return {
        "n_kills": n_kills,
        "killed_while": dict(killer.killed_while),
        "n_requests_repeated": life.n_repeats,
        "n_images": len(life.seen.files),
        "n_versions": len(life.seen.versions),
        "n_corrections": len(life.seen.corrections),
        "first_model_sha256": first_model,
        "seconds": round(time.monotonic() - begun, 1),
    }


def live_undisturbed(folder: Path) -> str:
    """Live the first half without kills; return the SHA-256 of its model file."""
    with Running(folder) as server:
        life = Life(server=server, revive=_fail)
        task_id = first_half(life)
        return life.seen.versions[task_id, 1]


def _fail(_: Seen) -> None:
    raise AssertionError("the server went away by itself")


class _Nobody:
    doing = ""
