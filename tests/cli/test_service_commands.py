"""``apprenti workspace``, ``apprenti token`` and ``apprenti doctor`` on a real service of its own."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest
from tests.fake_service import picture

from apprenti.cli import main
from apprenti.domain.service import Role
from apprenti.flow.service.access import ITSELF, begin_service, caller_of
from apprenti.flow.service.images import ImageWords, add_image
from apprenti.flow.service.workspaces import create_workspace, workspace_meant
from apprenti.opening import Place, open_service, sole_server

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("APPRENTI_LANG", "en")
    monkeypatch.setenv("APPRENTI_DATA", str(tmp_path / "elsewhere"))


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A service that has begun, with one image."""
    place = Place(folder=tmp_path / "s")
    with open_service(place, {}) as service:
        begin_service(service)
        here = workspace_meant(service, ITSELF, None).id
        add_image(service, ITSELF, here, picture(), words=ImageWords())
    return place


def run(capsys: Captured, place: Place, *words: str, code: int = 0) -> tuple[str, str]:
    capsys.readouterr()
    assert main([*words, "--data", str(place.folder)]) == code, capsys.readouterr().err
    captured = capsys.readouterr()
    return captured.out, captured.err


def data(capsys: Captured, place: Place, *words: str, code: int = 0) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(run(capsys, place, *words, "--json", code=code)[0])
    return answer


def test_a_token_made_at_the_machine_opens_what_it_should(capsys: Captured, place: Place) -> None:
    out, err = run(capsys, place, "token", "create", "phone", "--role", "reader")
    secret = out.strip()  # alone on standard output: SECRET=$(apprenti token create …)
    assert "shown this once" in err
    with open_service(place, {}) as service:
        assert caller_of(service, secret).role is Role.READER
    listed = data(capsys, place, "token", "list")["tokens"]
    assert [(one["name"], one["role"]) for one in listed] == [("first", "operator"), ("phone", "reader")]
    assert "secret" not in listed[1]
    assert "sha256" not in listed[1]


def test_a_token_of_one_workspace_is_listed_and_revoked(capsys: Captured, place: Place) -> None:
    (here,) = data(capsys, place, "workspace", "list")["workspaces"]
    made = data(capsys, place, "token", "create", "x", "--workspace", here["id"], "--role", "editor")
    assert made["workspace_id"] == here["id"]
    run(capsys, place, "token", "revoke", made["id"])
    (mine,) = data(capsys, place, "token", "list", "--workspace", here["id"])["tokens"]
    assert mine["revoked_at"] is not None
    assert "revoked 20" in run(capsys, place, "token", "list")[0]
    assert data(capsys, place, "token", "revoke", "no-such-id", code=12)["error"]["code"] == "not_found"


def test_what_is_done_at_the_machine_stands_in_the_audit_log(capsys: Captured, place: Place) -> None:
    from apprenti.store.database import audit

    run(capsys, place, "token", "create", "phone")
    with open_service(place, {}) as service, service.database.read() as tx:
        entries = audit.page(tx, "", noun_id=None, cursor=None, limit=10).items
    assert entries[0].token_id == "(command line)"


def test_a_workspace_goes_to_another_machine_and_comes_up_there(
    capsys: Captured, place: Place, tmp_path: Path
) -> None:
    archive = tmp_path / "w.zip"
    done = data(capsys, place, "workspace", "export", str(archive))
    assert (done["rows"]["images"], done["n_blobs"]) == (1, 1)
    assert archive.stat().st_mode & 0o077 == 0
    other = Place(folder=tmp_path / "other")  # where nothing has begun
    made = data(capsys, other, "workspace", "import", str(archive), "--name", "Moved")
    assert made["workspace"]["name"] == "Moved"
    assert not made["has_new_ids"]
    assert "1 image" in run(capsys, other, "workspace", "import", str(archive))[0]


def test_an_archive_is_not_written_over_unless_that_is_said(
    capsys: Captured, place: Place, tmp_path: Path
) -> None:
    archive = tmp_path / "w.zip"
    archive.write_bytes(b"mine")
    assert "is there already" in run(capsys, place, "workspace", "export", str(archive), code=2)[1]
    assert archive.read_bytes() == b"mine"
    run(capsys, place, "workspace", "export", str(archive), "--overwrite")
    assert archive.read_bytes()[:2] == b"PK"


