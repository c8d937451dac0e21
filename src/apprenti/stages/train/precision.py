"""Whether bfloat16 pays for a network on this machine: a step of each is timed. PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    from apprenti.blocks.feature_network import FeatureNetwork
    from apprenti.domain.seams import Clock

LEAST_GAIN = 1.2
"""Plain convolutions gain 1.6 where the processor has the instructions, and lose ten times that where it has not: a
bound between the two is met or missed by the machine, not by chance, so that a seed gives the same network again."""
N_TIMED = 2


def half_precision_pays(network: FeatureNetwork, photos: Tensor, *, clock: Clock) -> bool:
    """Return whether a forward and a backward pass are clearly quicker in bfloat16.

    Args:
        network: left as it was, but for its gradients.
        photos: float32 [b, 3, h, w], a batch as it will be.
        clock: seconds.
    """
    if photos.is_cuda:
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    network.eval()  # the running means stay
    seconds = {True: float("inf"), False: float("inf")}
    for half in (True, False) * (N_TIMED + 1):  # the first of each warms up, and the best counts
        begun = clock()
        with torch.autocast("cpu", torch.bfloat16, enabled=half):
            features = network.features(photos)
        features.float().sum().backward()
        seconds[half] = min(seconds[half], clock() - begun)
    network.zero_grad(set_to_none=True)
    return seconds[False] >= LEAST_GAIN * seconds[True]
