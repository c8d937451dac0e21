"""The network of the embedded backbone, in PyTorch: what ``pretrain/`` trains and deep recipes fine-tune.

A residual network (He et al. 2015, arXiv:1512.03385) small enough to train on two cores: plain 3 x 3 convolutions,
since those run near a CPU's peak in training where depthwise ones do not, a stem that quarters the picture in two
steps, average pooling on the shortcuts (He et al. 2018, arXiv:1812.01187), and a last 1 x 1 convolution that
widens what a linear head gets to see. PyTorch is needed here and nowhere else in ``blocks``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import torch
from torch import Tensor, nn

from apprenti.blocks.feature_network import FeatureNetwork
from apprenti.blocks.residual_graph import MEAN, SCALE, Block, Convolution, Network

STRIDE = 32
"""Pixels of the picture per cell of the last feature map."""


class ResidualNetwork(FeatureNetwork):
    """A feature extractor: pixels in, one feature map out.

    Args:
        widths: channels of each stage; every stage but the first halves the map.
        depths: residual blocks of each stage.
        stem_width: channels of the first convolution.
        head_width: channels of the last map.
        stem_strides: of the first two convolutions; small pictures lose too much in a stem that quarters them.
    """

    def __init__(
        self,
        widths: Sequence[int] = (48, 96, 192, 384),
        depths: Sequence[int] = (1, 2, 2, 1),
        stem_width: int = 32,
        head_width: int = 1024,
        stem_strides: tuple[int, int] = (2, 2),
    ) -> None:
        super().__init__()
        self.head_width = head_width
        self.n_features = head_width + sum(widths[1:])
        self.stem = nn.Sequential(
            convolution(3, stem_width, stride=stem_strides[0]),
            convolution(stem_width, widths[0], stride=stem_strides[1]),
        )
        stages, n_in = [], widths[0]
        for i, (width, depth) in enumerate(zip(widths, depths, strict=True)):
            blocks = []
            for j in range(depth):
                blocks.append(ResidualBlock(n_in, width, stride=2 if i and not j else 1))
                n_in = width
            stages.append(nn.Sequential(*blocks))
        self.stages = nn.Sequential(*stages)
        self.head = convolution(n_in, head_width, size=1)
        self.register_buffer("mean", torch.tensor(MEAN).reshape(1, 3, 1, 1), persistent=False)
        self.register_buffer("scale", torch.tensor(SCALE).reshape(1, 3, 1, 1), persistent=False)

    def forward(self, pixels: Tensor) -> Tensor:
        """Return the last feature map.

        Args:
            pixels: float32 [n, 3, h, w], RGB, 0..255.

        Returns:
            [n, head_width, h / 32, w / 32], never negative.
        """
        return self.maps(pixels)[0]

    def features(self, pixels: Tensor) -> Tensor:
        """Return the feature vectors: what the maps hold on average, the last one first.

        The last map tells what a photo shows, those before it of what and how it is made; a linear head does best with
        both.

        Args:
            pixels: float32 [n, 3, h, w], RGB, 0..255.

        Returns:
            float32 [n, n_features], never negative.
        """
        return torch.cat([shown.float().mean(dim=(2, 3)) for shown in self.maps(pixels)], dim=1)

    def parts(self) -> Sequence[nn.Module]:
        """Return stem, stages and the last convolution."""
        return [self.stem, *self.stages, self.head]

    def maps(self, pixels: Tensor) -> list[Tensor]:
        """Return the last map, then those of every stage but the first, from the last one back.

        Args:
            pixels: float32 [n, 3, h, w], RGB, 0..255.
        """
        scaled = (pixels - self.mean) / self.scale  # [n, 3, h, w]
        x = self.stem(scaled)  # [n, widths[0], h / 4, w / 4]
        shown = []
        for stage in self.stages:
            x = stage(x)  # [n, widths[i], h / 4 / 2^i, w / 4 / 2^i]
            shown.append(x)
        return [self.head(x), *shown[:0:-1]]  # the first: [n, head_width, h / 32, w / 32]


class ResidualBlock(nn.Module):
    """Two 3 x 3 convolutions beside a shortcut: ``relu(convolve(x) + shortcut(x))``."""

    def __init__(self, n_in: int, n_out: int, *, stride: int) -> None:
        super().__init__()
        self.convolve = nn.Sequential(
            convolution(n_in, n_out, stride=stride), convolution(n_out, n_out, activate=False)
        )
        self.shortcut: nn.Module = nn.Identity()
        if stride > 1 or n_in != n_out:
            halve = [nn.AvgPool2d(stride, ceil_mode=True)] if stride > 1 else []
            self.shortcut = nn.Sequential(*halve, convolution(n_in, n_out, size=1, activate=False))

    def forward(self, x: Tensor) -> Tensor:
        """Return the block's map: [n, n_out, h / stride, w / stride] from [n, n_in, h, w]."""
        return torch.relu(self.convolve(x) + self.shortcut(x))


