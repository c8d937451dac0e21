"""Compose, Kubernetes and systemd: the commands can be typed, secrets are files, nothing runs as root."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from apprenti.cli.parser import build_parser

DEPLOY = Path(__file__).parents[2] / "deploy"
UNIT = DEPLOY / "apprenti.service"
KINDS = {
    "Namespace": "v1",
    "ServiceAccount": "v1",
    "PersistentVolumeClaim": "v1",
    "Deployment": "apps/v1",
    "Service": "v1",
    "PodDisruptionBudget": "policy/v1",
    "NetworkPolicy": "networking.k8s.io/v1",
}
USER = 10001


def compose() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return data


def manifests() -> list[dict[str, Any]]:
    text = (DEPLOY / "kubernetes" / "apprenti.yaml").read_text(encoding="utf-8")
    return list(yaml.safe_load_all(text))


def deployments() -> list[dict[str, Any]]:
    return [one for one in manifests() if one["kind"] == "Deployment"]


def container_of(deployment: dict[str, Any]) -> dict[str, Any]:
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    found: dict[str, Any] = container
    return found


@pytest.mark.parametrize("name", ["server", "worker"])
def test_compose_starts_commands_that_can_be_typed(name: str) -> None:
    options = build_parser("en").parse_args(compose()["services"][name]["command"])
    assert options.command == {"server": "serve", "worker": "work"}[name]
    assert str(options.data) == "/data"


def test_compose_gives_secrets_as_files_and_shows_the_port_to_this_machine_only() -> None:
    whole = compose()
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    assert not re.search(r"PASSWORD: \S", text)
    for name, service in whole["services"].items():
        assert set(service["secrets"]) <= set(whole["secrets"]), name
        for volume in service["volumes"]:
            assert volume.partition(":")[0] in whole["volumes"], name
        for place in service.get("environment", {}).values():
            if str(place).startswith("/run/secrets/"):
                assert place.rpartition("/")[2] in service["secrets"]
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))
    assert all(secret["file"].startswith("./secrets/") for secret in whole["secrets"].values())


def test_compose_waits_until_the_database_is_well_and_gives_time_to_stop() -> None:
    services = compose()["services"]
    assert services["database"]["healthcheck"]["test"]
    for name in ("server", "worker"):
        assert services[name]["depends_on"]["database"]["condition"] == "service_healthy"
        assert services[name]["stop_grace_period"] == "60s"
        assert services[name]["read_only"]
    assert (
        DEPLOY / services["server"]["build"]["context"] / services["server"]["build"]["dockerfile"]
    ).exists()


def test_every_manifest_has_its_api_a_name_and_the_namespace() -> None:
    for one in manifests():
        assert KINDS[one["kind"]] == one["apiVersion"]
        assert re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", one["metadata"]["name"])
        assert one["kind"] == "Namespace" or one["metadata"]["namespace"] == "apprenti"
    names = [(one["kind"], one["metadata"]["name"]) for one in manifests()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("number", [0, 1])
def test_a_deployment_chooses_its_own_pods_and_mounts_what_it_has(number: int) -> None:
    spec = deployments()[number]["spec"]
    assert spec["selector"]["matchLabels"].items() <= spec["template"]["metadata"]["labels"].items()
    pod = spec["template"]["spec"]
    assert {one["name"] for one in pod["volumes"]} == {
        one["name"] for one in container_of(deployments()[number])["volumeMounts"]
    }
    claims = {
        one["persistentVolumeClaim"]["claimName"] for one in pod["volumes"] if "persistentVolumeClaim" in one
    }
    there = {one["metadata"]["name"] for one in manifests() if one["kind"] == "PersistentVolumeClaim"}
    assert claims == there
    assert pod["terminationGracePeriodSeconds"] >= 60


@pytest.mark.parametrize("number", [0, 1])
def test_a_pod_keeps_to_the_restricted_standard(number: int) -> None:
    pod = deployments()[number]["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] == USER
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    container = container_of(deployments()[number])
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert "memory" in container["resources"]["limits"]
    assert not container["image"].endswith(":latest")
    assert f"USER {USER}:{USER}" in (DEPLOY / "Dockerfile").read_text(encoding="utf-8")


def test_pods_start_commands_that_can_be_typed_and_are_asked_how_they_are() -> None:
    server, worker = (container_of(one) for one in deployments())
    options = build_parser("en").parse_args(server["args"])
    assert (options.command, options.port, options.workers) == ("serve", 8000, 0)
    assert server["ports"][0]["containerPort"] == options.port
    for probe, path in (("livenessProbe", "live"), ("startupProbe", "live"), ("readinessProbe", "ready")):
        assert server[probe]["httpGet"] == {"path": f"/v1/health/{path}", "port": options.port}
    at_work = build_parser("en").parse_args(worker["args"])
    assert at_work.command == "work"
    assert at_work.blobs == options.blobs  # images and models in common
    assert at_work.data != options.data


def test_the_network_lets_the_ingress_in_and_the_database_out() -> None:
    policies = [one["spec"] for one in manifests() if one["kind"] == "NetworkPolicy"]
    everyone, server = policies
    assert everyone["policyTypes"] == ["Ingress", "Egress"]
    assert "ingress" not in everyone
    assert {port["port"] for rule in everyone["egress"] for port in rule["ports"]} == {53, 5432}
    assert server["ingress"][0]["ports"] == [{"protocol": "TCP", "port": 8000}]


def unit_lines() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in UNIT.read_text(encoding="utf-8").splitlines():
        if "=" in line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


def test_the_unit_starts_a_command_that_can_be_typed() -> None:
    (line,) = unit_lines()["ExecStart"]
    options = build_parser("en").parse_args(line.split()[1:])
    assert (options.command, options.host) == ("serve", "127.0.0.1")
    assert options.data.is_relative_to("/var/lib/apprenti")


def test_the_unit_lets_the_server_stop_its_workers_and_candidates_have_limits() -> None:
    unit = unit_lines()
    assert unit["KillMode"] == ["mixed"]
    assert int(unit["TimeoutStopSec"][0]) >= 60
    assert not any("@resources" in value for value in unit["SystemCallFilter"])  # setrlimit is one of those


def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not here")
    copy = tmp_path / "apprenti.service"
    text = UNIT.read_text(encoding="utf-8")
    copy.write_text(text.replace("/opt/apprenti/bin/apprenti", shutil.which("true") or "/bin/true"))
    done = subprocess.run(
        ["systemd-analyze", "verify", str(copy)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "apprenti.service" not in done.stderr
