"""Trainings of networks that recipes may ask for, as data, and how long they should take.

The rates were chosen on held-out training photos, never on test photos.

Tried on those of two sets (300 photos learnt from and 400 asked, 600 and 700) and left out: tuning the last stage
alone, in as much time; pictures that grow while it learns; features as the mean of those of a photo and its mirror
image. Each won here and lost there by half a point to a point and a half on the first set; the mean of views won 0 to
0.6 points on the second, for twice the time wherever the model is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from apprenti.domain.dataset import TaskType
from apprenti.domain.network_training import NetworkTraining, TrainedName, TunableNetwork

TUNED = "tuned.v1"
SCRATCH = "scratch.v1"
TUNED_HUB = "tuned_hub.v1"

TRAININGS: Mapping[str, NetworkTraining] = {
    # the packaged network, all of it: earlier layers, which know more of photos in general, learn more slowly
    TUNED: NetworkTraining(start="packaged", rate=0.03, depth_factor=0.9),
    # a small network that knows nothing: for drawings, digits and textures, which no photo prepares for
    SCRATCH: NetworkTraining(start="scratch", rate=0.1, weight_decay=5e-4, ema=0.995),
    # an image model of transformers that the person brought: large, and trained on so much that little should move;
    # what is usual for fine-tuning such networks, not measured here
    TUNED_HUB: NetworkTraining(
        start="brought",
        optimiser="adamw",
        rate=1e-4,
        depth_factor=0.8,
        schedule="cosine",
        weight_decay=0.05,
        clip_norm=1.0,
    ),
}
"""Every training by the name its backbones begin with."""

NUMBER_RATE_SHARE = 1 / 3
"""Of the rate of SGD, for numbers. At the whole rate R² on held-out photos of two sets of 400 and 500 (sizes of drawn
discs, digits signed with a hand) fell to -5 between .9 at the start and .9 at the end; two trainings on nearly the same
photos then ended so far apart that the margin of one, meant for 90 % of the answers, held for 64 to 99.6 % of those of
the other, and for 89 to 95 % of its own. At a third R² stayed above .39 and ended at .96 and .88 (before .95 and .90);
at a fifth the margin held for 89 to 97 % of the other's. A Huber loss gained nothing."""


def settings_for(kind: str, task_type: TaskType) -> NetworkTraining:
    """Return the settings of a training, as a kind of task needs them.

    Args:
        kind: an entry of ``TRAININGS``.
        task_type: what is to be told.

    Example:
        >>> settings_for(TUNED, TaskType.REGRESSION).rate < TRAININGS[TUNED].rate
        True
    """
    settings = TRAININGS[kind]
    if task_type is TaskType.REGRESSION and settings.optimiser == "sgd":
        return replace(settings, rate=NUMBER_RATE_SHARE * settings.rate)
    return settings


EPOCHS = (2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)
"""How often photos may be seen: what fits the time is chosen among these."""

PHOTOS_PER_SECOND: Mapping[tuple[str, int], float] = {
    (TUNED, 64): 250.0,
    (TUNED, 96): 138.0,
    (TUNED, 128): 90.0,
    (SCRATCH, 32): 240.0,
    (SCRATCH, 64): 240.0,
    (SCRATCH, 96): 320.0,
}
"""Photos of one core in a second, forward and back, with the loader and augmentation (``benchmarks/deep_times.py``)."""

N_FEATURES: Mapping[str, int] = {TUNED: 1696, SCRATCH: 960}
"""Length of the feature vectors; those of a network that was brought are as long as they were."""
FEATURES_PER_EPOCH = 0.35
"""Looking at all photos once at the end, in epochs."""
START_SECONDS = 4.0
"""Starting two processes and PyTorch in them."""
PHOTO_SECONDS = 0.006
"""Features of one photo at the end of a training, of the networks above."""

BROUGHT_START_SECONDS = 15.0
"""The same with transformers, which takes 5 s to import, the weights, and a first batch to time bfloat16 on."""
EXPORT_SECONDS = 30.0
"""Turning such a network into ONNX at the end: 2 to 6 s were measured of tiny ones, 13 s of DINOv2-small;
larger ones take longer, and two of them leave side by side."""
LEARNT_PER_SECOND = 1.0e10
"""Multiply-adds of a network's forward pass that one core learns from in a second, so with the pass back and the step:
11 to 16 billion were measured of ViT, DINOv2, ConvNeXt and ResNet at 224 px in float32, twice that in bfloat16."""
SHOWN_PER_SECOND = 2.5e10
"""The same where photos are only looked at: 29 to 47 billion were measured."""
AUGMENTING_SECONDS = 6e-8
"""Changing one pixel: 45 to 67 billionths of a second were measured at 224 px."""


def training_seconds(trained: TrainedName, *, n_photos: int, network: TunableNetwork | None = None) -> float:
    """Return the seconds a training should take: the network that is judged and the one that is kept, side by side.

    Args:
        trained: what is trained.
        n_photos: photos it learns from.
        network: what is tuned, where the person brought it.
    """
    photo_seconds = learning_seconds(trained, network=network)
    if network is not None:
        ending = ending_seconds(n_photos, network=network)
        return BROUGHT_START_SECONDS + n_photos * trained.epochs * photo_seconds + ending
    return START_SECONDS + n_photos * (trained.epochs + FEATURES_PER_EPOCH) * photo_seconds


def learning_seconds(trained: TrainedName, *, network: TunableNetwork | None = None) -> float:
    """Return the seconds one core should take to learn from one photo once.

    Args:
        trained: what is trained.
        network: what is tuned, where the person brought it: nothing was measured of it, so from its arithmetic.
    """
    if network is not None:
        return network.multiply_adds / LEARNT_PER_SECOND + AUGMENTING_SECONDS * network.size_px**2
    pace = PHOTOS_PER_SECOND.get((trained.kind, trained.size_px))
    if pace is None:
        nearest = min(
            (known for known in PHOTOS_PER_SECOND if known[0] == trained.kind),
            key=lambda known: abs(known[1] - trained.size_px),
        )
        pace = PHOTOS_PER_SECOND[nearest] * (nearest[1] / trained.size_px) ** 2
    return 1 / pace


def ending_seconds(n_photos: int, *, network: TunableNetwork | None = None) -> float:
    """Return what is left to do when the last step is taken: a graph, and features of photos.

    Args:
        n_photos: photos that are looked at.
        network: what was tuned, where the person brought it.
    """
    if network is None:
        return PHOTO_SECONDS * n_photos
    return EXPORT_SECONDS + n_photos * network.multiply_adds / SHOWN_PER_SECOND
