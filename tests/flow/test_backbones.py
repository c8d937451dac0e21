"""From ``hf:...`` to features: what a network of a hub gives is what it gives where it was made."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.blocks.networks import N_FEATURES, a_network, noise
from tests.blocks.random_networks import a_folder, needs_transformers
from tests.hub.fake_hub import FakeHub, a_repository, commit_of, needs_client, running
from tests.making import Silence

from apprenti.blocks.artifact import unpack
from apprenti.blocks.backbone import Backbone
from apprenti.blocks.session import open_session
from apprenti.domain.errors import BackboneError
from apprenti.domain.hub import backbone_choice
from apprenti.domain.recipe import Pick, Trial
from apprenti.domain.sentence import Sentence
from apprenti.engine import InlineEngine
from apprenti.flow.backbones import bring_backbones
from apprenti.flow.inspect import inspect_data
from apprenti.flow.tools import Tools
from apprenti.flow.train import train
from apprenti.recipes import SPACE
from apprenti.stages.select import Ground
from apprenti.store import MemoryShelf


class Untouchable:
    """Stands where nothing may be asked for."""

    def __getattr__(self, name: str) -> object:
        raise AssertionError(f"{name} was used")


PREPROCESSOR = {"image_mean": [0.2, 0.3, 0.4], "image_std": [0.5, 0.6, 0.7], "size": 16}


def a_hub_file(seed: int = 0) -> dict[str, bytes]:
    """Return the files of a classifier as they lie on a hub."""
    model = a_network(output="pooled_and_flat", size="S", seed=seed)
    del model.graph.output[0]
    return {
        "onnx/model.onnx": model.SerializeToString(),
        "preprocessor_config.json": json.dumps(PREPROCESSOR).encode(),
    }


def tools_for(hub: FakeHub, folder: Path) -> Tools:
    return Tools(
        engine=InlineEngine(),
        shelf=MemoryShelf(),
        progress=Silence(),
        clock=time.monotonic,
        hub=hub.access(folder),
    )


def brought(name: str, tools: Tools) -> Backbone:
    (backbone,) = bring_backbones([backbone_choice(name)], tools=tools).backbones
    assert isinstance(backbone, Backbone)
    return backbone


def test_features_are_those_of_the_network_on_pixels_scaled_as_its_repository_says(tmp_path: Path) -> None:
    needs_client()
    files = a_hub_file()
    with running(net=a_repository(files, card={"license": "mit"})) as hub:
        backbone = brought("hf:someone/net", tools_for(hub, tmp_path))
    (features,) = open_session(backbone.graph).run(["features"], {"pixels": noise(3)})
    fed = (noise(3) / 255 - PREPROCESSOR["image_mean"]) / PREPROCESSOR["image_std"]
    image = fed.transpose(0, 3, 1, 2).astype(np.float32)
    (expected,) = open_session(a_network(size="S").SerializeToString()).run(["features"], {"image": image})
    np.testing.assert_allclose(features, expected, rtol=1e-4, atol=1e-4)
    assert (backbone.size_px, backbone.n_features, backbone.licence) == (16, N_FEATURES, "mit")
    assert backbone.source == f"hf:someone/net@{commit_of(files)}/onnx/model.onnx"
    assert backbone.name.startswith("net-")
    assert backbone.has_feature_map


def test_what_was_fetched_once_is_used_without_a_network(tmp_path: Path) -> None:
    needs_client()
    with running(net=a_repository(a_hub_file())) as hub:
        tools = tools_for(hub, tmp_path)
        first = brought("hf:someone/net", tools)
        n_requests = len(hub.requests)
        assert brought("hf:someone/net", tools) == first
        assert len(hub.requests) == n_requests
    assert brought("hf:someone/net", tools) == first
    assert brought(first.source, tools) == first
    with pytest.raises(BackboneError) as refusal:
        brought("hf:someone/net@other", tools)
    assert refusal.value.key == "hub_offline"


def test_a_branch_that_moves_on_leaves_a_pinned_training_where_it_was(tmp_path: Path) -> None:
    needs_client()
    repository = a_repository(a_hub_file())
    with running(net=repository) as hub:
        tools = tools_for(hub, tmp_path)
        first = brought("hf:someone/net", tools)
        later = a_hub_file(seed=1)
        repository.commits[commit_of(later)] = later
        repository.branches["main"] = commit_of(later)
        assert brought("hf:someone/net", tools) == first
        for path in (tmp_path / "files").rglob("model.onnx"):
            path.unlink()  # the pin outlives the files
        assert brought("hf:someone/net", tools) == first
        assert brought(f"hf:someone/net@{commit_of(later)}", tools) != first
        assert brought("hf:someone/net", tools_for(hub, tmp_path / "another machine")) != first
        assert brought(first.source, tools_for(hub, tmp_path / "a third")) == first


def test_the_notice_names_the_licence_or_says_that_there_is_none(tmp_path: Path) -> None:
    needs_client()
    with running(
        free=a_repository(a_hub_file(), card={"license": "other", "license_name": "my-terms-1.0"}),
        silent=a_repository(a_hub_file()),
        odd=a_repository(a_hub_file(), card={"license": "<b>\n"}),
    ) as hub:
        tools = tools_for(hub, tmp_path)
        choices = [backbone_choice(f"hf:someone/{name}") for name in ("free", "silent", "odd")]
        done = bring_backbones([Path("embedded"), *choices], tools=tools)
    assert done.backbones[0] == Path("embedded")
    assert "my-terms-1.0" in done.notices[0].said()
    assert "my-terms-1.0" in done.notices[0].said("fr")
    assert [notice.key for notice in done.notices[1:]] == ["train.hub_without_licence"] * 2


def test_files_alone_ask_no_hub() -> None:
    untouchable = Untouchable()
    tools = Tools(
        engine=untouchable, shelf=untouchable, progress=untouchable, clock=untouchable, hub=untouchable
    )  # type: ignore[arg-type]
    choices = [backbone_choice("embedded"), backbone_choice("nets/vit.onnx")]
    assert bring_backbones(choices, tools=tools).backbones == tuple(choices)


def test_a_network_that_cannot_be_had_is_refused_before_the_photos_are_looked_at(tmp_path: Path) -> None:
    needs_client()
    with running() as hub:
        tools = tools_for(hub, tmp_path)
        for flow in (
            lambda source, **more: train(source, out=tmp_path / "x.apprenti", budget_seconds=30, **more),
            inspect_data,
        ):
            with pytest.raises(BackboneError) as refusal:
                flow(tmp_path / "no photos", backbones=[backbone_choice("hf:someone/net")], tools=tools)
            assert refusal.value.key == "hub_repo_unknown"


class OnNetwork:
    """Picks one recipe on the networks brought, whatever the data."""

    def __init__(self, ground: Ground, **_: object) -> None:
        recipe = SPACE["nets/l2.v1/kernel_ridge.v1?alpha=0.03&gamma=2"].on(ground.stock)
        self.pick = Pick(
            recipe=recipe, reason=Sentence(key="select.ridge", values={"rank": 1}), predicted_seconds=1.0
        )
        self.left = [self.pick]

    def plan(self) -> tuple[Pick, ...]:
        return (self.pick,)

    def ask(self, *, seconds_left: float) -> Pick | None:
        return self.left.pop() if self.left else None

    @property
    def waiting(self) -> bool:
        return False

    def outlook(self) -> None: ...

    def tell(self, trial: Trial) -> None: ...


def test_a_model_says_which_commit_and_which_bytes_its_network_was_made_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs_client()
    monkeypatch.setattr("apprenti.flow.choosing.open_selector", OnNetwork)
    rng = np.random.default_rng(0)
    for label, level in (("dark", 40), ("light", 200)):
        (tmp_path / "photos" / label).mkdir(parents=True)
        for i in range(8):
            pixels = rng.integers(level - 40, level + 40, (16, 16, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / "photos" / label / f"{i}.png")
    files = a_hub_file()
    with running(net=a_repository(files, card={"license": "mit"})) as hub:
        training = train(
            tmp_path / "photos",
            out=tmp_path / "photos.apprenti",
            budget_seconds=60,
            backbones=[backbone_choice("hf:someone/net")],
            tools=tools_for(hub, tmp_path),
        )
    assert "train.hub_backbone" in {notice.key for notice in training.report.notices}
    (credit,) = unpack(training.model_path.read_bytes()).manifest.backbones
    assert credit.source == f"hf:someone/net@{commit_of(files)}/onnx/model.onnx"
    assert credit.source_sha256 == hashlib.sha256(files["onnx/model.onnx"]).hexdigest()
    assert credit.licence == "mit"
    page = training.report_path.read_text(encoding="utf-8")
    assert credit.source in page
    assert credit.source_sha256 in page


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_weights_become_a_network_once_and_are_used_without_torch_or_a_network_afterwards(
    tmp_path: Path,
) -> None:
    needs_client()
    needs_transformers()
    (tmp_path / "made").mkdir()
    job = a_folder("resnet", tmp_path / "made")
    told = {"image_mean": [0.5] * 3, "image_std": [0.5] * 3, "size": {"shortest_edge": 32}}
    files = {
        "model.safetensors": job.weights.read_bytes(),
        "config.json": job.config.read_bytes(),
        "preprocessor_config.json": json.dumps(told).encode(),
        "pytorch_model.bin": b"\x80\x04never opened",
    }
    with running(net=a_repository(files, card={"license": "apache-2.0"})) as hub:
        tools = tools_for(hub, tmp_path)
        first = brought("hf:someone/net", tools)
    assert (first.size_px, first.n_features, first.licence) == (32, 16, "apache-2.0")
    assert first.source_sha256 == hashlib.sha256(files["model.safetensors"]).hexdigest()
    assert brought("hf:someone/net", replace(tools, engine=Untouchable())) == first  # type: ignore[arg-type]
