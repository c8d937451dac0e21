"""What a network is before it is trained on a person's photos, in PyTorch.

The packaged network's normalisations were folded into its convolutions. They are given back here, with the means and
spreads of the person's own photos: the function stays what it was, and training has what steadies it. On held-out
photos this gained one to two points over training without them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import torch
from torch import Tensor, nn

from apprenti.blocks.residual_graph import Network
from apprenti.blocks.residual_network import ResidualNetwork, unfolded

SCRATCH_WIDTHS = (32, 64, 128, 256)
SCRATCH_DEPTHS = (1, 1, 1, 1)
SCRATCH_HEAD_WIDTH = 512
SMALL_PX = 40
"""Up to here the first two convolutions keep the size of the picture."""
MOMENTUM = 0.05
"""How fast the running means follow: batches are small."""
_LEAST_VARIANCE = 1e-6


def packaged_start(numbers: Network, batches: Sequence[Tensor]) -> ResidualNetwork:
    """Return the network of these numbers, its normalisations at work again.

    Args:
        numbers: of the packaged network.
        batches: photos to measure means and spreads on, float32 [n, 3, h, w], 0..255, some hundred in all.
    """
    network: ResidualNetwork = unfolded(numbers)
    _renormalise(network, batches)
    return network


def scratch_start(size_px: int, *, seed: int) -> ResidualNetwork:
    """Return a small network of random numbers for squares of ``size_px``."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network: ResidualNetwork = ResidualNetwork(
            SCRATCH_WIDTHS,
            SCRATCH_DEPTHS,
            stem_width=SCRATCH_WIDTHS[0],
            head_width=SCRATCH_HEAD_WIDTH,
            stem_strides=(1, 1) if size_px <= SMALL_PX else (2, 1) if size_px <= 2 * SMALL_PX else (2, 2),
        )
        for layer in network.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
    return network


@torch.no_grad()
def _renormalise(network: ResidualNetwork, batches: Sequence[Tensor]) -> None:
    """Set every normalisation's running numbers to what it sees, and its own so that the function does not change."""
    norms = [layer for layer in network.modules() if isinstance(layer, nn.BatchNorm2d)]
    seen = {id(norm): _Moments(norm.num_features) for norm in norms}

    def look(norm: nn.Module, given: tuple[Tensor, ...]) -> None:
        seen[id(norm)].add(given[0])

    hooks = [norm.register_forward_pre_hook(look) for norm in norms]
    network.eval()
    for pixels in batches:
        network.maps(pixels)
    for hook in hooks:
        hook.remove()
    for norm in norms:
        mean, variance = seen[id(norm)].result()
        running_mean, running_var = cast("Tensor", norm.running_mean), cast("Tensor", norm.running_var)
        factor = norm.weight.double() / torch.sqrt(running_var.double() + norm.eps)  # [c]
        offset = norm.bias.double() - running_mean.double() * factor
        running_mean.copy_(mean)
        running_var.copy_(variance)
        norm.weight.copy_(factor * torch.sqrt(variance + norm.eps))
        norm.bias.copy_(offset + mean * factor)
        norm.momentum = MOMENTUM


class _Moments:
    """Mean and variance of channels, gathered batch by batch."""

    def __init__(self, n_channels: int) -> None:
        self._n = 0
        self._sum = torch.zeros(n_channels, dtype=torch.float64)
        self._squares = torch.zeros(n_channels, dtype=torch.float64)

    def add(self, x: Tensor) -> None:
        """Take in a map, [n, c, h, w]."""
        self._n += x.numel() // x.shape[1]
        self._sum += x.double().sum(dim=(0, 2, 3)).cpu()
        self._squares += x.double().square().sum(dim=(0, 2, 3)).cpu()

    def result(self) -> tuple[Tensor, Tensor]:
        """Return mean and variance, float64 [c] each."""
        mean = self._sum / self._n
        return mean, (self._squares / self._n - mean.square()).clamp_min(_LEAST_VARIANCE)
