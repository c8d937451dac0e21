"""The two trainings that ``training_speed.py`` compares, each run as a process of its own.

    python benchmarks/training_sides.py ours PIXELS.npy --n-steps 200
    python benchmarks/training_sides.py bare PIXELS.npy --n-steps 200 --precision bfloat16

``ours`` is the loop of the product as a deep recipe runs it: batches read from a file of decoded pixels, augmented,
learnt from. ``bare`` is what no loop can be quicker than: the same network, batch, precision and number of steps on
tensors that are in memory already, shuffled, scaled and laid out beforehand. Neither validates or keeps checkpoints.
Prints one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from apprenti.blocks.pixel_rows import PixelRows
from apprenti.blocks.residual_network import ResidualNetwork
from apprenti.domain.network_training import NetworkTraining
from apprenti.recipes import POLICIES
from apprenti.stages.train.loop import Learner, Plan
from apprenti.stages.train.losses import Material

N_LABELS = 10
EPOCHS = 100
"""More than are trained: the rate hardly moves."""
N_IN_MEMORY = 2048
PRECISIONS = ("float32", "bfloat16")


Training = Callable[[int], None]
"""Trains for so many steps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What both sides do.

    Args:
        pixels: a file of numpy, uint8 [n, S, S, 3].
        labels: [n] int64, 0..9.
        batch: photos in each.
        precision: of the convolutions, ``float32`` or ``bfloat16``.
        seed: of everything random.
    """

    pixels: Path
    labels: NDArray[np.int64]
    batch: int
    precision: str
    seed: int = 0


def ours(job: Job, network: Classifier) -> Training:
    """Return the loop of the product on ``network``: all there is between this benchmark and its API.

    With the augmentation of most recipes, the optimiser of ``bare``, no validation, no checkpoint. Reading the file is
    part of the training.
    """
    pixels = PixelRows.open(job.pixels)
    settings = NetworkTraining(start="scratch", rate=0.01, weight_decay=1e-4, batch=job.batch)
    plan = Plan(
        settings=settings,
        epochs=EPOCHS,
        policy=POLICIES["gentle"],
        symmetries=("mirror",),
        half_precision=job.precision == "bfloat16",
        seed=job.seed,
        deadline=math.inf,
        clock=time.monotonic,
    )
    material = Material(
        pixels=pixels,
        targets=job.labels,
        n_outputs=N_LABELS,
        loss="cross_entropy",
        fitted=np.arange(pixels.n),
        held_out=np.arange(0),
    )
    learner = Learner(
        network=network.features, head=network.head, plan=plan, material=material, batch=job.batch
    )

    def train(n_steps: int) -> None:
        for _ in range(n_steps):
            learner.learn()

    return train


class Classifier(nn.Module):
    """What both sides train: the packaged network's shape, and a linear layer on its features."""

    def __init__(self, n_labels: int) -> None:
        super().__init__()
        self.features = ResidualNetwork()
        self.head = nn.Linear(self.features.n_features, n_labels)

    def forward(self, pixels: Tensor) -> Tensor:
        """Return the logits of photos, float32 [n, 3, h, w]."""
        return cast("Tensor", self.head(self.features.features(pixels)))


def bare(job: Job, network: Classifier) -> Training:
    """Return a training of ``network`` on tensors that are in memory by now, with nothing but the steps."""
    batches = batches_in_memory(job)
    on = device()
    optimiser = torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.9, weight_decay=1e-4)

    def train(n_steps: int) -> None:
        network.train()
        for number in range(n_steps):
            pixels, labels = batches[number % len(batches)]
            with torch.autocast(on, dtype=torch.bfloat16, enabled=job.precision == "bfloat16"):
                loss = nn.functional.cross_entropy(network(pixels), labels)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
        if on == "cuda":
            torch.cuda.synchronize()

    return train


def batches_in_memory(job: Job) -> list[tuple[Tensor, Tensor]]:
    """Return batches of float32 [b, 3, S, S], 0..255, laid out as convolutions like them, and of int64 [b]."""
    on_disk = np.load(job.pixels, mmap_mode="r")
    n = min(len(on_disk), max(N_IN_MEMORY, job.batch))
    chosen = np.sort(np.random.default_rng(job.seed).permutation(len(on_disk))[:n])
    pixels = torch.from_numpy(on_disk[chosen]).permute(0, 3, 1, 2)  # [n, S, S, 3] to [n, 3, S, S]
    pixels = pixels.float().contiguous(memory_format=torch.channels_last).to(device())
    labels = torch.from_numpy(job.labels[chosen]).to(device())
    n_whole = n // job.batch * job.batch
    return list(zip(pixels[:n_whole].split(job.batch), labels[:n_whole].split(job.batch), strict=True))


def device() -> str:
    """Return where both sides train."""
    return "cuda" if torch.cuda.is_available() else "cpu"


SIDES: Mapping[str, Callable[[Job, Classifier], Training]] = {"ours": ours, "bare": bare}


def main() -> None:
    """Train a little to warm up, then measured."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("side", choices=SIDES)
    parser.add_argument("pixels", type=Path)
    parser.add_argument("--n-steps", type=int, default=200)
    parser.add_argument("--n-warm", type=int, default=10)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--precision", choices=PRECISIONS, default="float32")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    n = len(np.load(options.pixels, mmap_mode="r"))
    labels = np.arange(n, dtype=np.int64) % N_LABELS
    network = Classifier(N_LABELS).to(device(), memory_format=torch.channels_last)
    job = Job(pixels=options.pixels, labels=labels, batch=options.batch, precision=options.precision)
    train = SIDES[options.side](job, network)
    train(options.n_warm)
    begun, cpu_begun = time.perf_counter(), cpu_seconds()
    train(options.n_steps)
    wall, cpu = time.perf_counter() - begun, cpu_seconds() - cpu_begun
    print(json.dumps({"n_images": options.n_steps * options.batch, "wall_seconds": wall, "cpu_seconds": cpu}))


def cpu_seconds() -> float:
    """Return the processor seconds so far of this process, its threads and the children it waited for."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


if __name__ == "__main__":
    main()
