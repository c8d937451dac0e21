"""Random small networks of every family leave torch as ONNX that gives the same features."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from tests.blocks.random_networks import a_folder, needs_transformers

from apprenti.blocks.hub_network import FAMILIES, export_network, require_export
from apprenti.blocks.onnx_backbone import backbone_with
from apprenti.blocks.scaling import Card
from apprenti.domain.errors import BackboneError


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", sorted(FAMILIES))
def test_a_network_leaves_torch_with_the_same_features(tmp_path: Path, kind: str) -> None:
    needs_transformers()
    job = a_folder(kind, tmp_path)
    export_network(job)
    model = onnx.load(job.out)
    assert {node.domain for node in model.graph.node} == {""}
    backbone = backbone_with(job.out.read_bytes(), Card(name=kind), item=kind)
    assert backbone.size_px == job.size_px
    assert b"site-packages" not in backbone.graph  # exporters write the folders of their machine
    assert backbone.has_feature_map == (FAMILIES[kind].features == "mean")


@pytest.mark.slow
def test_weights_that_would_be_drawn_at_random_are_refused(tmp_path: Path) -> None:
    needs_transformers()
    job = a_folder("vit", tmp_path, drop="layernorm_before")
    with pytest.raises(BackboneError) as refusal:
        export_network(job)
    assert refusal.value.key == "hub_weights"
    assert "layernorm_before" in str(refusal.value)
    assert not job.out.exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("config", "key"),
    [
        ({"model_type": "llama"}, "hub_family"),
        ({"model_type": "mine", "auto_map": {"AutoModel": "code.Model"}}, "hub_family"),
        ({"model_type": "vit", "hidden_size": "large"}, "hub_weights"),
        ({"model_type": "vit", "hidden_size": 32, "num_attention_heads": 2}, "hub_weights"),
        ([], "hub_family"),
    ],
    ids=str,
)
def test_a_config_that_is_not_of_a_known_family_or_does_not_fit_is_refused(
    tmp_path: Path, config: object, key: str
) -> None:
    needs_transformers()
    job = a_folder("vit", tmp_path)
    job.config.write_text(json.dumps(config))
    with pytest.raises(BackboneError) as refusal:
        export_network(job)
    assert refusal.value.key == key


@pytest.mark.slow
def test_weights_that_are_no_safetensors_are_refused_unopened(tmp_path: Path) -> None:
    needs_transformers()
    job = a_folder("vit", tmp_path)
    job.weights.write_bytes(b"\x80\x04" + bytes(200))
    with pytest.raises(BackboneError) as refusal:
        export_network(job)
    assert refusal.value.key == "hub_weights"


def test_without_what_exporting_needs_the_command_that_installs_it_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(BackboneError) as refusal:
        require_export("hf:someone/vit")
    assert 'pip install ".[hub]"' in str(refusal.value)


def test_every_family_says_what_its_features_are() -> None:
    assert {family.features for family in FAMILIES.values()} <= {
        "class token",
        "class token and mean",
        "mean",
        "pooled",
    }
    assert np.all([family.model.endswith("Model") for family in FAMILIES.values()])