def test_of_several_workspaces_one_has_to_be_named(capsys: Captured, place: Place, tmp_path: Path) -> None:
    with open_service(place, {}) as service:
        second = create_workspace(service, ITSELF, name="Second")
    said = run(capsys, place, "workspace", "export", str(tmp_path / "w.zip"), code=2)[1]
    assert "there are 2 workspaces" in said
    assert not (tmp_path / "w.zip").exists()
    run(capsys, place, "workspace", "export", str(tmp_path / "w.zip"), "--workspace", second.id)


@pytest.mark.parametrize("words", [("token", "list"), ("token", "create", "x"), ("workspace", "list")])
def test_a_typing_error_in_the_folder_begins_no_second_service(
    capsys: Captured, tmp_path: Path, words: tuple[str, ...]
) -> None:
    wrong = Place(folder=tmp_path / "wrong")
    assert "no service has begun" in run(capsys, wrong, *words, code=2)[1]
    assert not wrong.folder.exists()


def test_an_archive_that_is_not_there_is_told(capsys: Captured, place: Place, tmp_path: Path) -> None:
    said = run(capsys, place, "workspace", "import", str(tmp_path / "absent.zip"), code=3)[1]
    assert "cannot be read" in said


def findings(capsys: Captured, place: Place, *words: str, code: int) -> dict[str, dict[str, Any]]:
    answer = data(capsys, place, "doctor", *words, code=code)
    return {one["topic"]: one for one in answer["findings"]}


def test_the_doctor_tells_a_service_that_is_well(capsys: Captured, place: Place) -> None:
    found = findings(capsys, place, "--port", "0", code=0)
    assert {topic for topic, one in found.items() if one["level"] != "ok"} <= {"sqlite", "disk"}
    text = run(capsys, place, "doctor", "--port", "0", "--lang", "fr", code=0)[0]
    assert "base de données" in text
    assert max(len(line) for line in text.splitlines() if str(place.folder) not in line) <= 100


def test_the_doctor_sees_the_port_taken_or_the_server_at_work(capsys: Captured, place: Place) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert findings(capsys, place, "--port", port, code=17)["port"]["code"] == "port_taken"
        with sole_server(place):
            found = findings(capsys, place, "--port", port, code=0)
            assert found["port"]["code"] == "served"
            assert found["workers"]["found"].startswith("0 alive")


def test_the_doctor_exits_by_the_worst_and_says_what_to_do(capsys: Captured, place: Place) -> None:
    (blob,) = [path for path in (place.folder / "blobs").rglob("*") if len(path.name) == 64]
    blob.write_bytes(b"torn")
    found = findings(capsys, place, "--port", "0", code=18)
    assert found["blobs"]["level"] == "problem"
    assert "backup" in found["blobs"]["advice"]
    place.folder.chmod(0o755)
    assert findings(capsys, place, "--port", "0", code=18)["folder"]["code"] == "folder_open"


def test_the_doctor_leaves_a_machine_without_a_service_as_it_was(capsys: Captured, tmp_path: Path) -> None:
    nowhere = Place(folder=tmp_path / "nowhere" / "deep")
    found = findings(capsys, nowhere, "--port", "0", code=17)  # somebody says that there is one
    assert (found["database"]["code"], found["database"]["level"]) == ("no_service", "warning")
    assert "--data" in found["database"]["advice"]
    assert not (tmp_path / "nowhere").exists()
    capsys.readouterr()
    assert main(["doctor", "--port", "0"]) == 0  # and here nobody does
    assert capsys.readouterr().out.endswith("The machine is ready; no service has begun there.\n")


def test_a_worker_that_is_stopped_says_so_to_programs_as_well(
    capsys: Captured, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apprenti.workers.work_alone", lambda place, *, begun: begun())
    assert data(capsys, place, "work") == {"stopped": True}
    assert "Ctrl-C" in run(capsys, place, "work")[1]


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--processes", "2"), "--processes"),
        (("--name", "x"), "--name"),
        (("--allow-host", "x"), "--allow-host"),
    ],
)
def test_options_of_the_service_mean_nothing_beside_a_model(
    capsys: Captured, words: tuple[str, ...], named: str
) -> None:
    assert main(["serve", "a.apprenti", *words]) == 2
    assert f"{named} " in capsys.readouterr().err


def test_a_database_that_does_not_answer_is_a_problem_and_not_a_crash(capsys: Captured, place: Place) -> None:
    words = ("--database", "postgresql+psycopg://nobody@127.0.0.1:1/none?connect_timeout=2")
    found = findings(capsys, place, *words, "--port", "0", code=18)
    assert found["database"]["code"] == "store_unreadable"
    assert "nobody@" not in found["database"]["found"]
