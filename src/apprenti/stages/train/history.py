"""What a training tells while it goes on: a line for every epoch, and how far it is."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

EPOCH_DIGIT = 0.001
"""Epochs are told to three digits."""

if TYPE_CHECKING:
    from apprenti.stages.train.loop import Learner


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A line of JSON for every epoch, and how far the training is.

    Args:
        path: of the lines; beside it stands the pace, in a file that is replaced.
        kept: where the lines outlive a kill, beside the checkpoint; ``None`` keeps none.
        features_share: of all the work, what comes after the last epoch: working out the features of all photos, 0..1.
    """

    path: Path
    kept: Path | None = None
    features_share: float = 0.0

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
        self._add(line, learner.epochs)
        self.pace(learner, seconds=seconds, n_photos=n_photos)

    def go_on(self, epoch: float) -> None:
        """Take over what a training that was killed had told, and remember at which epoch it goes on.

        Epochs beyond are trained and told once more.
        """
        if self.kept is not None and self.kept.exists():
            before = [line for line in _lines(self.kept) if (line["epoch"] or 0.0) <= epoch + EPOCH_DIGIT]
            _replace(self.path, "".join(json.dumps(line) + "\n" for line in before))
        _replace(self._resumed_path, json.dumps(epoch))

    @property
    def resumed_at(self) -> float | None:
        """How often every photo had been seen when a training that was killed went on; ``None`` of any other."""
        if not self._resumed_path.exists():
            return None
        epoch: float = json.loads(self._resumed_path.read_bytes())
        return epoch

    def forget(self) -> None:
        """Keep nothing of a training that has ended beyond this process."""
        if self.kept is not None:
            with suppress(OSError):  # a folder that cannot be used has nothing to forget
                self.kept.unlink(missing_ok=True)

    def _add(self, line: dict[str, float | None], epoch: float) -> None:
        """Write a line; those of epochs that a killed training had told, and that are now trained again, go."""
        before = [one for one in self.lines() if (one["epoch"] or 0.0) < round(epoch, 3)]
        text = "".join(json.dumps(one) + "\n" for one in (*before, line))
        for path in (self.path, self.kept):
            if path is not None:
                with suppress(OSError):  # a disk that is full costs the line, not the training
                    _replace(path, text)

    def pace(self, learner: Learner, *, seconds: float, n_photos: int) -> None:
        """Say how far the training is."""
        photo_seconds = seconds / max(1, n_photos)
        features_seconds = self._features_per_epochs * learner.n_steps * learner.batch * photo_seconds
        left = (learner.n_steps - learner.step) * learner.batch * photo_seconds + features_seconds
        self._write_pace((1 - self.features_share) * learner.progress, left)

    def features(self, share: float, *, seconds: float) -> None:
        """Say how far the features are.

        Args:
            share: of the photos that have theirs, above 0 and up to 1.
            seconds: since the first of them.
        """
        self._write_pace(1 - self.features_share * (1 - share), seconds * (1 - share) / share)

    def _write_pace(self, progress: float, seconds_left: float) -> None:
        _replace(self._pace_path, json.dumps({"progress": progress, "seconds_left": round(seconds_left, 1)}))

    @property
    def _features_per_epochs(self) -> float:
        """Time of the features in that of all epochs."""
        return self.features_share / (1 - self.features_share)

    @property
    def _resumed_path(self) -> Path:
        return self.path.with_suffix(".resumed")

    @property
    def _pace_path(self) -> Path:
        return self.path.with_suffix(".pace")

    def lines(self) -> tuple[dict[str, float | None], ...]:
        """Return the epochs so far; a line half written is left out."""
        return _lines(self.path) if self.path.exists() else ()

    def progress(self) -> float:
        """Return the share that is done, 0..1."""
        return self._pace()["progress"]

    def seconds_left(self) -> float | None:
        """Return what is left, as far as it can be told yet."""
        return self._pace()["seconds_left"] if self._pace_path.exists() else None

    def _pace(self) -> dict[str, float]:
        if not self._pace_path.exists():
            return {"progress": 0.0}
        pace: dict[str, float] = json.loads(self._pace_path.read_bytes())
        return pace


def _lines(path: Path) -> tuple[dict[str, float | None], ...]:
    whole = path.read_text("utf-8").split("\n")[:-1]
    return tuple(json.loads(line) for line in whole)


def _replace(path: Path, text: str) -> None:
    """Write a file that another process may be reading."""
    unfinished = path.with_suffix(f".{os.getpid()}.part")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(path)
