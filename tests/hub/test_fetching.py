"""Networks come from a hub as they were announced, or not at all; the real client talks to a hub on this machine."""

from __future__ import annotations

import hashlib
import socket
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from tests.hub.fake_hub import a_repository, commit_of, needs_client, running
from tests.making import Silence

from apprenti.domain.errors import BackboneError
from apprenti.domain.hub import read_address
from apprenti.hub import HubAccess, fetch, files_of

NETWORK = bytes(range(256)) * 40
CARD = {"license": "apache-2.0"}
FILES = {
    "onnx/model.onnx": NETWORK,
    "onnx/model_quantized.onnx": b"smaller",
    "preprocessor_config.json": b"{}",
    "README.md": b"---\nlicense: apache-2.0\n---\n",
    "pytorch_model.bin": b"\x80\x04never opened",
}


def taken(name: str, access: HubAccess) -> Any:
    return fetch(read_address(name), access, progress=Silence())


def refusal_of(name: str, access: HubAccess) -> BackboneError:
    with pytest.raises(BackboneError) as refusal:
        taken(name, access)
    assert refusal.value.said("fr") != refusal.value.said("en")
    return refusal.value


def test_a_pin_says_which_commit_which_bytes_and_which_licence(tmp_path: Path) -> None:
    needs_client()
    with running(net=a_repository(FILES, card=CARD)) as hub:
        pin = taken("hf:someone/net", hub.access(tmp_path))
    assert (pin.repo, pin.commit, pin.licence) == ("someone/net", commit_of(FILES), "apache-2.0")
    assert pin.network.sha256 == hashlib.sha256(NETWORK).hexdigest()
    assert str(pin.address) == f"hf:someone/net@{commit_of(FILES)}/onnx/model.onnx"
    files = files_of(pin, hub.access(tmp_path))  # the hub has stopped
    assert files is not None
    assert {name: path.read_bytes() for name, path in files.items()} == {
        name: FILES[name] for name in ("onnx/model.onnx", "preprocessor_config.json")
    }


def test_nothing_is_sent_but_our_name_and_nothing_asked_but_the_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs_client()
    from huggingface_hub import constants

    (tmp_path / "token").write_text("hf_left_by_another_program")
    with running(net=a_repository(FILES)) as hub:
        # whatever the client asks by itself comes here as well
        template = f"{hub.endpoint}/{{repo_id}}/resolve/{{revision}}/{{filename}}"
        monkeypatch.setattr(constants, "ENDPOINT", hub.endpoint)
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
        monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "token"))
        monkeypatch.setattr(constants, "AGENT_HARNESSES_PATH", str(tmp_path / "agents.json"), raising=False)
        taken("hf:someone/net@main", hub.access(tmp_path))
    sent = {name for _, _, headers in hub.requests for name in headers}
    assert {headers["user-agent"] for _, _, headers in hub.requests} == {"apprenti"}
    assert not sent & {"authorization", "cookie", "referer"}
    asked = {path.removeprefix("/large") for _, path, _ in hub.requests}
    at = f"/someone/net/resolve/{commit_of(FILES)}"
    assert {path for path in asked if not path.startswith(("/api/models/someone/net", at))} == {
        f"/someone/net/{commit_of(FILES)}/onnx/model.onnx"
    }
    assert not any(path.endswith((".bin", ".md", "quantized.onnx")) for path in asked)


def test_a_token_is_sent_where_the_person_has_set_one(tmp_path: Path) -> None:
    needs_client()
    with running(net=a_repository(FILES, gated=True)) as hub:
        assert refusal_of("hf:someone/net", hub.access(tmp_path)).key == "hub_closed"
        taken("hf:someone/net", hub.access(tmp_path, token="hf_mine"))
    told = {(path.split("/")[1], headers.get("authorization")) for _, path, headers in hub.requests}
    assert {host for host, token in told if token == "Bearer hf_mine"} == {"api", "someone"}
    assert ("large", None) in told  # another host


def test_a_token_is_never_shown(tmp_path: Path) -> None:
    access = HubAccess(
        endpoint="", gateway=("", 0), cache_folder=tmp_path, own_folder=tmp_path, token="hf_mine"
    )
    assert "hf_mine" not in repr(access)


@pytest.mark.parametrize("name", ["onnx/model.onnx", "preprocessor_config.json"])
def test_other_bytes_than_were_announced_are_refused_and_deleted(tmp_path: Path, name: str) -> None:
    needs_client()
    repository = a_repository(FILES, lies={name: bytes(len(FILES[name]))})
    with running(net=repository) as hub:
        refusal = refusal_of("hf:someone/net", hub.access(tmp_path))
        assert refusal.key == "hub_wrong_hash"
        assert name in str(refusal)
        repository.lies.clear()
        assert taken("hf:someone/net", hub.access(tmp_path)).commit == commit_of(FILES)


def test_a_file_that_changed_in_the_cache_is_refused_and_taken_anew(tmp_path: Path) -> None:
    needs_client()
    with running(net=a_repository(FILES)) as hub:
        access = hub.access(tmp_path)
        pin = taken("hf:someone/net", access)
        files = files_of(pin, access) or {}
        files["onnx/model.onnx"].write_bytes(bytes(len(NETWORK)))
        with pytest.raises(BackboneError) as refusal:
            files_of(pin, access)
        assert refusal.value.key == "hub_wrong_hash"
        assert files_of(pin, access) is None
        assert taken(str(pin.address), access) == pin


