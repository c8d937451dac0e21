"""All a training needs to go on after a kill, in a file of plain arrays. PyTorch."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np
import torch

if TYPE_CHECKING:
    from apprenti.stages.train.loop import Learner

COUNTS = ("step", "n_steps", "batch", "n_losses")
NUMBERS = ("rate", "loss_sum")
SECONDS_BETWEEN = 20.0
"""A kill costs no more than this."""
EPOCH_SECONDS = 2.0
"""Where an epoch ends, it costs no more than that epoch, if it was longer than this."""
MOST_SHARE = 0.05
BYTES_PER_SECOND = 5e8
"""What writing checkpoints may take of the time, at the second: those of a network that was brought may be large."""


@dataclass(slots=True, kw_only=True)
class Checkpoint:
    """Where a training is kept.

    Args:
        path: the file; it has its name only once it is whole.
        key: of data, settings and versions; a file of another key is left alone.
        seconds_between: two times that the training is kept.
        n_bytes: of the last one.
    """

    path: Path
    key: str
    seconds_between: float = SECONDS_BETWEEN
    n_bytes: int = 0

    def is_due(self, seconds: float, *, ends_epoch: bool) -> bool:
        """Return whether the training should be kept now.

        Args:
            seconds: since it was, or since it began.
            ends_epoch: whether an epoch ends here.
        """
        between = min(EPOCH_SECONDS, self.seconds_between) if ends_epoch else self.seconds_between
        return seconds > max(between, self.n_bytes / BYTES_PER_SECOND / MOST_SHARE)

    def save(self, learner: Learner) -> None:
        """Write the state; a disk that is full costs the checkpoint, not the training."""
        arrays = {name: np.array(getattr(learner, name)) for name in (*COUNTS, *NUMBERS)}
        arrays |= {"key": np.array(self.key)}
        arrays |= {name: tensor.cpu().numpy() for name, tensor in _tensors(learner).items()}
        unfinished = self.path.with_suffix(f".{os.getpid()}.part")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with unfinished.open("wb") as file:
                np.savez(file, allow_pickle=False, **arrays)
            self.n_bytes = unfinished.stat().st_size
            unfinished.replace(self.path)
        except OSError:
            with suppress(OSError):
                unfinished.unlink()

    def restore(self, learner: Learner) -> bool:
        """Put a learner where the file says it was; return whether there was one that fits."""
        try:
            with self.path.open("rb") as file, np.load(file, allow_pickle=False) as parts:
                arrays = dict(parts)
        except (OSError, ValueError, BadZipFile, EOFError, TypeError):
            return False  # not there, not whole, or one array alone: the training begins anew
        tensors = _tensors(learner)
        if str(arrays.get("key")) != self.key or not _fits(arrays, tensors):
            return False
        for name, tensor in tensors.items():
            tensor.copy_(torch.from_numpy(arrays[name]))
        _restore_optimiser(learner.optimiser, arrays)
        learner.reach(float(arrays["rate"]))
        for name in COUNTS:
            setattr(learner, name, int(arrays[name]))
        learner.loss_sum = float(arrays["loss_sum"])
        with suppress(OSError):
            os.utime(self.path)  # in use: not to be swept away as abandoned
        return True

    def remove(self) -> None:
        """Forget a training that has ended, and what a kill left half written."""
        with suppress(OSError):  # a folder that cannot be used has nothing to forget
            self.path.unlink(missing_ok=True)
        for unfinished in self.path.parent.glob(f"{self.path.stem}.*.part"):
            unfinished.unlink(missing_ok=True)


def _tensors(learner: Learner) -> dict[str, torch.Tensor]:
    """Return every tensor that training changes, by name; those of an optimiser that has not moved are not there."""
    averaged = {} if learner.averaged is None else learner.averaged.state_dict()
    parts = {
        "network": learner.network.state_dict(),
        "head": learner.head.state_dict(),
        "averaged": averaged,
        "optimiser": {
            f"{place}/{name}": value
            for place, state in learner.optimiser.state_dict()["state"].items()
            for name, value in state.items()
        },
    }
    return {f"{part}/{name}": tensor for part, state in parts.items() for name, tensor in state.items()}


def _fits(arrays: Mapping[str, Any], tensors: Mapping[str, torch.Tensor]) -> bool:
    """Return whether all is there, in the right shapes: a learner must not be restored by half."""
    return all(name in arrays for name in (*COUNTS, *NUMBERS)) and all(
        name in arrays and arrays[name].shape == tuple(tensor.shape) for name, tensor in tensors.items()
    )


def _restore_optimiser(optimiser: torch.optim.Optimizer, arrays: Mapping[str, Any]) -> None:
    """Give a new optimiser the momentum of the old one, laid out in memory as its parameters are."""
    parameters = [parameter for group in optimiser.param_groups for parameter in group["params"]]
    state: dict[int, dict[str, torch.Tensor]] = {}
    for name, array in arrays.items():
        part, _, rest = name.partition("/")
        if part == "optimiser":
            place, _, kind = rest.partition("/")
            value, parameter = torch.from_numpy(np.array(array)), parameters[int(place)]
            if value.shape == parameter.shape:
                value = torch.empty_like(parameter, requires_grad=False).copy_(value)
            state.setdefault(int(place), {})[kind] = value
    optimiser.load_state_dict({**optimiser.state_dict(), "state": state})
