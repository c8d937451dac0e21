"""A network of a few thousand numbers and pictures it can learn: what the tests of the loop are made of."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from apprenti.blocks.answering import Array, Loss
from apprenti.blocks.pixel_rows import PixelRows, write_pixels
from apprenti.blocks.residual_network import ResidualNetwork
from apprenti.domain.network_training import NetworkTraining
from apprenti.domain.policy import Policy
from apprenti.stages.train.loop import Learner, Plan
from apprenti.stages.train.losses import Material

torch.set_num_threads(1)  # as in the process of a training: two collapse when the other core is busy

SIDE_PX = 32
N_PHOTOS = 24
N_FITTED = 16
SETTINGS = NetworkTraining(start="scratch", rate=0.05, batch=8)
GENTLE = Policy(area=(0.8, 1.0), symmetric=True, brightness=0.2)


class Ticks:
    """A clock that goes on by the same at every look."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds, self.now = seconds, 0.0

    def __call__(self) -> float:
        self.now += self.seconds
        return self.now


def pictures(n: int = N_PHOTOS, *, seed: int = 0) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return dark and light pictures in turn, uint8 [n, 32, 32, 3], with noise of their own, and which they are."""
    labels = np.arange(n) % 2
    noise = np.random.default_rng(seed).normal(0, 30, (n, SIDE_PX, SIDE_PX, 3))
    return np.clip(noise + 80 + 90 * labels[:, None, None, None], 0, 255).astype(np.uint8), labels


def written(folder: Path, photos: NDArray[np.uint8]) -> PixelRows:
    """Write pictures where a training reads them."""
    return write_pixels(folder / "pixels.npy", [photos], n=len(photos), size_px=photos.shape[1])


def a_material(folder: Path, **changes: Any) -> Material:
    """Return pictures of two classes, the last 8 of them held out."""
    photos, labels = pictures()
    values: dict[str, Any] = {
        "pixels": written(folder, photos),
        "targets": labels,
        "n_outputs": 2,
        "loss": "cross_entropy",
        "fitted": np.arange(N_FITTED),
        "held_out": np.arange(N_FITTED, N_PHOTOS),
    }
    return Material(**(values | changes))


def material_of(folder: Path, targets: Array, loss: Loss, *, n_outputs: int) -> Material:
    """Return the same pictures with other targets."""
    return a_material(folder, targets=targets, loss=loss, n_outputs=n_outputs)


def a_network(**sizes: Any) -> ResidualNetwork:
    """Return a small network, always the same."""
    torch.manual_seed(0)
    settings = {"widths": (4, 6, 8), "depths": (1, 1, 1), "stem_width": 4, "head_width": 12, **sizes}
    return ResidualNetwork(**settings)


def a_learner(
    material: Material,
    settings: NetworkTraining = SETTINGS,
    *,
    epochs: int = 3,
    policy: Policy = GENTLE,
    seed: int = 0,
    deadline: float = float("inf"),
    clock: Callable[[], float] | None = None,
    kind: type[Learner] = Learner,
) -> Learner:
    """Return a learner that begins anew, always from the same numbers."""
    network = a_network()
    plan = Plan(
        settings=settings,
        epochs=epochs,
        policy=policy,
        symmetries=("mirror",),
        half_precision=False,
        seed=seed,
        deadline=deadline,
        clock=clock or Ticks(),
    )
    head = torch.nn.Linear(network.n_features, material.n_outputs)
    return kind(network=network, head=head, plan=plan, material=material, batch=settings.batch)


def numbers_of(learner: Learner) -> dict[str, NDArray[Any]]:
    """Return every number of a network and its head, running means and all."""
    parts = torch.nn.ModuleList([learner.network, learner.head]).state_dict()
    return {name: tensor.detach().clone().numpy() for name, tensor in parts.items()}


def differing(first: dict[str, NDArray[Any]], second: dict[str, NDArray[Any]]) -> set[str]:
    """Return the names of what is not the same to the last bit."""
    assert first.keys() == second.keys()
    return {name for name in first if first[name].tobytes() != second[name].tobytes()}
