"""How quickly each part of a network learns. PyTorch."""

from __future__ import annotations

from torch import nn

from apprenti.blocks.feature_network import FeatureNetwork
from apprenti.domain.network_training import NetworkTraining


def rate_groups(
    network: FeatureNetwork, head: nn.Linear, settings: NetworkTraining
) -> list[dict[str, object]]:
    """Return the parameters that learn in groups, each with its highest rate and its decay.

    Earlier stages learn more slowly by ``depth_factor`` a stage; biases and normalisations do not decay.
    """
    groups: list[dict[str, object]] = []
    for depth, part in enumerate(reversed(network.parts())):
        rate = settings.rate * settings.depth_factor**depth
        groups += _groups(list(part.parameters()), rate, settings.weight_decay)
    return [*groups, *_groups(list(head.parameters()), settings.rate * settings.head_factor, 0.0)]


def _groups(parameters: list[nn.Parameter], rate: float, decay: float) -> list[dict[str, object]]:
    matrices = [parameter for parameter in parameters if parameter.ndim > 1]
    others = [parameter for parameter in parameters if parameter.ndim <= 1]
    return [
        {"params": matrices, "lr": rate, "highest": rate, "weight_decay": decay},
        {"params": others, "lr": rate, "highest": rate, "weight_decay": 0.0},
    ]
