"""The service as somebody starts it: its folder, its first token, who reaches it, how it stops."""

from __future__ import annotations

import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.running_service import RunningService

from apprenti.domain.errors import OptionError
from apprenti.opening import Place, open_service, place_of, sole_server
from apprenti.service_server import ServeOptions, greeting, refuse_unprotected, service_door
from apprenti.workers import start_workers


def options(host: str, **more: object) -> ServeOptions:
    return ServeOptions(host=host, port=0, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "box.example"])
def test_an_address_others_reach_demands_tls_or_the_word_that_it_is_insecure(
    host: str, tmp_path: Path
) -> None:
    with pytest.raises(OptionError) as caught:
        refuse_unprotected(options(host))
    assert caught.value.key == "open_unprotected"
    refuse_unprotected(options(host, insecure_http=True))
    file = tmp_path / "file.pem"
    file.touch()
    refuse_unprotected(options(host, tls_cert=file, tls_key=file))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_this_machine_alone_needs_neither(host: str) -> None:
    refuse_unprotected(options(host))


def test_half_of_what_tls_takes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="go together"):
        refuse_unprotected(options("127.0.0.1", tls_cert=tmp_path / "cert.pem"))
    with pytest.raises(OptionError, match="there is no file"):
        refuse_unprotected(options("127.0.0.1", tls_cert=tmp_path / "c", tls_key=tmp_path / "k"))


def test_the_service_answers_under_the_names_it_was_given() -> None:
    door = service_door(options("127.0.0.1", names=("Photos.Example",)))
    assert door.answers_to("photos.example:443")
    assert not door.answers_to("evil.example")


def test_unencrypted_serving_is_warned_about_in_both_languages(tmp_path: Path) -> None:
    place = Place(folder=tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        english = greeting(listening, options("0.0.0.0", insecure_http=True), place, "en")
        french = greeting(listening, options("0.0.0.0", insecure_http=True), place, "fr")
        alone = greeting(listening, options("127.0.0.1"), place, "en")
    assert english[0].startswith("Careful")
    assert french[0].startswith("Attention")
    assert not any("Careful" in line for line in alone)


def test_a_password_need_not_be_an_argument(tmp_path: Path) -> None:
    place = place_of({"APPRENTI_DATABASE": "postgresql://me:secret@host/db"}, tmp_path)
    assert place.database_url == "postgresql://me:secret@host/db"
    assert place.folder == tmp_path / "service"
    assert place_of({}, tmp_path, folder=tmp_path / "x").database_url.endswith("/x/apprenti.db")


def test_the_address_may_lie_in_a_file_as_containers_are_given_secrets(tmp_path: Path) -> None:
    secret = tmp_path / "address"
    secret.write_text("postgresql://me:secret@host/db\n")
    named = {"APPRENTI_DATABASE_FILE": str(secret)}
    assert place_of(named, tmp_path).database_url == "postgresql://me:secret@host/db"
    assert place_of(named, tmp_path, database="sqlite:///x.db").database_url == "sqlite:///x.db"
    with pytest.raises(OptionError, match="APPRENTI_DATABASE_FILE"):
        place_of({"APPRENTI_DATABASE_FILE": str(tmp_path / "absent")}, tmp_path)


def test_storage_without_its_keys_is_told(tmp_path: Path) -> None:
    place = Place(folder=tmp_path / "s", blobs="s3://bucket/prefix")
    with pytest.raises(OptionError, match="AWS_ACCESS_KEY_ID"), open_service(place, {}):
        pass


def test_a_folder_has_one_server_and_is_for_nobody_else(tmp_path: Path) -> None:
    place = Place(folder=tmp_path / "s")
    with sole_server(place):
        assert place.folder.stat().st_mode & 0o077 == 0
        with pytest.raises(OptionError) as caught, sole_server(place):
            pass
    assert caught.value.key == "folder_served"
    with sole_server(place):  # and another once it is free
        pass


def test_a_worker_that_dies_is_begun_again_and_all_end_with_the_block(tmp_path: Path) -> None:
    place = Place(folder=tmp_path / "s")
    with open_service(place, {}), start_workers(place, 1) as workers:
        (first,) = workers.process_ids
        os.kill(first, signal.SIGKILL)
        deadline = time.monotonic() + 30
        while workers.process_ids == [first]:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        (second,) = workers.process_ids
    with pytest.raises(ProcessLookupError):
        os.kill(second, 0)


@pytest.mark.slow
def test_a_server_shows_its_token_once_and_keeps_only_its_hash(tmp_path: Path) -> None:
    with RunningService(tmp_path / "s", "--workers", "0") as server:
        assert server.ask("GET", "/v1/me").json()["role"] == "operator"
        task = server.ask("POST", "/v1/tasks", json={"name": "Bread"}).json()
        assert server.stop() == 0
    secret = server.secret.encode()
    kept = [path for path in (tmp_path / "s").rglob("*") if path.is_file()]
    assert kept
    assert [path for path in kept if secret in path.read_bytes()] == []
    with RunningService(tmp_path / "s", "--workers", "0", "--new-token") as again:
        assert again.secret != server.secret
        for known in (server.secret, again.secret):
            assert again.ask("GET", f"/v1/tasks/{task['id']}", secret=known).json() == task
        assert again.stop(signal.SIGINT) == 0
    with RunningService(tmp_path / "s", "--workers", "0") as third:
        assert third.secret == ""


def test_a_second_server_says_why_it_does_not_begin(tmp_path: Path) -> None:
    with sole_server(Place(folder=tmp_path / "s")):
        command = [sys.executable, "-m", "apprenti", "--lang", "en", "serve", "--data", str(tmp_path / "s")]
        done = subprocess.run([*command, "--port", "0"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "another server has the folder" in done.stderr


@pytest.mark.slow
def test_a_killed_server_takes_its_workers_with_it_and_the_next_begins_where_it_was(tmp_path: Path) -> None:
    with RunningService(tmp_path / "s") as server:
        worker = _first_child(server.process.pid)
        server.stop(signal.SIGKILL)
        deadline = time.monotonic() + 60
        while _is_alive(worker):
            assert time.monotonic() < deadline
            time.sleep(0.1)
    with RunningService(tmp_path / "s", "--workers", "0") as again:
        assert again.ask("GET", "/v1/me", secret=server.secret).status_code == 200


def _first_child(process_id: int) -> int:
    """Return the process a server begins, once it has."""
    deadline = time.monotonic() + 30
    while True:
        command = ["pgrep", "-P", str(process_id)]
        listed = subprocess.run(command, capture_output=True, text=True, check=False).stdout.split()
        if listed:
            return int(listed[0])
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _is_alive(process_id: int) -> bool:
    """Return whether a process runs; one that has ended and was not asked for yet does not."""
    try:
        state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.mark.slow
def test_a_server_with_a_certificate_speaks_https(tmp_path: Path) -> None:
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(cert)],
        check=True, capture_output=True,
    )  # fmt: skip
    tls = ("--tls-cert", str(cert), "--tls-key", str(key))
    with RunningService(tmp_path / "s", "--workers", "0", *tls) as server:
        assert server.url.startswith("https://")
        assert server.ask("GET", "/v1/me", verify=ssl.create_default_context(cafile=cert)).status_code == 200
