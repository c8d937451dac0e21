"""Small networks of transformers with random weights, in the files that people publish theirs in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from apprenti.blocks.hub_network import FAMILIES, NEEDED, ExportJob, TunableWeights
from apprenti.blocks.scaling import SIGNED

SMALL: dict[str, dict[str, Any]] = {
    "convnext": {"hidden_sizes": [8, 8, 16, 16], "depths": [1, 1, 1, 1]},
    "convnextv2": {"hidden_sizes": [8, 8, 16, 16], "depths": [1, 1, 1, 1]},
    "dinov2": {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "image_size": 56},
    "efficientnet": {"width_coefficient": 0.25, "depth_coefficient": 0.1, "hidden_dim": 320},
    "resnet": {"embedding_size": 8, "hidden_sizes": [8, 16], "depths": [1, 1], "layer_type": "basic"},
    "vit": {
        "hidden_size": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": 32,
        "image_size": 32,
        "patch_size": 8,
    },
}


def needs_transformers() -> None:
    for name in NEEDED:
        pytest.importorskip(name, reason=f'needs {name}: pip install ".[hub]"')


def a_folder(kind: str, folder: Path, *, drop: str = "") -> ExportJob:
    """Write a network with random weights as people publish theirs; ``drop`` leaves a part of the weights out."""
    import torch
    import transformers
    from safetensors.torch import save_file

    family = FAMILIES[kind]
    config = getattr(transformers, family.config)(**SMALL[kind])
    torch.manual_seed(0)
    model = getattr(transformers, family.model)(config, **family.options)
    weights = {}
    for name, tensor in model.state_dict().items():
        if drop and drop in name:
            continue
        if (
            tensor.dtype.is_floating_point and tensor.ndim > 1
        ):  # as they are drawn, they fade within a few layers
            tensor = torch.randn(tensor.shape) * (2 * len(tensor) / tensor.numel()) ** 0.5
        elif name.endswith("weight"):
            tensor = torch.full_like(tensor, 2.0)
        weights[name] = tensor.contiguous()
    save_file(weights, folder / "model.safetensors")
    (folder / "config.json").write_text(config.to_json_string(use_diff=False))
    return ExportJob(
        name=f"hf:someone/{kind}",
        weights=folder / "model.safetensors",
        config=folder / "config.json",
        size_px=28 if kind == "dinov2" else 32,
        out=folder / "network.onnx",
    )


def tunable(kind: str, folder: Path) -> TunableWeights:
    """Write such a network and return it as what a training begins with."""
    job = a_folder(kind, folder)
    assert job.size_px is not None
    return TunableWeights(
        name=job.name,
        weights=job.weights,
        config=job.config,
        size_px=job.size_px,
        scaling=SIGNED,
        multiply_adds=1000,
        sha256=("0" * 64, "1" * 64),
    )
