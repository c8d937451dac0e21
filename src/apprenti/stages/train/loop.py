"""The loop: how a network learns from photos, step by step. PyTorch.

A step takes some photos from the file, changes them at random, asks the network, compares with what is true, and
moves every weight a little against its share of the mistake. All the rest is about doing this quickly, for no longer
than there is time, and so that a training that was killed goes on where it was.
"""

from __future__ import annotations

import copy
import math
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from apprenti.blocks.augmentation import augmented, mixed, plain
from apprenti.blocks.feature_network import FeatureNetwork
from apprenti.domain.errors import OutOfMemoryError, WorkError
from apprenti.domain.network_training import NetworkTraining
from apprenti.domain.policy import Policy
from apprenti.domain.seams import Clock
from apprenti.domain.symmetry import Symmetry
from apprenti.stages.train.checkpoint import Checkpoint
from apprenti.stages.train.history import History
from apprenti.stages.train.losses import Losses, Material, losses_of
from apprenti.stages.train.rate_groups import rate_groups
from apprenti.stages.train.rates import find_rate, rate_share
from apprenti.stages.train.time_left import keep_to_time

LEAST_BATCH = 4
"""A batch is halved when memory runs out, down to here."""
STEPS_BETWEEN_LOOKS = 10
SECONDS_BETWEEN_LOOKS = 2.0
"""At the clock, whichever comes first."""
TRIAL_STEPS = 40
"""Of a training that finds its rate first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a network is trained.

    Args:
        settings: of the training.
        epochs: how often every photo is seen.
        policy: how photos are changed.
        symmetries: what leaves their labels as they are.
        half_precision: whether convolutions are computed in bfloat16.
        seed: of the order of photos and their changes.
        deadline: on ``clock``; the plan is shortened to meet it.
        clock: seconds.
        ending_seconds: what comes after the last step and before the deadline, on a machine that is free.
        photo_seconds: what learning from a photo takes there; 0 where it is not known.
    """

    settings: NetworkTraining
    epochs: int
    policy: Policy
    symmetries: tuple[Symmetry, ...]
    half_precision: bool
    seed: int
    deadline: float
    clock: Clock
    ending_seconds: float = 0.0
    photo_seconds: float = 0.0