@pytest.mark.parametrize(
    ("files", "address", "chosen"),
    [
        ({"a.onnx": b"1"}, "", "a.onnx"),
        ({"model.onnx": b"1", "model_fp16.onnx": b"2"}, "", "model.onnx"),
        ({"model.onnx": b"1", "onnx/model.onnx": b"2"}, "", "onnx/model.onnx"),
        ({"a.onnx": b"1", "b.onnx": b"2"}, "/b.onnx", "b.onnx"),
        ({"a.onnx": b"1", "model.safetensors": b"2", "config.json": b"{}"}, "", "a.onnx"),
        (
            {"model.safetensors": b"2", "config.json": b"{}", "pytorch_model.bin": b"3"},
            "",
            "model.safetensors",
        ),
        (
            {"a.onnx": b"1", "model.safetensors": b"2", "config.json": b"{}"},
            "/model.safetensors",
            "model.safetensors",
        ),
    ],
)
def test_the_obvious_file_is_taken_or_the_one_that_is_named(
    tmp_path: Path, files: dict[str, bytes], address: str, chosen: str
) -> None:
    needs_client()
    with running(net=a_repository(files)) as hub:
        assert taken(f"hf:someone/net@main{address}", hub.access(tmp_path)).network.name == chosen


@pytest.mark.parametrize(
    ("files", "address", "key", "told"),
    [
        ({"a.onnx": b"1", "b.onnx": b"2"}, "", "hub_which_file", "a.onnx, b.onnx"),
        ({"a.onnx": b"1", "b.bin": b"2"}, "/c.onnx", "hub_file_unknown", "a.onnx"),
        ({"a.onnx": b"1", "b.bin": b"2"}, "/b.bin", "hub_only_pickle", "b.bin"),
        ({"pytorch_model.bin": b"1", "config.json": b"{}"}, "", "hub_only_pickle", "pytorch_model.bin"),
        ({"weights.pt": b"1"}, "", "hub_only_pickle", "weights.pt"),
        ({"README.md": b"1"}, "", "hub_nothing_usable", "someone/net"),
        ({"model.safetensors": b"1"}, "", "hub_nothing_usable", "someone/net"),
        (
            {"../a.onnx": b"1", "/b.onnx": b"1", "c/../../d.onnx": b"1"},
            "",
            "hub_nothing_usable",
            "someone/net",
        ),
    ],
)
def test_a_repository_without_anything_to_take_is_refused_with_the_reason(
    tmp_path: Path, files: dict[str, bytes], address: str, key: str, told: str
) -> None:
    needs_client()
    with running(net=a_repository(files)) as hub:
        refusal = refusal_of(f"hf:someone/net{address}", hub.access(tmp_path))
    assert (refusal.key, told in str(refusal)) == (key, True)
    assert all(path.startswith("/api/") for _, path, _ in hub.requests)  # no file was even begun
    assert not list(tmp_path.rglob("*.onnx"))


def test_a_file_too_large_is_refused_before_it_is_fetched(tmp_path: Path) -> None:
    needs_client()
    with running(net=a_repository({"a.onnx": NETWORK}, sizes={"a.onnx": 401_000_000})) as hub:
        refusal = refusal_of("hf:someone/net", hub.access(tmp_path))
    assert (refusal.key, "400 MB" in str(refusal)) == ("backbone_too_large", True)
    assert all(path.startswith("/api/") for _, path, _ in hub.requests)


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    needs_client()
    with running(net=a_repository(FILES)) as hub:
        access = hub.access(tmp_path)
        assert refusal_of("hf:someone/other", access).key == "hub_repo_unknown"
        assert refusal_of("hf:someone/net@v2", access).key == "hub_revision_unknown"
        hub.broken = True
        assert refusal_of("hf:someone/net", access).key == "hub_failed"


def closed_port() -> int:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port: int = unused.getsockname()[1]
    return port


@pytest.mark.parametrize("way", ["nobody listens", "nobody answers", "no such name", "told to stay offline"])
def test_without_a_network_it_is_said_within_two_seconds_what_to_do_instead(tmp_path: Path, way: str) -> None:
    needs_client()
    host = {"nobody answers": "192.0.2.1", "no such name": "hub.invalid"}.get(way, "127.0.0.1")
    access = HubAccess(
        endpoint=f"https://{host}",
        gateway=(host, closed_port()),  # 192.0.2.1 belongs to nobody, by RFC 5737
        cache_folder=tmp_path,
        own_folder=tmp_path,
        offline=way == "told to stay offline",
    )
    begun = time.monotonic()
    refusal = refusal_of("hf:someone/net", access)
    assert time.monotonic() - begun < 2
    assert refusal.key == "hub_offline"
    assert all(word in str(refusal) for word in (host, "--backbone FILE.onnx", "leave --backbone out"))


def test_without_the_client_the_command_that_installs_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    access = HubAccess(endpoint="", gateway=("", 0), cache_folder=tmp_path, own_folder=tmp_path)
    refusal = refusal_of("hf:someone/net", access)
    assert (refusal.key, 'pip install ".[hub-onnx]"' in str(refusal)) == ("hub_not_installed", True)


def test_the_clients_switches_are_turned_back_for_whoever_else_uses_it(tmp_path: Path) -> None:
    needs_client()
    from huggingface_hub import constants

    names = ("HF_HUB_DISABLE_TELEMETRY", "HF_HUB_DISABLE_IMPLICIT_TOKEN", "HF_HUB_DISABLE_XET")
    before = {name: getattr(constants, name) for name in names}
    with running(net=a_repository(FILES)) as hub:
        taken("hf:someone/net", hub.access(tmp_path))
    assert {name: getattr(constants, name) for name in names} == before