def convolution(
    n_in: int, n_out: int, *, size: int = 3, stride: int = 1, activate: bool = True
) -> nn.Sequential:
    """Return a convolution, its batch normalisation and, unless told otherwise, a rectifier."""
    layers: list[nn.Module] = [
        nn.Conv2d(n_in, n_out, size, stride, padding=size // 2, bias=False),
        nn.BatchNorm2d(n_out),
    ]
    return nn.Sequential(*layers, *([nn.ReLU()] if activate else []))


@torch.no_grad()
def folded(network: ResidualNetwork) -> Network:
    """Return the network's numbers with every normalisation folded into its convolution."""
    blocks = []
    for block in network.stages.modules():
        if not isinstance(block, ResidualBlock):
            continue
        first, second = (_folded(cast("nn.Sequential", part)) for part in block.convolve)
        shortcut = None
        if isinstance(block.shortcut, nn.Sequential):
            shortcut = _folded(cast("nn.Sequential", block.shortcut[-1]))
        blocks.append(Block(convolve=(first, second), shortcut=shortcut, stride=first.stride))
    return Network(
        stem=tuple(_folded(cast("nn.Sequential", part)) for part in network.stem),
        blocks=tuple(blocks),
        head=_folded(network.head),
    )


def _folded(layers: nn.Sequential) -> Convolution:
    convolve, normalise = cast("nn.Conv2d", layers[0]), cast("nn.BatchNorm2d", layers[1])
    mean, variance = cast("Tensor", normalise.running_mean), cast("Tensor", normalise.running_var)
    factor = normalise.weight / torch.sqrt(variance + normalise.eps)  # [n_out]
    return Convolution(
        weight=(convolve.weight * factor.reshape(-1, 1, 1, 1)).float().cpu().contiguous().numpy(),
        bias=(normalise.bias - mean * factor).float().cpu().numpy(),
        stride=int(convolve.stride[0]),
        activate=len(layers) > 2,
    )


@torch.no_grad()
def unfolded(numbers: Network) -> ResidualNetwork:
    """Return the network of these numbers, every normalisation doing nothing but adding the bias, in eval mode."""
    widths: list[int] = []
    depths: list[int] = []
    for i, block in enumerate(numbers.blocks):
        if i == 0 or block.stride > 1:
            widths.append(len(block.convolve[1].bias))
            depths.append(0)
        depths[-1] += 1
    network = ResidualNetwork(
        widths,
        depths,
        stem_width=len(numbers.stem[0].bias),
        head_width=len(numbers.head.bias),
        stem_strides=(numbers.stem[0].stride, numbers.stem[1].stride),
    )
    network.eval()
    given = [*numbers.stem]
    for block in numbers.blocks:
        given += [*block.convolve, *([block.shortcut] if block.shortcut else [])]
    given.append(numbers.head)
    layers = [part for part in network.modules() if isinstance(part, nn.Conv2d | nn.BatchNorm2d)]
    for convolution, (convolve, normalise) in zip(
        given, zip(layers[::2], layers[1::2], strict=True), strict=True
    ):
        cast("nn.Conv2d", convolve).weight.copy_(torch.from_numpy(convolution.weight))
        cast("nn.BatchNorm2d", normalise).bias.copy_(torch.from_numpy(convolution.bias))
        cast("nn.BatchNorm2d", normalise).weight.copy_(
            torch.full_like(normalise.weight, (1 + normalise.eps) ** 0.5)
        )
    return network
