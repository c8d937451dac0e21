"""What the training loop knows of a network: photos in, features out, and its layers in their order. PyTorch."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn


class FeatureNetwork(nn.Module):
    """A network that can learn, whatever it is made of.

    Args:
        n_features: length of a feature vector.
    """

    n_features: int

    def features(self, pixels: Tensor) -> Tensor:
        """Return the feature vectors, [n, n_features], of photos, float32 [n, 3, h, w], RGB, 0..255."""
        raise NotImplementedError

    def wake(self) -> None:
        """Let what learns learn; the running means of layers that do not must stay as still as their weights."""
        for part in self.parts():
            part.train(any(parameter.requires_grad for parameter in part.parameters()))

    def parts(self) -> Sequence[nn.Module]:
        """Return its layers in groups, those that see the photo first: every parameter is in one of them."""
        raise NotImplementedError
