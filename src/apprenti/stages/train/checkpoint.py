"""All a training needs to go on after a kill, in a file of plain arrays. PyTorch."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np
import torch

if TYPE_CHECKING:
    from apprenti.stages.train.loop import Learner

COUNTS = ("step", "n_steps", "batch")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """Where a training is kept.

    Args:
        path: the file; it has its name only once it is whole.
        key: of data, settings and versions; a file of another key is left alone.
    """

    path: Path
    key: str

    def save(self, learner: Learner) -> None:
        """Write the state; a disk that is full costs the checkpoint, not the training."""
        arrays = {"key": np.array(self.key), **{name: np.array(getattr(learner, name)) for name in COUNTS}}
        for part, state in _parts(learner).items():
            arrays |= {f"{part}/{name}": tensor.numpy() for name, tensor in state.items()}
        unfinished = self.path.with_suffix(f".{os.getpid()}.part")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with unfinished.open("wb") as file:
                np.savez(file, allow_pickle=False, **arrays)
            unfinished.replace(self.path)
        except OSError:
            unfinished.unlink(missing_ok=True)

    def restore(self, learner: Learner) -> bool:
        """Put a learner where the file says it was; return whether there was one that fits."""
        try:
            with np.load(self.path, allow_pickle=False) as file:
                arrays = dict(file)
        except (OSError, ValueError, BadZipFile, EOFError):
            return False  # not there, or not whole: the training begins anew
        if "key" not in arrays or str(arrays["key"]) != self.key:
            return False
        for part, state in _parts(learner).items():
            for name, tensor in state.items():
                tensor.copy_(torch.from_numpy(arrays[f"{part}/{name}"]))
        _restore_optimiser(learner.optimiser, arrays)
        for name in COUNTS:
            setattr(learner, name, int(arrays[name]))
        return True

    def remove(self) -> None:
        """Forget a training that has ended."""
        self.path.unlink(missing_ok=True)


def _parts(learner: Learner) -> dict[str, dict[str, torch.Tensor]]:
    """Return every tensor that training changes, by name; those of an optimiser that has not moved are not there."""
    averaged = {} if learner.averaged is None else learner.averaged.state_dict()
    return {
        "network": learner.network.state_dict(),
        "head": learner.head.state_dict(),
        "averaged": averaged,
        "optimiser": {
            f"{place}/{name}": value
            for place, state in learner.optimiser.state_dict()["state"].items()
            for name, value in state.items()
        },
    }


def _restore_optimiser(optimiser: torch.optim.Optimizer, arrays: Mapping[str, Any]) -> None:
    """Give a new optimiser the momentum of the old one; rates come from the plan."""
    state: dict[int, dict[str, torch.Tensor]] = {}
    for name, array in arrays.items():
        part, _, rest = name.partition("/")
        if part == "optimiser":
            place, _, kind = rest.partition("/")
            state.setdefault(int(place), {})[kind] = torch.from_numpy(np.array(array))
    optimiser.load_state_dict({**optimiser.state_dict(), "state": state})
