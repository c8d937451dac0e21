"""Several processes on one address: they answer as one does, and outlive each other."""

from __future__ import annotations

import os
import re
import signal
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from tests.fake_service import picture
from tests.flow.service.full_workspace import fill
from tests.running_service import RunningService

from apprenti.flow.service.access import begin_service
from apprenti.opening import Place, open_service

N_PROCESSES = 3
N_ANSWERS = 60

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
long = pytest.mark.long


def children(process: int) -> set[int]:
    """Return the processes that a server has begun and that live."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
            except OSError:
                continue
            if int(parent) == process and state != "Z":
                found.add(int(entry.name))
    return found


def begun(server: RunningService) -> set[int]:
    deadline = time.monotonic() + 60
    while len(found := children(server.process.pid)) < N_PROCESSES:
        assert time.monotonic() < deadline, server.lines
        time.sleep(0.05)
    return found


@pytest.fixture(scope="module")
def task(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("s")
    with open_service(Place(folder=folder), {}) as service:
        begin_service(service)
        full = fill(service, tmp_path_factory.mktemp("model"))
    return folder, full.task.id


@pytest.fixture
def server(task: tuple[Path, str]) -> Iterator[RunningService]:
    arguments = ("--workers", "0", "--new-token", "--processes", str(N_PROCESSES))
    with RunningService(task[0], *arguments) as server:
        yield server


@contextmanager
def only(server: RunningService, process: int) -> Iterator[None]:
    """Let one process answer alone while the block runs: the others stand still."""
    others = children(server.process.pid) - {process}
    for one in others:
        os.kill(one, signal.SIGSTOP)
    try:
        yield
    finally:
        for one in others:
            os.kill(one, signal.SIGCONT)


def n_predictions(server: RunningService) -> int:
    text = server.ask("GET", "/v1/metrics").text
    return sum(int(n) for n in re.findall(r"^apprenti_predictions_total\{.*\} (\d+)$", text, re.MULTILINE))


@long
def test_what_one_process_was_told_the_others_know(server: RunningService, task: tuple[Path, str]) -> None:
    begun(server)
    here = f"/v1/tasks/{task[1]}"
    assert server.ask("PATCH", here, json={"keeps_images": False}).status_code == 200
    before = n_predictions(server)
    photos = [picture((n, 7, 7), side_px=30) for n in range(N_ANSWERS)]
    with ThreadPoolExecutor(6) as hands:
        asked = list(
            hands.map(lambda photo: server.ask("POST", f"{here}/predictions", content=photo), photos)
        )
    assert Counter(answer.status_code for answer in asked) == {201: N_ANSWERS}
    # each is found at once, whoever answered and whoever is asked
    for answer in asked[-12:]:
        assert server.ask("GET", f"/v1/predictions/{answer.json()['id']}").status_code == 200
    listed = server.ask("GET", f"/v1/predictions?task={task[1]}&limit=500").json()["items"]
    assert {answer.json()["id"] for answer in asked} <= {one["id"] for one in listed}
    assert n_predictions(server) == before + N_ANSWERS


def test_each_process_knows_what_another_did(server: RunningService, task: tuple[Path, str]) -> None:
    first, second, third = begun(server)
    here = f"/v1/tasks/{task[1]}"
    with only(server, first):
        made = server.ask("POST", "/v1/tokens", json={"name": "guest", "role": "reader"}).json()
    for process in (second, third):
        with only(server, process):
            assert server.ask("GET", "/v1/me", secret=made["secret"]).status_code == 200
            assert server.ask("POST", f"{here}/predictions", content=picture((1, 2, 3))).status_code == 201
    with only(server, first):
        assert server.ask("DELETE", f"/v1/tokens/{made['id']}").status_code == 204
        assert server.ask("DELETE", f"{here}/versions/1").status_code in (204, 409)
        server.ask("PATCH", here, json={"keeps_images": True})
    for process in (second, third):
        with only(server, process):
            assert server.ask("GET", "/v1/me", secret=made["secret"]).status_code == 401
            answer = server.ask("POST", f"{here}/predictions", content=picture((1, 2, process % 200)))
            assert (
                answer.json()["image_id"] is not None
            )  # what answering remembers of a task is looked up again


@long
def test_all_processes_keep_one_pace(task: tuple[Path, str]) -> None:
    arguments = ("--workers", "0", "--new-token", "--processes", str(N_PROCESSES), "--rate", "1")
    with RunningService(task[0], *arguments) as server:
        processes = begun(server)
        statuses: Counter[int] = Counter()
        headers = {"authorization": f"Token {server.secret}"}
        started = time.monotonic()
        for process in processes:
            # one connection: so many so fast, that one process alone would soon have refused some
            with only(server, process), httpx.Client(trust_env=False) as client:
                me = f"{server.url}/v1/me"
                statuses.update(client.get(me, headers=headers, timeout=60).status_code for _ in range(40))
        assert set(statuses) == {200, 429}
        assert statuses[200] <= 2 + 1 + (time.monotonic() - started)


@long
def test_a_process_that_dies_is_begun_again_and_nobody_notices_for_long(server: RunningService) -> None:
    first = begun(server)
    for one in sorted(first)[:2]:
        os.kill(one, signal.SIGKILL)
    statuses = Counter(server.ask("GET", "/v1/me").status_code for _ in range(20))
    assert statuses == {200: 20}
    deadline = time.monotonic() + 60
    while len(begun(server) - first) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert server.ask("GET", "/v1/me").status_code == 200


@long
@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_all_of_them(server: RunningService, sign: signal.Signals) -> None:
    processes = begun(server)
    assert server.ask("GET", "/v1/me").status_code == 200
    assert server.stop(sign) == 0
    assert [one for one in processes if Path(f"/proc/{one}").exists()] == []


@long
def test_who_began_them_is_killed_and_they_end(server: RunningService) -> None:
    processes = begun(server)
    server.ask("GET", "/v1/me")
    server.stop(signal.SIGKILL)
    deadline = time.monotonic() + 60
    while any(Path(f"/proc/{one}").exists() for one in processes):
        assert time.monotonic() < deadline
        time.sleep(0.1)
