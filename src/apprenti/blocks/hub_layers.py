"""An image model of ``transformers`` as the training loop and the exporter see it. PyTorch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from apprenti.blocks.feature_network import FeatureNetwork
from apprenti.blocks.scaling import UNSCALED, Scaling


class HubNetwork(FeatureNetwork):
    """A model with one output, the vector that a classifier on it looks at; scaling folded in.

    Running means and spreads of batch normalisations stay what millions of photos made them, in training as well: a
    person's few batches would say less, and the network begins as exactly what it was. All else learns.

    Args:
        model: of ``transformers``.
        takes: which of its outputs are the features, see ``hub_network.Family``.
        size_px: side of the squares it takes.
        scaling: what it wants its pixels to be.
    """

    def __init__(self, model: Any, takes: str, *, size_px: int, scaling: Scaling = UNSCALED) -> None:
        super().__init__()
        self.model = model
        self._takes = takes
        self.size_px = size_px
        self.register_buffer("mean", torch.tensor(scaling.mean).reshape(1, 3, 1, 1), persistent=False)
        self.register_buffer("scale", torch.tensor(scaling.scale).reshape(1, 3, 1, 1), persistent=False)
        self.eval()
        with torch.no_grad():
            self.n_features = int(self(torch.zeros(1, 3, size_px, size_px)).shape[1])

    def forward(self, pixel_values: Tensor) -> Tensor:
        """Return the features, [n, n_features], of scaled pixels, float32 [n, 3, h, w]."""
        told = self.model(pixel_values=pixel_values, return_dict=True)
        last: Tensor = told.last_hidden_state  # [n, 1 + patches, d], or a map [n, d, rows, columns]
        match self._takes:
            case "class token":
                return last[:, 0]
            case "class token and mean":
                return torch.cat([last[:, 0], last[:, 1:].mean(dim=1)], dim=1)
            case "mean":
                return last.mean(dim=(2, 3))
            case _:
                return told.pooler_output.flatten(1)

    def features(self, pixels: Tensor) -> Tensor:
        """Return the features, [n, n_features], of photos, float32 [n, 3, h, w], RGB, 0..255."""
        features: Tensor = self((pixels - self.mean) / self.scale)
        return features

    def parts(self) -> Sequence[nn.Module]:
        """Return embedding, layers or stages one by one, and what follows them."""
        return [part for part in _in_order(self.model) if any(True for _ in part.parameters())]

    def wake(self) -> None:
        """Let what learns learn, but for the running means and spreads of batch normalisations."""
        super().wake()
        for layer in self.modules():
            if isinstance(layer, nn.modules.batchnorm._BatchNorm):
                layer.eval()


def _in_order(model: nn.Module) -> Iterator[nn.Module]:
    """Yield the modules right below a model, a list of layers one by one, wherever it lies among them."""
    for child in model.children():
        if isinstance(child, nn.ModuleList):
            yield from child
        elif any(isinstance(grandchild, nn.ModuleList) for grandchild in child.children()):
            yield from _in_order(child)
        else:
            yield child
