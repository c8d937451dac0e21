"""Somebody corrects answers while the server is killed."""

from __future__ import annotations

from pathlib import Path

from tests.faults.kills import CORRECTED_FROM, Killer
from tests.faults.life import Life, Seen
from tests.faults.running import Running
from tests.faults.wholeness import problems_of
from tests.flow.service.full_workspace import fill

from apprenti.flow.service.access import begin_service
from apprenti.opening import Place, open_service


def correct_under_kills(folder: Path, *, n_kills: int, seed: int) -> Life:
    """Correct the answers of a service that has a model, the server killed now and then; return what was seen.

    Raises:
        AssertionError: a correction that was acknowledged was lost.
    """
    task_id, before = _with_a_model(folder)
    with Running(folder, options=["--workers", "0"]) as server:
        killer = Killer(server, n_kills=n_kills, seed=seed)
        killer.doing = "correcting"

        def revive(seen: Seen) -> None:
            assert server.process is not None
            server.process.wait(30)
            assert not (set(problems_of(server.data)) - before), set(problems_of(server.data)) - before
            server.start()
            seen.check(server)
            killer.arm()

        life = Life(server=server, revive=revive)
        life.labels = [one["id"] for one in server.done("GET", f"/tasks/{task_id}/labels")["items"]][:3]
        killer.arm()
        number = CORRECTED_FROM
        try:
            while killer.n_left or life.n_repeats < n_kills:
                number += 1
                life.correct(task_id, number, number % 3)
        finally:
            killer.end()
        life.seen.check(server)
        server.kill()
    assert not (set(problems_of(server.data)) - before), set(problems_of(server.data)) - before
    return life


def _with_a_model(folder: Path) -> tuple[str, set[str]]:
    """Make a service with a small model; return its task, and what is not whole in it from the beginning."""
    data = folder / "service"
    with open_service(Place(folder=data), {}) as service:
        begin_service(service)
        folder.mkdir(parents=True, exist_ok=True)
        full = fill(service, folder)
    return full.task.id, set(problems_of(data))
