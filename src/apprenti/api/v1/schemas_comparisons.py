"""The shapes of comparisons of versions."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from apprenti.domain.dataset import TaskType
from apprenti.flow.service.comparing import Comparison, PartedPhoto
from apprenti.stages.feedback.side_by_side import SideBySide


class PartedView(BaseModel):
    """A test photo that only one of two versions got right, or came closer to."""

    image_id: str
    shows: str = Field(description="its labels, or its number")
    before: str = Field(description="what the first version says; empty for no label")
    after: str = Field(description="what the second says")


class ResultView(BaseModel):
    """What came of asking two versions about the same photos."""

    n: int
    score: Literal["accuracy", "mean_average_precision", "mean_absolute_error"]
    before: float
    after: float
    difference: float = Field(
        description="of the second; of numbers, by how much its error is smaller: above 0 is better"
    )
    low: float = Field(description="of its 95 % interval")
    high: float
    n_both: int = Field(description="photos both got right, or came as close to")
    n_neither: int
    n_only_before: int
    n_only_after: int
    only_before: list[PartedView] = Field(description="the clearest of them")
    only_after: list[PartedView]


class ComparisonView(BaseModel):
    """Two versions on the task's test photos, as far as they have been asked; ask again until ``result`` is there."""

    before: int
    after: int
    n_asked: int
    n_all: int
    n_left_out: int = Field(description="test photos one of them had learnt from, or that cannot be read")
    result: ResultView | None

    @classmethod
    def of(cls, made: Comparison) -> ComparisonView:
        """Return it as it is shown."""
        found = made.result
        return cls(
            before=made.before.number,
            after=made.after.number,
            n_asked=made.n_asked,
            n_all=made.n_all,
            n_left_out=made.n_left_out,
            result=None if found is None else _result(made, found),
        )


_SCORES: dict[TaskType, Literal["accuracy", "mean_average_precision", "mean_absolute_error"]] = {
    TaskType.MULTI_CLASS: "accuracy",
    TaskType.MULTI_LABEL: "mean_average_precision",
    TaskType.REGRESSION: "mean_absolute_error",
}


def _result(made: Comparison, found: SideBySide) -> ResultView:
    return ResultView(
        n=found.n,
        score=_SCORES[made.task_type],
        before=found.before,
        after=found.after,
        difference=found.lead.difference,
        low=found.lead.interval.low,
        high=found.lead.interval.high,
        n_both=found.n_both,
        n_neither=found.n_neither,
        n_only_before=len(found.only_before),
        n_only_after=len(found.only_after),
        only_before=[_parted(photo) for photo in made.only_before],
        only_after=[_parted(photo) for photo in made.only_after],
    )


def _parted(photo: PartedPhoto) -> PartedView:
    return PartedView(image_id=photo.image_id, shows=photo.shows, before=photo.before, after=photo.after)
