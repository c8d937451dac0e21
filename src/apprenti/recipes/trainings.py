"""Trainings of networks that recipes may ask for, as data, and how long they should take.

The rates were chosen on held-out training photos, never on test photos.
"""

from __future__ import annotations

from collections.abc import Mapping

from apprenti.domain.network_training import NetworkTraining, TrainedName

TUNED = "tuned.v1"
TUNED_LAST = "tuned_last.v1"
SCRATCH = "scratch.v1"

TRAININGS: Mapping[str, NetworkTraining] = {
    # the packaged network, all of it: earlier layers, which know more of photos in general, learn more slowly
    TUNED: NetworkTraining(start="packaged", rate=0.03, depth_factor=0.9),
    # its last stage alone: half the time, and little to forget where photos are few
    TUNED_LAST: NetworkTraining(start="packaged", layers="last", rate=0.03),
    # a small network that knows nothing: for drawings, digits and textures, which no photo prepares for
    SCRATCH: NetworkTraining(start="scratch", rate=0.1, weight_decay=5e-4, ema=0.995),
}
"""Every training by the name its backbones begin with."""

EPOCHS = (2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)
"""How often photos may be seen: what fits the time is chosen among these."""

PHOTOS_PER_SECOND: Mapping[tuple[str, int], float] = {
    (TUNED, 64): 250.0,
    (TUNED, 96): 138.0,
    (TUNED, 128): 62.0,
    (TUNED_LAST, 64): 500.0,
    (TUNED_LAST, 96): 260.0,
    (TUNED_LAST, 128): 150.0,
    (SCRATCH, 32): 240.0,
    (SCRATCH, 64): 240.0,
    (SCRATCH, 96): 400.0,
}
"""Photos of one core in a second, forward and back, with the loader and augmentation (``benchmarks/deep_times.py``)."""

N_FEATURES: Mapping[str, int] = {TUNED: 1696, TUNED_LAST: 1696, SCRATCH: 960}
"""Length of the feature vectors."""
FEATURES_PER_EPOCH = 0.35
"""Looking at all photos once at the end, in epochs."""
START_SECONDS = 4.0
"""Starting two processes and PyTorch in them."""


def training_seconds(trained: TrainedName, *, n_photos: int) -> float:
    """Return the seconds a training should take: the network that is judged and the one that is kept, side by side.

    Args:
        trained: what is trained.
        n_photos: photos it learns from.
    """
    pace = PHOTOS_PER_SECOND.get((trained.kind, trained.size_px))
    if pace is None:
        nearest = min(
            (known for known in PHOTOS_PER_SECOND if known[0] == trained.kind),
            key=lambda known: abs(known[1] - trained.size_px),
        )
        pace = PHOTOS_PER_SECOND[nearest] * (nearest[1] / trained.size_px) ** 2
    return START_SECONDS + n_photos * (trained.epochs + FEATURES_PER_EPOCH) / pace
