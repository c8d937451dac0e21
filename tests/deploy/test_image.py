"""The image: what is copied exists, what is installed exists, nothing runs as root, and no torch comes along."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib

import pytest
from tests.deploy.building import ROOT, instructions

from apprenti.cli.parser import build_parser

KNOWN = {
    "ARG", "FROM", "WORKDIR", "COPY", "ENV", "RUN", "USER", "VOLUME", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK",
    "ENTRYPOINT", "CMD",
}  # fmt: skip


def of(name: str) -> list[str]:
    return [rest for found, rest in instructions() if found == name]


def test_every_instruction_is_one_that_docker_knows() -> None:
    assert {name for name, _ in instructions()} <= KNOWN


def test_what_is_copied_is_there_and_let_in() -> None:
    let_in = (ROOT / "deploy" / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    assert let_in[0] == "*"
    for words in map(str.split, of("COPY")):
        if words[0].startswith("--from="):
            assert f"AS {words[0].removeprefix('--from=')}" in " ".join(of("FROM"))
            continue
        for source in words[:-1]:
            assert (ROOT / source).exists(), source
            assert f"!{source}" in let_in, source


def test_what_the_package_is_built_of_is_copied() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    copied = {word for words in of("COPY") for word in words.split()}
    assert {"pyproject.toml", project["readme"], *project["license-files"], "src"} <= copied


def test_packages_come_in_the_pinned_versions_and_none_trains_networks() -> None:
    (install,) = (run for run in of("RUN") if "pip install" in run)
    assert "/src/requirements/constraints.txt" in " ".join(of("ENV"))
    wanted = re.search(r'"\.\[([\w,]+)\]"', install)
    assert wanted is not None
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    lines = [*project["dependencies"], *(line for extra in wanted[1].split(",") for line in extras[extra])]
    names = {re.split(r"[<>=!~\[; ]", line)[0] for line in lines}
    assert not {"torch", "transformers", "onnxscript"} & names


def test_the_system_packages_exist() -> None:
    installs = re.findall(r"apt-get install ((?:--?\S+ )*)([a-z0-9 .+-]+)", " ".join(of("RUN")))
    names = [name for _, words in installs for name in words.split()]
    assert names
    if shutil.which("apt-cache") is None:
        pytest.skip("apt-cache is not here")
    if not subprocess.run(["apt-cache", "show", "bash"], capture_output=True, check=False).stdout.count(
        b"Package"
    ):
        pytest.skip("this machine has no lists of packages: apt-get update")
    for name in names:
        shown = subprocess.run(["apt-cache", "show", name], capture_output=True, text=True, check=False)
        assert f"Package: {name}\n" in shown.stdout, name


def test_the_last_stage_is_no_root_and_has_no_compiler() -> None:
    stages: list[list[tuple[str, str]]] = []
    for name, rest in instructions():
        if name == "FROM":
            stages.append([])
        elif stages:
            stages[-1].append((name, rest))
    last = stages[-1]
    (user,) = (rest for name, rest in last if name == "USER")
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user)  # a number: a cluster sees that it is not root
    after_user = last[[name for name, _ in last].index("USER") :]
    assert not [rest for name, rest in after_user if name == "RUN"]
    assert not re.search(r"build-essential|gcc|curl", " ".join(rest for name, rest in last))


def exec_form(rest: str) -> list[str]:
    words: list[str] = tomllib.loads(f"words = {rest}")["words"]
    return words


def test_it_starts_a_command_that_can_be_typed_and_hears_signals() -> None:
    (entry,), (command,) = of("ENTRYPOINT"), of("CMD")
    words = exec_form(entry) + exec_form(command)
    assert words[:3] == ["tini", "--", "apprenti"]
    options = build_parser("en").parse_args(words[3:])
    assert options.command == "serve"
    assert str(options.port) in of("EXPOSE")
    assert str(options.data) in of("VOLUME")


def test_its_health_is_asked_with_what_is_in_it() -> None:
    (check,) = of("HEALTHCHECK")
    words = exec_form(check[check.index("CMD") + 3 :].strip())
    assert words[:2] == ["python", "-c"]
    compile(words[2], "healthcheck", "exec")
    assert ":8000/v1/health/live" in words[2]
