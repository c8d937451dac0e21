"""A server on one address: which name it takes, whom it answers, what the person at the terminal reads."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from apprenti import server
from apprenti.domain.errors import OptionError


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a/clothes.apprenti", "clothes"),
        ("My photos.apprenti", "My-photos"),
        ("été.apprenti", "été"),
        ("<b>.apprenti", "b"),
        ("---.x", "model"),
    ],
)
def test_a_model_is_served_under_the_name_of_its_file(path: str, name: str) -> None:
    assert server.model_name(Path(path)) == name


def test_two_models_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apprenti.flow.predict.open_model", lambda path: path)
    with pytest.raises(OptionError) as caught:
        server.load_models([Path("a/x.apprenti"), Path("b/x.apprenti")])
    assert caught.value.key == "same_model_name"


@pytest.mark.parametrize(
    ("host", "alone"),
    [
        ("127.0.0.1", True),
        ("localhost", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.5", False),
        ("box", False),
    ],
)
def test_whoever_opens_the_server_to_the_network_is_warned(host: str, alone: bool) -> None:
    with server.listen("127.0.0.1", 0) as listening:
        lines = server.greeting(listening, host, ["clothes"], "en")
    assert ("Anyone on the network" in "\n".join(lines)) is not alone


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_a_server_on_every_address_answers_to_its_machines_name(host: str) -> None:
    door = server.open_door(host)
    assert door.answers_to(socket.gethostname())
    assert door.answers_to("192.168.1.5:8000")
    assert not door.answers_to("evil.example")


def test_a_server_on_this_machine_only_answers_to_nothing_else() -> None:
    door = server.open_door("127.0.0.1")
    assert door.answers_to("localhost:8000")
    assert not door.answers_to("192.168.1.5")


def test_a_taken_port_is_said_to_be_taken() -> None:
    with server.listen("127.0.0.1", 0) as listening, pytest.raises(OptionError) as caught:
        server.listen("127.0.0.1", listening.getsockname()[1])
    assert caught.value.key == "port_in_use"
    assert "," not in str(caught.value.values["port"])


@pytest.mark.parametrize("host", ["203.0.113.7", "no such host"])
def test_an_address_of_another_machine_cannot_be_listened_on(host: str) -> None:
    with pytest.raises(OptionError) as caught:
        server.listen(host, 0)
    assert caught.value.key == "address_not_here"


def test_the_address_and_the_curl_line_can_be_pasted() -> None:
    with server.listen("127.0.0.1", 0) as listening:
        port = listening.getsockname()[1]
        text = "\n".join(server.greeting(listening, "127.0.0.1", ["été"], "fr"))
    assert f"http://127.0.0.1:{port}/ " in text
    assert f"curl --data-binary @photo.jpg http://127.0.0.1:{port}/v1/models/%C3%A9t%C3%A9/predict" in text


def test_ctrl_c_stops_a_server_that_has_answered() -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from apprenti import server\n"
        "from tests.fake_models import FakeModel\n"
        "from pathlib import Path\n"
        "server.load_models = lambda paths: {'clothes': FakeModel()}\n"
        "tell = lambda text: print(text, flush=True)\n"
        "server.serve([], host='127.0.0.1', port=0, n_workers=1, lang='en', tell=tell)"
    )
    command = [sys.executable, "-c", code, str(Path(__file__).parents[1])]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ)
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        address = re.search(r"http://(127\.0\.0\.1):(\d+)/", process.stdout.readline())
        assert address is not None, process.stderr.read()
        with socket.create_connection((address[1], int(address[2])), timeout=10) as client:
            client.sendall(b"GET /v1/health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            answer = b"".join(iter(lambda: client.recv(4096), b""))
        assert answer.startswith(b"HTTP/1.1 200")
        assert b"server:" not in answer.lower()
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
        assert process.stdout.read().endswith("stopped\n")
        assert process.stderr.read() == ""
