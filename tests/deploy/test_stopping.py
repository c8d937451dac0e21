"""A real server that is told to stop: what is under way is answered, and a training waits for the next."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.faults.life import photo
from tests.faults.running import Running

from apprenti import Client
from apprenti.client.answers import Training
from apprenti.domain.service import JobState

pytestmark = [pytest.mark.slow, pytest.mark.long, pytest.mark.timeout(300)]
BUDGET_SECONDS = 3600.0  # far more than is needed: what stops it is the signal
PATIENCE_SECONDS = 60.0


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    running = Running(tmp_path).start()
    yield running
    running.kill()


def client_of(server: Running) -> Client:
    return Client(f"http://127.0.0.1:{server.port}", token=server.secret, patience_seconds=5)


def begin_training(client: Client) -> Training:
    """Return a training of two colours that a worker has taken up."""
    task = client.tasks.create("Colours")
    for word in range(2):
        label = client.labels.create(("red", "green")[word])
        client.tasks.add_label(task.id, label.id)
        for number in range(15):
            client.images.add(photo(100 * word + number, word), labels=[label.id])
    training = client.trainings.start(task.id, budget_seconds=BUDGET_SECONDS)
    end = time.monotonic() + PATIENCE_SECONDS
    while training.progress is None:
        assert time.monotonic() < end, training
        assert not training.state.is_over, training
        time.sleep(0.05)
        training = client.trainings.get(training.id)
    return training


def doctor(server: Running) -> dict[str, dict[str, Any]]:
    words = [sys.executable, "-m", "apprenti", "doctor", "--json", "--data", str(server.data), "--port", "0"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return {one["topic"]: one for one in json.loads(done.stdout)["findings"]}


def half_an_upload(server: Running, data: bytes) -> socket.socket:
    """Begin to send an image, and return the connection."""
    sending = socket.create_connection(("127.0.0.1", server.port), timeout=30)
    head = (
        "POST /v1/images?name=late HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: image/png\r\n"
        f"Authorization: Token {server.secret}\r\nContent-Length: {len(data)}\r\nConnection: close\r\n\r\n"
    )
    sending.sendall(head.encode() + data[: len(data) // 2])
    return sending


def is_listening(server: Running) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", server.port), timeout=5):
            return True
    except OSError:
        return False


def test_sigterm_answers_what_is_under_way_and_hands_the_training_back(server: Running) -> None:
    with client_of(server) as client:
        training = begin_training(client)
    assert server.process is not None
    workers = server.workers()
    late = photo(999, 0)
    with half_an_upload(server, late) as sending:
        time.sleep(0.3)  # until the server has read what there is
        server.process.send_signal(signal.SIGTERM)
        end = time.monotonic() + PATIENCE_SECONDS
        while is_listening(server):
            assert time.monotonic() < end
            time.sleep(0.05)
        sending.sendall(late[len(late) // 2 :])
        answer = b""
        while part := sending.recv(65536):
            answer += part
    assert answer.startswith(b"HTTP/1.1 201"), answer[:500]
    assert server.process.wait(PATIENCE_SECONDS) == 0
    for worker in workers:
        with pytest.raises(ProcessLookupError):
            os.kill(worker, 0)

    found = doctor(server)
    assert found["workers"]["code"] == "workers_absent"  # it waits in the queue, and nobody is there
    assert found["database"]["level"] == "ok"
    assert found["blobs"]["level"] == "ok"

    server.start()
    with client_of(server) as client:
        assert client.images.get(json.loads(answer.partition(b"\r\n\r\n")[2])["id"]).name == "late"
        done = client.trainings.wait(training.id, timeout_seconds=200)
    assert (done.state, done.attempt) == (JobState.DONE, 2)
    assert server.stop() == 0


def test_a_worker_of_its_own_puts_its_training_down_for_another(tmp_path: Path) -> None:
    server = Running(tmp_path, options=["--workers", "0"]).start()
    command = [sys.executable, "-m", "apprenti", "work", "--data", str(server.data)]
    environment = {**os.environ, **server.environment, "APPRENTI_CACHE": str(tmp_path / "cache")}
    try:
        with client_of(server) as client:
            workers = [subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)]
            try:
                training = begin_training(client)
                workers[0].terminate()
                assert workers[0].wait(PATIENCE_SECONDS) == 0
                waiting = client.trainings.get(training.id)
                assert (waiting.state, waiting.attempt) == (JobState.QUEUED, 1)
                workers.append(subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL))
                done = client.trainings.wait(training.id, timeout_seconds=200)
                assert (done.state, done.attempt) == (JobState.DONE, 2)
            finally:
                for worker in workers:
                    worker.kill()
                    worker.wait()
    finally:
        server.kill()
