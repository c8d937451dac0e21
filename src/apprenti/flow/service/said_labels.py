"""What a correction says, checked against its task; and how it is put in place of what an image showed, and undone."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apprenti.domain.dataset import Target, TaskType
from apprenti.domain.errors import NotFoundError, OptionError
from apprenti.domain.service import Correction, ImageLabel, Label, StoredPrediction, Task
from apprenti.flow.service.snapshot import shown_target, unique_names
from apprenti.flow.service.traffic import given_labels
from apprenti.store.database import images as image_table
from apprenti.store.database import labels as label_table
from apprenti.store.database.rows import Tx

Before = Mapping[str, Any]
Shows = dict[str, float | None]
"""Labels by id, with the number where one stands for one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskWords:
    """The labels of a task.

    Args:
        task: it.
        answers: its labels, oldest first, without the one that stands for none of them.
        negative_id: of that one; empty where there is none.
    """

    task: Task
    answers: tuple[Label, ...]
    negative_id: str = ""

    @classmethod
    def of(cls, tx: Tx, task: Task) -> TaskWords:
        """Return those of a task."""
        labels = label_table.of_task(tx, task.id)
        return cls(
            task=task,
            answers=tuple(label for label, negative in labels if not negative),
            negative_id=next((label.id for label, negative in labels if negative), ""),
        )

    @property
    def names(self) -> Mapping[str, str]:
        """A name for each label id that no other has."""
        return unique_names(self.answers)

    def checked(self, label_ids: Sequence[str], value: float | None) -> tuple[tuple[str, ...], float | None]:
        """Return what a correction says, in the form it is kept in.

        Raises:
            NotFoundError: a label is not one of the task's.
            OptionError: it says too much, too little, or no number.
        """
        known = {label.id for label in self.answers}
        given = tuple(dict.fromkeys(one for one in label_ids if one != self.negative_id))
        for label_id in given:
            if label_id not in known:
                raise NotFoundError("not_found", noun="label", id=label_id[:100])
        if self.task.task_type is TaskType.REGRESSION:
            if value is None or not math.isfinite(value):
                raise OptionError("correction_number", task=self.task.name)
            return (), float(value)
        if value is not None:
            raise OptionError("correction_no_number", task=self.task.name)
        if self.task.task_type is TaskType.MULTI_CLASS and len(given) != 1:
            raise OptionError("correction_one_label", task=self.task.name)
        return tuple(sorted(given)), None

    def target(self, label_ids: Sequence[str], value: float | None) -> Target:
        """Return what is said, as models learn it; a label that is gone since has its id for a name."""
        if self.task.task_type is TaskType.REGRESSION:
            return float(value or 0.0)
        names = tuple(sorted(self.names.get(one, one) for one in label_ids))
        return names if self.task.task_type is TaskType.MULTI_LABEL else names[0] if names else ""

    def agrees(self, prediction: StoredPrediction, label_ids: Sequence[str], value: float | None) -> bool:
        """Return whether a person says what the model did; of a number, that it lies within the model's margin."""
        if self.task.task_type is TaskType.REGRESSION:
            low, high = prediction.answer.get("low"), prediction.answer.get("high")
            return value is not None and low is not None and high is not None and low <= value <= high
        return set(given_labels(prediction)) == set(label_ids)

    def shown(self, tx: Tx, image_ids: Sequence[str]) -> Mapping[str, Target | None]:
        """Return what images show for this task; ``None`` where it is nothing that can be learnt."""
        ours = {label.id for label in self.answers} | {self.negative_id}
        said = {
            image_id: [(label, one) for label, one in labels if label.id in ours]
            for image_id, labels in image_table.labels_of(tx, image_ids).items()
        }
        names = self.names
        return {
            image_id: shown_target(self.task.task_type, labels, names) if labels else None
            for image_id, labels in said.items()
        }

    def before(self, tx: Tx, image_id: str) -> Before:
        """Return what an image shows for this task, as it can be put back."""
        ours = {label.id for label in self.answers} | {self.negative_id}
        labels = image_table.labels_of(tx, [image_id])[image_id]
        return {
            "labels": [
                {"label_id": label.id, "value": said.value} for label, said in labels if label.id in ours
            ]
        }

    def said(self, correction: Correction) -> Shows:
        """Return what an image shows by a correction."""
        if self.task.task_type is TaskType.REGRESSION:
            return {label.id: correction.value for label in self.answers[:1]}
        if not correction.label_ids and self.negative_id:
            return {self.negative_id: None}
        return dict.fromkeys(correction.label_ids)

    def read(self, before: Before) -> Shows:
        """Return what ``before`` kept, as far as the task still has the labels."""
        there = {label.id for label in self.answers} | {self.negative_id}
        labels = before.get("labels", [])
        return {one["label_id"]: one["value"] for one in labels if one["label_id"] in there}

    def put(self, tx: Tx, correction: Correction, *, now_us: int) -> None:
        """Let an image show what a correction says."""
        self._replace(tx, correction.image_id, self.said(correction), now_us)

    def take_back(self, tx: Tx, gone: Correction, instead: Shows, *, now_us: int) -> None:
        """Let an image show something instead of what a correction said; what was said since by hand stays."""
        said, shown = self.said(gone), self.read(self.before(tx, gone.image_id))
        wanted = instead
        if self.task.task_type is TaskType.MULTI_LABEL:
            kept = {one: value for one, value in shown.items() if one in instead or one not in said}
            wanted = kept | {one: value for one, value in instead.items() if one not in said}
            if len(wanted) > 1:
                wanted.pop(self.negative_id, None)
        elif shown != said:
            return
        self._replace(tx, gone.image_id, wanted, now_us)

    def _replace(self, tx: Tx, image_id: str, wanted: Mapping[str, float | None], now_us: int) -> None:
        for one in self.before(tx, image_id)["labels"]:
            if one["label_id"] not in wanted:
                image_table.unshow(tx, image_id, one["label_id"])
        said = [
            ImageLabel(image_id=image_id, label_id=label_id, value=value, created_us=now_us)
            for label_id, value in wanted.items()
        ]
        image_table.show(tx, *said)