@dataclass(kw_only=True)
class Learner:
    """A network, its head and what goes with them while they learn.

    Args:
        network: photos → features.
        head: features → logits.
        plan: how it learns.
        material: from what.
        batch: photos a step.
        step: steps taken.
        n_steps: steps planned.
        loss_sum: of the steps since the last epoch ended.
        n_losses: how many these are.
        rate: the highest of the last layers.
        device: where it learns: ``cpu``, or ``cuda`` for a GPU.
    """

    network: FeatureNetwork
    head: nn.Linear
    plan: Plan
    material: Material
    batch: int
    step: int = 0
    n_steps: int = 0
    loss_sum: float = 0.0
    n_losses: int = 0
    device: str = "cpu"
    rate: float = field(init=False)
    optimiser: torch.optim.Optimizer = field(init=False)
    averaged: nn.Module | None = field(init=False, default=None)
    losses: Losses = field(init=False)

    def __post_init__(self) -> None:
        settings = self.plan.settings
        self.rate = settings.rate
        self.losses = losses_of(self.material, settings).on(self.device)
        self.network = cast(
            "FeatureNetwork", self.network.to(device=self.device, memory_format=torch.channels_last)
        )
        self.head = self.head.to(self.device)
        groups = rate_groups(self.network, self.head, settings)
        self.optimiser = (
            torch.optim.AdamW(groups)
            if settings.optimiser == "adamw"
            else torch.optim.SGD(groups, lr=settings.rate, momentum=settings.momentum, nesterov=True)
        )
        self.n_steps = self.planned_steps
        if settings.ema:
            self.averaged = copy.deepcopy(nn.ModuleList([self.network, self.head])).eval()

    @property
    def progress(self) -> float:
        """Share of the training that is done, 0..1."""
        return self.step / self.n_steps

    @property
    def planned_steps(self) -> int:
        """Steps there would be if time did not matter."""
        return max(1, math.ceil(self.plan.epochs * len(self.material.fitted) / self.batch))

    @property
    def n_seen(self) -> int:
        """Photos taken so far, each counted as often as it was."""
        return self.step * self.batch

    @property
    def epochs(self) -> float:
        """How often every photo has been seen."""
        return self.n_seen / len(self.material.fitted)

    def halve(self) -> None:
        """Take half as many photos a step from now on: what was seen stays seen, what was planned stays planned."""
        seen, planned = self.n_seen, self.n_steps * self.batch
        self.batch //= 2
        self.step, self.n_steps = seen // self.batch, math.ceil(planned / self.batch)

    def reach(self, rate: float) -> None:
        """Let ``rate`` be the highest of the last layers; those of the others stay as far below it as they were."""
        for group in self.optimiser.param_groups:
            group["highest"] *= rate / self.rate
        self.rate = rate

    def rows(self) -> NDArray[np.intp]:
        """Return the rows of this step: every epoch has an order of its own, which depends on the seed alone."""
        fitted = self.material.fitted
        first = self.step * self.batch
        places = np.arange(first, first + self.batch)
        orders = {
            epoch: np.random.default_rng([self.plan.seed, epoch]).permutation(len(fitted))
            for epoch in set((places // len(fitted)).tolist())
        }
        return np.asarray([fitted[orders[p // len(fitted)][p % len(fitted)]] for p in places.tolist()])

    def learn(self) -> float:
        """Take one step; return the loss."""
        settings, policy = self.plan.settings, self.plan.policy
        rows = self.rows()
        generator = torch.Generator().manual_seed(self.plan.seed * 2**32 + self.step)
        photos = augmented(
            torch.from_numpy(self.material.pixels.take(rows)).to(self.device),
            side_px=self.material.pixels.size_px,
            policy=policy,
            symmetries=self.plan.symmetries,
            generator=generator,
        )  # [b, 3, side, side]
        wanted = self.losses.wanted(rows)  # [b, n_outputs]
        photos, wanted = mixed(photos, wanted, alpha=policy.mixup_alpha, generator=generator)
        for group in self.optimiser.param_groups:
            group["lr"] = group["highest"] * rate_share(self.progress, settings.schedule)
        self.network.wake()
        torch.manual_seed(self.plan.seed * 2**32 + self.step)  # asked by layers that drop something at random
        logits = self.logits(photos)  # [b, n_outputs]
        loss = self.losses.loss(logits, wanted)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        parameters = [*self.network.parameters(), *self.head.parameters()]
        nn.utils.clip_grad_norm_(parameters, settings.clip_norm)
        self.optimiser.step()
        self.step += 1
        self._follow()
        return float(loss.detach())

    def logits(self, photos: Tensor) -> Tensor:
        """Return the logits, float32 [b, n_outputs], of photos, float32 [b, 3, h, w]."""
        photos = photos.contiguous(memory_format=torch.channels_last)
        with torch.autocast(self.device, torch.bfloat16, enabled=self.plan.half_precision):
            features = self.network.features(photos)  # [b, d]
        return cast("Tensor", self.head(features.float()))

    @torch.no_grad()
    def score(self) -> float | None:
        """Return the score on held-out photos, 0..1; ``None`` without any."""
        rows = self.material.held_out
        if not len(rows):
            return None
        self.network.eval()
        at_once = 2 * self.batch  # without gradients these take no more memory than a step
        parts = [
            self.logits(
                plain(
                    torch.from_numpy(self.material.pixels.take(rows[i : i + at_once])).to(self.device),
                    side_px=self.material.pixels.size_px,
                )
            )
            for i in range(0, len(rows), at_once)
        ]
        return self.losses.score(torch.cat(parts), rows)

    @torch.no_grad()
    def _follow(self) -> None:
        """Move the averaged weights towards those of now; at first faster, since what was is worth little."""
        if self.averaged is None:
            return
        kept = min(self.plan.settings.ema, (1 + self.step) / (10 + self.step))
        now = nn.ModuleList([self.network, self.head]).state_dict()
        for name, old in self.averaged.state_dict().items():
            if old.is_floating_point():
                old.lerp_(now[name], 1 - kept)
            else:
                old.copy_(now[name])

    @torch.no_grad()
    def settle(self) -> None:
        """Let the averaged weights, where there are any, take the place of the last ones, and come back to the CPU."""
        if self.averaged is not None:
            nn.ModuleList([self.network, self.head]).load_state_dict(self.averaged.state_dict())
        self.network, self.head = cast("FeatureNetwork", self.network.to("cpu")), self.head.to("cpu")
        self.network.eval()


def fit_network(
    learner: Learner, *, history: History, checkpoint: Checkpoint | None = None, name: str = "network"
) -> None:
    """Train until the plan is done, no photo taught anything any more, or time is up; the network is left in eval mode.

    Args:
        learner: as it was made; goes on from the checkpoint where there is one.
        history: told of every epoch.
        checkpoint: where the training is kept, so that one that was killed goes on.
        name: what errors call it.

    Raises:
        OutOfTimeError: there was no time for a useful part of it, see ``time_left``.
        OutOfMemoryError: even ``LEAST_BATCH`` photos at a time were too many.
        WorkError: the loss was no longer a number.
    """
    clock, n_photos = learner.plan.clock, len(learner.material.fitted)
    goes_on = checkpoint is not None and checkpoint.restore(learner)
    if goes_on:
        history.go_on(learner.epochs)
    if learner.plan.settings.finds_rate and not goes_on:
        learner.reach(find_rate(trial_steps(learner, name), n_steps=TRIAL_STEPS))
    begun = saved = looked = clock()
    first = learner.n_seen
    patience = Patience(share=learner.plan.settings.patience, epochs=learner.plan.epochs)
    while learner.step < learner.n_steps:
        n_epochs = learner.n_seen // n_photos
        loss = _learn_within_memory(learner, name)
        if not math.isfinite(loss):
            raise _diverged(learner, checkpoint, name)
        learner.loss_sum, learner.n_losses = learner.loss_sum + loss, learner.n_losses + 1
        now = clock()
        is_over = learner.step >= learner.n_steps  # perhaps shortened when it was slow
        if is_over or learner.step % STEPS_BETWEEN_LOOKS == 0 or now - looked > SECONDS_BETWEEN_LOOKS:
            n_seen, looked = learner.n_seen - first, now
            keep_to_time(learner, seconds=now - begun, n_photos=n_seen, now=now, name=name)
            history.pace(learner, seconds=now - begun, n_photos=n_seen)
        ends_epoch = learner.n_seen // n_photos > n_epochs or learner.step >= learner.n_steps
        if ends_epoch:
            score = learner.score()
            history.epoch(
                learner,
                loss=learner.loss_sum / learner.n_losses,
                score=score,
                seconds=clock() - begun,
                n_photos=learner.n_seen - first,
            )
            learner.loss_sum, learner.n_losses = 0.0, 0
            if patience.is_over(score):
                break
        if checkpoint is not None and checkpoint.is_due(now - saved, ends_epoch=ends_epoch):
            checkpoint.save(learner)
            saved = now
    if not all(bool(torch.isfinite(numbers).all()) for numbers in learner.network.state_dict().values()):
        raise _diverged(learner, checkpoint, name)  # in the very last step, whose loss was that before it
    learner.settle()


def _diverged(learner: Learner, checkpoint: Checkpoint | None, name: str) -> WorkError:
    """Return what says that a training went wrong; nothing must go on from there."""
    if checkpoint is not None:
        checkpoint.remove()
    return WorkError("training_diverged", item=name, step=learner.step)


@dataclass(kw_only=True)
class Patience:
    """Ends a training that has stopped getting better.

    Args:
        share: of the epochs that may pass without a better score; 1 for any number.
        epochs: of the plan.
    """

    share: float
    epochs: int
    _best: float = -math.inf
    _n_since: int = 0

    def is_over(self, score: float | None) -> bool:
        """Take in the score of an epoch; return whether there have been too many since the best."""
        if score is None or self.share >= 1:
            return False
        self._n_since = 0 if score > self._best else self._n_since + 1
        self._best = max(self._best, score)
        return self._n_since > self.share * self.epochs


def _learn_within_memory(learner: Learner, name: str) -> float:
    """Take a step; where memory runs out take it with half the photos, and go on with so many."""
    while True:
        try:
            return learner.learn()
        except (MemoryError, RuntimeError) as error:
            if not is_out_of_memory(error):
                raise
            if learner.batch // 2 < LEAST_BATCH:
                raise OutOfMemoryError("training_memory", item=name) from error
            learner.optimiser.zero_grad(set_to_none=True)
            learner.halve()


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether an error says that there was not enough memory, of the machine or of its GPU."""
    said = str(error).lower()
    return isinstance(error, MemoryError) or "out of memory" in said or "can't allocate memory" in said


StepAt = Callable[[float], float]


def trial_steps(learner: Learner, name: str = "network") -> StepAt:
    """Return what takes a step at a given rate on a copy of the learner: for ``rates.find_rate``."""
    twin = copy.deepcopy(learner)
    twin.n_steps = sys.maxsize  # never past the beginning of its schedule

    def step_at(rate: float) -> float:
        twin.reach(rate / rate_share(0.0, twin.plan.settings.schedule))
        return _learn_within_memory(twin, name)

    return step_at
