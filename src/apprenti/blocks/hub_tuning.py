"""From the weights of an image model to a network that can learn, and from what it learnt to a graph. PyTorch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from apprenti.blocks.hub_network import TunableWeights, load_network, quietly, write_onnx
from apprenti.blocks.onnx_backbone import backbone_with
from apprenti.blocks.scaling import Card

if TYPE_CHECKING:
    from apprenti.blocks.backbone import Backbone
    from apprenti.blocks.hub_layers import HubNetwork

QUICK_ATTENTION, PLAIN_ATTENTION = "sdpa", "eager"
"""Fused for learning, which keeps no table of every patch against every other; written out for export."""


def load_for_tuning(weights: TunableWeights) -> HubNetwork:
    """Return the network as it is before it learns.

    Raises:
        BackboneError: a family that is not known, or weights that do not fit.
    """
    with quietly():
        network = load_network(weights, scaling=weights.scaling)
        _attend(network, QUICK_ATTENTION)
    return network


def tuned_backbone(network: HubNetwork, weights: TunableWeights, *, out: Path) -> Backbone:
    """Return what a network has become as a backbone: pixels in, features out, a map where there is one.

    Args:
        network: in eval mode.
        weights: what it was before.
        out: a file on the way, which is deleted.

    Raises:
        BackboneError: the graph gives other features than PyTorch does.
    """
    card = Card(name="tuned", size_px=weights.size_px, mean=weights.scaling.mean, scale=weights.scaling.scale)
    try:
        with quietly(), _plainly(network):
            write_onnx(network, out, item=weights.name)
        return backbone_with(out.read_bytes(), card, item=weights.name)
    finally:
        out.unlink(missing_ok=True)


@contextmanager
def _plainly(network: HubNetwork) -> Iterator[None]:
    """Write attention out for a while."""
    _attend(network, PLAIN_ATTENTION)
    try:
        yield
    finally:
        _attend(network, QUICK_ATTENTION)


def _attend(network: HubNetwork, how: str) -> None:
    if getattr(network.model, "_supports_sdpa", False):
        network.model.set_attn_implementation(how)
