"""The image without a daemon: its steps done in a folder, and what it starts started."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import sys
import time
import tomllib
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.deploy.building import ROOT, build, instructions, plain, stages

pytestmark = [pytest.mark.slow, pytest.mark.long, pytest.mark.timeout(1800)]
VALIDATORS = ("check-jsonschema==0.39.0", "kubernetes-validate==1.37.0")
"""Asked here alone, and 70 MB: in a folder of their own, not among what everybody installs."""
KUBERNETES = "1.37"


def needs_a_network() -> None:
    command = [sys.executable, "-m", "pip", "index", "versions", "pip"]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("no package index answers")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    needs_a_network()
    return build(tmp_path_factory.mktemp("image"))


@pytest.fixture(scope="module")
def validators(tmp_path_factory: pytest.TempPathFactory) -> Path:
    needs_a_network()
    folder = tmp_path_factory.mktemp("validators")
    environment = folder / "environment"
    subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
    command = [str(environment / "bin" / "python"), "-m", "pip", "install", "--quiet", *VALIDATORS]
    subprocess.run(command, env=plain({}), check=True)
    return environment / "bin"


def words_of(name: str) -> list[str]:
    (rest,) = (rest for found, rest in instructions() if found == name)
    words: list[str] = tomllib.loads(f"words = {rest}")["words"]
    return words


def test_what_is_installed_is_what_was_pinned_and_no_more(built: Path) -> None:
    pins = dict(
        line.split("==")
        for line in (ROOT / "requirements" / "constraints.txt").read_text().split()
        if "==" in line
    )
    pinned = {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in pins.items()}
    code = "import json; from importlib.metadata import distributions as all; "
    code += "print(json.dumps({one.metadata['Name']: one.version for one in all()}))"
    out = subprocess.run(
        [built / "bin" / "python", "-c", code], capture_output=True, env=plain({}), check=True
    )
    found = {
        re.sub(r"[-_.]+", "-", name).lower(): version for name, version in json.loads(out.stdout).items()
    }
    assert found.pop("apprenti")
    assert {name: pinned.get(name) for name in found} == found
    assert {"sqlalchemy", "onnxruntime", "psycopg", "obstore"} <= found.keys()
    assert not {"torch", "pip", "setuptools", "pytest"} & found.keys()


@pytest.fixture
def started(built: Path, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str, dict[str, str]]]:
    """What the image starts, in its environment; the port is another."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    given = stages()[-1].environment
    environment = plain({name: value.replace("/data", str(tmp_path)) for name, value in given.items()})
    assert given["PATH"] == "/opt/apprenti/bin:$PATH"
    environment["PATH"] = f"{built / 'bin'}:/usr/bin:/bin"
    tini, dashes, *entry = words_of("ENTRYPOINT")
    assert (tini, dashes) == ("tini", "--")
    command = [
        *entry,
        *(word.replace("/data", str(tmp_path)).replace("8000", port) for word in words_of("CMD")),
    ]
    name = shutil.which(command[0], path=environment["PATH"])
    assert name is not None
    assert Path(name).is_relative_to(built)
    process = subprocess.Popen(
        command, env=environment, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    yield process, port, environment
    if process.poll() is None:
        process.kill()
        process.wait()
    assert process.stdout is not None
    process.stdout.close()


def test_what_the_image_starts_answers_and_is_found_well_and_stops(
    built: Path, started: tuple[subprocess.Popen[str], str, dict[str, str]], tmp_path: Path
) -> None:
    process, port, environment = started
    (check,) = (rest for name, rest in instructions() if name == "HEALTHCHECK")
    python, dash, code = tomllib.loads(f"words = {check[check.index('CMD') + 3 :].strip()}")["words"]
    deadline = time.monotonic() + 120
    while subprocess.run([built / "bin" / python, dash, code.replace("8000", port)], env=environment,
                         capture_output=True, check=False).returncode:  # fmt: skip
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.5)
    assert process.stdout is not None
    said = ""
    while (secret := re.search(r"^  ([\w-]{43})$", said, re.MULTILINE)) is None:
        said += process.stdout.readline()
    ask = urllib.request.Request(
        f"http://127.0.0.1:{port}/v1/me", headers={"authorization": f"Token {secret[1]}"}
    )
    with urllib.request.urlopen(ask, timeout=30) as answer:
        assert json.load(answer)["role"] == "operator"
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as page:
        assert page.status == 200
    command = [built / "bin" / "apprenti", "doctor", "--json", "--data", str(tmp_path)]
    out = subprocess.run(command, capture_output=True, env=environment, check=False)
    found = {one["topic"]: one for one in json.loads(out.stdout)["findings"]}
    assert {found[topic]["level"] for topic in ("packages", "onnxruntime", "database", "workers")} == {"ok"}
    process.terminate()
    assert process.wait(60) == 0


def test_the_compose_file_is_one_by_its_schema(validators: Path) -> None:
    command = [validators / "check-jsonschema", "--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run(
        [*command, ROOT / "deploy" / "compose.yaml"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_the_manifests_are_what_kubernetes_takes(validators: Path) -> None:
    command = [validators / "kubernetes-validate", "--strict", "--kubernetes-version", KUBERNETES]
    manifests = ROOT / "deploy" / "kubernetes" / "apprenti.yaml"
    done = subprocess.run([*command, manifests], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "INFO" in done.stdout + done.stderr


@pytest.mark.parametrize("wrong", ["replicas: many", "replica: 2"])
def test_the_validator_would_say_so(validators: Path, tmp_path: Path, wrong: str) -> None:
    text = (ROOT / "deploy" / "kubernetes" / "apprenti.yaml").read_text(encoding="utf-8")
    assert "replicas: 1" in text
    path = tmp_path / "wrong.yaml"
    path.write_text(text.replace("replicas: 1", wrong, 1))
    command = [validators / "kubernetes-validate", "--strict", "--kubernetes-version", KUBERNETES, path]
    assert subprocess.run(command, capture_output=True, check=False).returncode != 0
