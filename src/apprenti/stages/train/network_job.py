"""One training of a network, alone in its process: from decoded photos to a graph and the features it gives."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.answering import Array, answering_of
from apprenti.blocks.pixel_rows import PixelRows
from apprenti.blocks.sampling import sample_rows
from apprenti.blocks.trained_graph import trained_graph, with_logits
from apprenti.domain.dataset import TaskType
from apprenti.domain.errors import ApprentiError
from apprenti.domain.network_training import NetworkTraining, TrainedName
from apprenti.domain.policy import Policy
from apprenti.domain.seams import Clock
from apprenti.domain.symmetry import Symmetry
from apprenti.recipes.trainings import FEATURES_PER_EPOCH
from apprenti.stages.train.history import History
from apprenti.stages.train.shown_features import features_of, parts_of, write_features

if TYPE_CHECKING:
    from torch import Tensor, nn

    from apprenti.blocks.feature_network import FeatureNetwork
    from apprenti.blocks.heads.linear import Linear
    from apprenti.blocks.hub_layers import HubNetwork
    from apprenti.blocks.hub_network import TunableWeights
    from apprenti.blocks.residual_network import ResidualNetwork
    from apprenti.stages.train.loop import Learner

VERSION = 2
"""Raised when the loop changes, so that no training goes on from what another loop left."""
MEASURED_PHOTOS = 512
"""Photos the means and spreads of the packaged network's normalisations are measured on."""
HEAD_PHOTOS = 4000
HEAD_PHOTOS_ASKED = 1000
"""Photos the head is begun on, at most; the second where their features are not there yet."""
TIMED_BATCH = 16
TIMED_BROUGHT = 4
"""The same of a network that was brought: one of ViT-B's size takes four seconds for so many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkJob:
    """All that a training needs.

    Args:
        trained: what is trained.
        settings: how, as ``recipes.TRAININGS`` has it.
        policy: how photos are changed.
        symmetries: what leaves their labels as they are.
        start: graph of the packaged network, for a training that begins there.
        start_features: file of what the network a training begins with says of the photos with targets, float32 [m, d];
            ``None`` where it has to be asked.
        pixels: file of decoded photos, uint8 [n, S, S, 3]; those with targets first.
        targets: [m] or [m, K], m ≤ n, see ``blocks.answering.Array``.
        n_outputs: number of classes or labels; 1 for a number.
        task_type: what is to be told.
        fitted: rows learnt from, below m.
        held_out: rows the score of every epoch is measured on; may be empty.
        shown: rows features are worked out for at the end, in the order they are: each of 0..len(shown)-1 once.
        n_needed: of them, those that are worked out however late it is.
        folder: where graph, features, history go, under ``stem``.
        stem: beginning of the names of the files.
        seed: of everything random.
        deadline: on ``clock``: features are there, and what is made of them is done.
        photo_seconds: learning from a photo once, on a machine that is free; 0 where it is not known.
        features_seconds: of the rows shown, on a machine that is free.
        judging_seconds: what is made of them, on a machine that is free.
        clock: seconds.
        checkpoints: folder that outlives a kill; ``None`` keeps none.
        data_key: stands for the photos and targets in the name of a checkpoint.
        checkpoint_seconds: between two checkpoints.
        brought: the network a training begins with that tunes one of the person's own.
    """

    trained: TrainedName
    settings: NetworkTraining
    policy: Policy
    symmetries: tuple[Symmetry, ...]
    start: bytes
    pixels: Path
    targets: Array
    n_outputs: int
    task_type: TaskType
    fitted: NDArray[np.intp]
    held_out: NDArray[np.intp]
    shown: NDArray[np.intp]
    folder: Path
    stem: str
    seed: int
    deadline: float
    clock: Clock
    checkpoints: Path | None
    data_key: str
    n_needed: int = 0
    photo_seconds: float = 0.0
    features_seconds: float = 0.0
    judging_seconds: float = 0.0
    checkpoint_seconds: float = 20.0
    start_features: Path | None = None
    brought: TunableWeights | None = None

    @property
    def name(self) -> str:
        """What an error calls this work."""
        return self.trained.name

    @property
    def key(self) -> str:
        """Stands for everything the outcome depends on."""
        told = {
            "version": VERSION,
            "name": self.trained.name,
            "settings": asdict(self.settings),
            "policy": asdict(self.policy),
            "symmetries": self.symmetries,
            "data": self.data_key,
            "fitted": hashlib.sha256(self.fitted.tobytes()).hexdigest(),
            "start": hashlib.sha256(self.start).hexdigest(),
            "seed": self.seed,
            "brought": self.brought and self.brought.sha256,
        }
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPhoto:
    """One photo as it is, and as it was seen.

    Args:
        row: which one, in the file of pixels.
        plain: the square the network is shown when it is asked, a JPEG.
        changed: the same changed at random as in an epoch, JPEGs.
    """

    row: int
    plain: bytes
    changed: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedNetwork:
    """What came of a training.

    Args:
        graph: file of the ONNX model, pixels → features and feature map.
        features: file of the features, float32 [len(shown), d], of each row in its place; NaN where time was up before.
        history: file with a line for every epoch.
        n_features: d.
        epochs: how often the photos were seen; fewer than planned where time ran out.
        photos_per_second: pace.
        seen: some photos as the network saw them.
        has_feature_map: whether the graph gives one.
        resumed_at: how often the photos had been seen when a training that was killed went on.
    """

    graph: Path
    features: Path
    history: Path
    n_features: int
    epochs: float
    photos_per_second: float
    seen: tuple[SeenPhoto, ...] = ()
    has_feature_map: bool = True
    resumed_at: float | None = None


def train_network(job: NetworkJob) -> TrainedNetwork:
    """Train a network and write what came of it.

    Raises:
        OutOfTimeError: there was no time for a useful part of it.
        OutOfMemoryError: even the smallest batches were too large.
        WorkError: it diverged.
        BackboneError: a network that was brought cannot be had from its files, or does not leave PyTorch as it is.
    """
    import torch

    from apprenti.stages.train.checkpoint import Checkpoint
    from apprenti.stages.train.loop import fit_network

    torch.set_num_threads(1)  # two threads collapse when the other core is busy
    learner = _learner(job)
    history = history_of(job)
    checkpoint = None
    if job.checkpoints is not None:
        checkpoint = Checkpoint(
            path=job.checkpoints / f"{job.key}.npz", key=job.key, seconds_between=job.checkpoint_seconds
        )
    try:
        fit_network(learner, history=history, checkpoint=checkpoint, name=job.name)
    except ApprentiError:
        history.forget()  # its checkpoint is gone as well, or of no use
        raise
    model, has_feature_map = _graph(job, learner)
    graph = job.folder / f"{job.stem}.onnx"
    graph.write_bytes(model)
    load = _load(learner, history)
    features, n_features = write_features(
        model,
        PixelRows.open(job.pixels),
        job.shown,
        out=job.folder / f"{job.stem}.npy",
        n_needed=job.n_needed,
        ends=job.deadline - load * job.judging_seconds,
        clock=job.clock,
        history=history,
    )
    if checkpoint is not None:
        checkpoint.remove()
        history.forget()
    lines = history.lines()  # none where a training that was killed had nothing left to do but its features
    return TrainedNetwork(
        graph=graph,
        features=features,
        history=history.path,
        n_features=n_features,
        has_feature_map=has_feature_map,
        epochs=learner.epochs,
        photos_per_second=float(lines[-1]["photos_per_second"] or 0) if lines else 0.0,
        seen=_seen(job),
        resumed_at=history.resumed_at,
    )


def _load(learner: Learner, history: History) -> float:
    """Return how much slower than foretold the last epochs were learnt from, at least 1."""
    from apprenti.stages.train.time_left import load_of

    lines = history.lines()
    pace = lines[-1]["photos_per_second"] if lines else None
    return load_of(learner.plan, 1 / pace) if pace else 1.0


def history_of(job: NetworkJob) -> History:
    """Return what a training tells, also while it goes on in another process."""
    return History(
        path=job.folder / f"{job.stem}.history",
        kept=None if job.checkpoints is None else job.checkpoints / f"{job.key}.history",
        features_share=FEATURES_PER_EPOCH / (job.trained.epochs + FEATURES_PER_EPOCH),
    )


def _seen(job: NetworkJob) -> tuple[SeenPhoto, ...]:
    from apprenti.stages.train.seen_photos import rows_to_show, see_photos

    return see_photos(
        PixelRows.open(job.pixels),
        rows_to_show(job.targets, job.fitted),
        policy=job.policy,
        symmetries=job.symmetries,
        seed=job.seed,
    )


def _learner(job: NetworkJob) -> Learner:
    """Return the network, its head and the plan, ready to begin."""
    import torch
    from torch import nn

    from apprenti.blocks.augmentation import plain
    from apprenti.stages.train.loop import Learner, Plan
    from apprenti.stages.train.losses import Material
    from apprenti.stages.train.precision import half_precision_pays

    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.backends.cudnn.deterministic = True  # the same seed gives the same network
    torch.manual_seed(job.seed)
    pixels = PixelRows.open(job.pixels)
    n_some, n_timed = (
        (MEASURED_PHOTOS, TIMED_BATCH) if job.brought is None else (TIMED_BROUGHT, TIMED_BROUGHT)
    )
    some = job.fitted[sample_rows(len(job.fitted), n_some, seed=job.seed)]
    batches = [plain(torch.from_numpy(pixels.take(part)), side_px=pixels.size_px) for part in parts_of(some)]
    network = _network(job, batches)
    head = nn.Linear(network.n_features, job.n_outputs)
    nn.init.zeros_(head.bias)
    if job.settings.start == "scratch":
        nn.init.normal_(head.weight, std=0.01)
    else:
        _begin_head(head, job, pixels)
    plan = Plan(
        settings=job.settings,
        epochs=job.trained.epochs,
        policy=job.policy,
        symmetries=job.symmetries,
        half_precision=half_precision_pays(network, batches[0][:n_timed].to(device), clock=job.clock),
        seed=job.seed,
        deadline=job.deadline,
        clock=job.clock,
        ending_seconds=job.features_seconds + job.judging_seconds,
        photo_seconds=job.photo_seconds,
    )
    material = Material(
        pixels=pixels,
        targets=job.targets,
        n_outputs=job.n_outputs,
        loss=answering_of(job.task_type).loss,
        fitted=job.fitted,
        held_out=job.held_out,
    )
    return Learner(
        network=network, head=head, plan=plan, material=material, batch=job.settings.batch, device=device
    )


def _network(job: NetworkJob, batches: Sequence[Tensor]) -> FeatureNetwork:
    from apprenti.blocks.network_start import packaged_start, scratch_start
    from apprenti.blocks.residual_reading import read_network

    if job.brought is not None:
        from apprenti.blocks.hub_tuning import load_for_tuning

        return load_for_tuning(job.brought)
    if job.settings.start == "scratch":
        return scratch_start(job.trained.size_px, seed=job.seed)
    return packaged_start(read_network(job.start), batches)


def _begin_head(head: nn.Linear, job: NetworkJob, pixels: PixelRows) -> None:
    """Set the head to the best linear one on the features as they are: layers then move from a good place.

    Source: A. Kumar et al., "Fine-tuning can distort pretrained features", 2022 (arXiv:2202.10054).
    """
    import torch

    from apprenti.stages.train.first_head import first_head

    most = HEAD_PHOTOS_ASKED if job.start_features is None else HEAD_PHOTOS
    rows = job.fitted[sample_rows(len(job.fitted), most, seed=job.seed)]
    if job.start_features is None:
        features = np.concatenate(list(features_of(job.start, pixels, rows)))
    else:
        features = np.load(job.start_features, mmap_mode="r")[rows]
    weights, biases = first_head(
        features, job.targets[rows], n_outputs=job.n_outputs, task_type=job.task_type, seed=job.seed
    )
    with torch.no_grad():
        head.weight.copy_(torch.from_numpy(weights.T.copy()))
        head.bias.copy_(torch.from_numpy(biases))


def _graph(job: NetworkJob, learner: Learner) -> tuple[bytes, bool]:
    """Return the ONNX model of what was learnt, and whether it gives a feature map."""
    head = _head_numbers(learner)
    if job.brought is None:
        from apprenti.blocks.residual_network import folded

        return trained_graph(folded(cast("ResidualNetwork", learner.network)), head), True
    from apprenti.blocks.hub_tuning import tuned_backbone

    tuned = tuned_backbone(
        cast("HubNetwork", learner.network), job.brought, out=job.folder / f"{job.stem}.part"
    )
    return with_logits(tuned, head), tuned.has_feature_map


def _head_numbers(learner: Learner) -> Linear:
    """Return the head's numbers; of a number to be told, in its own unit."""
    from apprenti.blocks.answering.regression import mean_and_spread
    from apprenti.blocks.heads.linear import linear

    weights = learner.head.weight.detach().double().numpy().T  # [d, n_outputs]
    biases = learner.head.bias.detach().double().numpy()
    if learner.material.loss == "squared_error":
        mean, spread = mean_and_spread(learner.material.targets[learner.material.fitted])
        weights, biases = weights * spread, biases * spread + mean
    return linear(weights, biases)
