"""What is told of the training of a network: while it goes on, and afterwards in the report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from apprenti.domain.dataset import Example, TaskType
from apprenti.domain.network_history import ChangedPhoto, EpochRecord, NetworkHistory
from apprenti.domain.seams import Progress
from apprenti.domain.sentence import Sentence
from apprenti.stages.train import History, NetworkJob, TrainedNetwork

SCORE_WORDS = {
    TaskType.MULTI_CLASS: "epoch_classes",
    TaskType.MULTI_LABEL: "epoch_labels",
    TaskType.REGRESSION: "epoch_number",
}
"""Entries of ``texts/*/progress.toml``."""


@dataclass(kw_only=True)
class EpochNews:
    """Tells of every epoch once.

    Args:
        history: of the training, which is under way in another process.
        epochs: planned.
        task_type: what is to be told.
        progress: is told.
        n_told: epochs told of.
        is_resumed: whether it was told that the training goes on where one that was killed had been.
    """

    history: History
    epochs: int
    task_type: TaskType
    progress: Progress
    n_told: int = 0
    is_resumed: bool = False

    def tell(self) -> None:
        """Tell of the epochs that have ended since, or first of all that those before are done already."""
        epoch = None if self.is_resumed else self.history.resumed_at
        lines = self.history.lines()
        if epoch is not None:
            self.is_resumed, self.n_told = True, len(lines)
            values = {"epoch": round(epoch, 1), "epochs": self.epochs}
            self.progress.note(Sentence(key="progress.resumed", values=values))
        for line in lines[self.n_told :]:
            self.progress.note(self._said(line), seconds_left=self.history.seconds_left())
        self.n_told = len(lines)

    def _said(self, line: dict[str, float | None]) -> Sentence:
        score = line["score"]
        key, values = "epoch", {}
        if score is not None:
            key = SCORE_WORDS[self.task_type]
            is_share = self.task_type is not TaskType.REGRESSION
            values["score"] = round(100 * score, 1) if is_share else round(score, 3)
        return Sentence(
            key=f"progress.{key}",
            values={
                "epoch": round(line["epoch"] or 0.0, 1),
                "epochs": self.epochs,
                "loss": round(line["loss"] or 0.0, 3),
                "pace": round(line["photos_per_second"] or 0.0),
                **values,
            },
        )


def network_history(
    jobs: Sequence[NetworkJob],
    judged: TrainedNetwork,
    whole: TrainedNetwork,
    symmetries: Sequence[Sentence],
    fitted: Sequence[Example],
) -> NetworkHistory:
    """Return what is kept of a training.

    Args:
        jobs: of the network that was judged, and of the one that is kept.
        judged: what came of the first.
        whole: what came of the second.
        symmetries: what was found out about flips and turns.
        fitted: the photos, in the order of the rows.
    """
    return NetworkHistory(
        backbone=jobs[0].trained.name,
        n_photos=len(jobs[0].fitted),
        n_held_out=len(jobs[0].held_out),
        n_photos_kept=len(jobs[1].fitted),
        epochs_kept=whole.epochs,
        epochs=tuple(
            EpochRecord(
                epoch=line["epoch"] or 0.0,
                loss=line["loss"] or 0.0,
                score=line["score"],
                rate=line["rate"] or 0.0,
            )
            for line in History(path=judged.history).lines()
        ),
        policy=jobs[0].policy,
        symmetries=tuple(symmetries),
        examples=tuple(
            ChangedPhoto(name=fitted[photo.row].name, plain=photo.plain, changed=photo.changed)
            for photo in judged.seen
        ),
    )
