"""Networks that were trained are recorded as events of the race: what is kept of them, and what a report tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from apprenti.domain import json_form
from apprenti.domain.errors import ApprentiError, OutOfMemoryError, OutOfTimeError, WorkError
from apprenti.domain.network_history import NetworkHistory
from apprenti.domain.recipe import Look
from apprenti.domain.seams import Progress
from apprenti.domain.symmetry import SymmetryFinding
from apprenti.flow.backbone_record import read_backbone, write_backbone
from apprenti.flow.networks import NetworkTrainer
from apprenti.flow.race_log import RaceLog
from apprenti.flow.steps import Content
from apprenti.stages.train import TrainedNetwork

TRAINED, LOST, SYMMETRIES = "network", "network-lost", "symmetries"
LOST_BY: Mapping[str, type[ApprentiError]] = {
    "time": OutOfTimeError,
    "memory": OutOfMemoryError,
    "work": WorkError,
}
"""Whatever else a training failed by is told as a failure of the work."""


@dataclass(kw_only=True)
class RecordedNetworks:
    """Trains networks and records them, or takes up what was recorded.

    Args:
        trainer: trains.
        log: of the race.
        n_restored: networks taken up.
    """

    trainer: NetworkTrainer
    log: RaceLog
    n_restored: int = 0

    def train(self, look: Look, *, deadline: float, judging_seconds: float, progress: Progress) -> None:
        """Train the network of a look and record it, or that there is none; see ``NetworkTrainer.train``."""
        known, was_lost = self.trainer.finding, self.is_lost(look.backbone)
        try:
            self.trainer.train(look, deadline=deadline, judging_seconds=judging_seconds, progress=progress)
        finally:
            finding = self.trainer.finding  # is told of in the report even where no network came of it
            if finding is not None and finding is not known:
                self.log.add(SYMMETRIES, Content(data=json_form.to_json(finding, exact=True)))
            if self.is_lost(look.backbone) and not was_lost:
                self.log.add(LOST, _loss(look.backbone, self.trainer.lost[look.backbone]))
        # as it is read again: a report must be the same to the last byte whether or not it was
        told = json_form.to_json(self.trainer.histories[-1], exact=True)
        self.trainer.histories[-1] = json_form.from_json(NetworkHistory, told)
        if self.log.steps.is_recording:
            self.log.add(TRAINED, self._content(look))

    def is_lost(self, backbone: str) -> bool:
        """Return whether the training of a network failed, now or before a kill."""
        return backbone in self.trainer.lost

    def restore(self, event: str, content: Content) -> bool:
        """Take up what was recorded; return whether it is of networks."""
        if event == SYMMETRIES:
            self.trainer.finding = json_form.from_json(SymmetryFinding, content.data)
            return True
        if event == LOST:
            told: dict[str, Any] = content.data
            self.trainer.lost[told["backbone"]] = LOST_BY[told["by"]](told["key"], **told["values"])
            return True
        if event == TRAINED:
            self._take_up(content)
            return True
        return False

    def _content(self, look: Look) -> Content:
        table, name = self.trainer.table, look.backbone
        written = write_backbone(table.backbone(name))
        judged, whole = self.trainer.trained[name]
        files = {
            "judged": table.fitted_files[look],
            "whole": table.whole_files[look],
            "test": table.test_files[look],
        }
        return Content(
            data={
                "look": json_form.to_json(look),
                "backbone": written.data,
                "history": json_form.to_json(self.trainer.histories[-1], exact=True),
                "twins": [[each.epochs, each.photos_per_second, each.resumed_at] for each in (judged, whole)],
            },
            arrays={**written.arrays, **{part: np.load(path, mmap_mode="r") for part, path in files.items()}},
        )

    def _take_up(self, content: Content) -> None:
        data: dict[str, Any] = content.data
        look = json_form.from_json(Look, data["look"])
        backbone = read_backbone(Content(data=data["backbone"], arrays=content.arrays))
        self.n_restored += 1
        files = {part: self._written(part, content) for part in ("judged", "whole", "test")}
        self.trainer.histories.append(json_form.from_json(NetworkHistory, data["history"]))
        judged, whole = (
            TrainedNetwork(
                graph=files["whole"].with_suffix(".onnx"),
                features=files["whole"],
                history=files["whole"].with_suffix(".history"),
                n_features=backbone.n_features,
                epochs=epochs,
                photos_per_second=pace,
                has_feature_map=backbone.has_feature_map,
                resumed_at=resumed_at,
            )
            for epochs, pace, resumed_at in data["twins"]
        )
        self.trainer.trained[look.backbone] = (judged, whole)
        self.trainer.table.put_trained(look, backbone=backbone, **files)

    def _written(self, part: str, content: Content) -> Path:
        path = self.trainer.folder / f"recalled-network-{self.n_restored}-{part}.npy"
        np.save(path, content.arrays[part])
        return path


def _loss(backbone: str, error: ApprentiError) -> Content:
    by = next((word for word, kind in LOST_BY.items() if isinstance(error, kind)), "work")
    return Content(data={"backbone": backbone, "by": by, "key": error.key, "values": error.values})
