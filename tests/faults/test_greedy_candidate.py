"""A candidate that eats all memory fails alone: the training goes on without it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.faults.kills import first_half
from tests.faults.life import Life
from tests.faults.running import Running

from apprenti.blocks.artifact import unpack
from apprenti.domain.json_form import from_json
from apprenti.domain.recipe import Recipe

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_a_candidate_that_eats_all_memory_fails_alone_and_the_training_is_done(tmp_path: Path) -> None:
    told = tmp_path / "greedy.txt"
    with Running(tmp_path / "server", environment={"FAULTS_GREEDY": str(told)}) as server:
        life = Life(server=server, revive=_fail)
        task_id = first_half(life)
        job = server.done("GET", "/trainings")["items"][0]
        assert (job["state"], job["attempt"], job["error"]) == ("done", 1, None)
        model = server.ask("GET", f"/tasks/{task_id}/versions/1/model").data
        workers = server.workers()
    trials = unpack(model).report["attempts"]
    greedy = [trial for trial in trials if from_json(Recipe, trial["recipe"]).name == told.read_text()]
    assert [trial["status"] for trial in greedy] == ["out_of_memory"]
    assert sum(trial["status"] == "finished" for trial in trials) >= 3
    assert len(workers) == 1
    assert "another begins" not in server.log()  # no worker died of it


def _fail(_: object) -> None:
    raise AssertionError("the server went away")
