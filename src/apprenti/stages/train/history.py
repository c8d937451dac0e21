"""What a training tells while it goes on: a line for every epoch, and how far it is."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apprenti.stages.train.loop import Learner


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A line of JSON for every epoch, and how far the training is.

    Args:
        path: of the lines; beside it stands the pace, in a file that is replaced.
    """

    path: Path

    def epoch(
        self,
        learner: Learner,
        *,
        loss: float,
        score: float | None,
        seconds: float,
        n_photos: int,
    ) -> None:
        """Add an epoch.

        Args:
            learner: as it is now.
            loss: mean over the epoch.
            score: on held-out photos, 0..1, where there are any.
            seconds: since this process began to train.
            n_photos: learnt from in them.
        """
        line = {
            "epoch": round(learner.epochs, 3),
            "loss": round(loss, 5),
            "score": score if score is None else round(score, 5),
            "rate": learner.optimiser.param_groups[0]["lr"],
            "photos_per_second": round(n_photos / max(seconds, 1e-9), 1),
        }
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        self.pace(learner, seconds=seconds, n_photos=n_photos)

    def pace(self, learner: Learner, *, seconds: float, n_photos: int) -> None:
        """Say how far the training is."""
        left = (learner.n_steps - learner.step) * learner.batch * seconds / max(1, n_photos)
        unfinished = self.path.with_suffix(".part")
        unfinished.write_text(json.dumps({"progress": learner.progress, "seconds_left": round(left, 1)}))
        unfinished.replace(self.path.with_suffix(".pace"))  # read by another process meanwhile

    def lines(self) -> tuple[dict[str, float | None], ...]:
        """Return the epochs so far; a line half written is left out."""
        if not self.path.exists():
            return ()
        whole = self.path.read_text("utf-8").split("\n")[:-1]
        return tuple(json.loads(line) for line in whole)

    def progress(self) -> float:
        """Return the share that is done, 0..1."""
        path = self.path.with_suffix(".pace")
        return float(json.loads(path.read_bytes())["progress"]) if path.exists() else 0.0
