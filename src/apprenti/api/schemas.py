"""The shapes of answers, as the OpenAPI description shows them."""

from __future__ import annotations

from pydantic import BaseModel, Field

from apprenti.domain.dataset import TaskType


class LabelProbability(BaseModel):
    """A label and how probable it is."""

    label: str
    probability: float = Field(ge=0, le=1)


class AnyAnswer(BaseModel):
    """What a model says of one photo, whatever it tells."""

    model: str
    item: str
    familiar: bool = Field(
        description="false: unlike anything the model was trained on; its answer means little"
    )
    distance: float = Field(
        description="from the training photos, in units of the threshold; above 1 is unfamiliar"
    )


class Answer(AnyAnswer):
    """Which class a photo shows."""

    label: str
    probability: float = Field(ge=0, le=1, description="calibrated probability of the label")
    top: list[LabelProbability] = Field(description="the most probable labels, most probable first")


class LabelsAnswer(AnyAnswer):
    """Which labels apply to a photo."""

    labels: list[LabelProbability] = Field(
        description="those over their thresholds, most probable first; there may be none"
    )
    top: list[LabelProbability] = Field(description="the most probable labels, given or not")


class ValueAnswer(AnyAnswer):
    """Which number a photo shows."""

    value: float
    interval: list[float] = Field(description="low, high: made to hold the true number")
    level: float = Field(ge=0, le=1, description="in this share of the cases")


class NumberRange(BaseModel):
    """The least, the middle and the greatest of the numbers learnt from."""

    low: float
    median: float
    high: float


class ModelFacts(BaseModel):
    """A model and how good it was on photos it had never seen."""

    name: str
    task_type: TaskType = TaskType.MULTI_CLASS
    labels: list[str]
    numbers: NumberRange | None = None
    recipe: str | None = None
    n_test: int = Field(default=0, description="photos it was tested on")
    accuracy: float | None = None
    accuracy_interval: list[float] | None = Field(default=None, description="95 % interval: low, high")
    mean_average_precision: float | None = None
    mean_average_precision_interval: list[float] | None = None
    micro_f1: float | None = None
    micro_f1_interval: list[float] | None = None
    mean_absolute_error: float | None = None
    mean_absolute_error_interval: list[float] | None = None
    r2: float | None = None
    r2_interval: list[float] | None = None


class Models(BaseModel):
    """All models served."""

    models: list[ModelFacts]


class Live(BaseModel):
    """The server runs."""

    status: str = "live"


class Ready(BaseModel):
    """The server answers, with these models."""

    status: str = "ready"
    models: list[str]


class Problem(BaseModel):
    """What went wrong."""

    code: str = Field(description="for programs; never changes with the language")
    message: str = Field(description="for people: what is wrong and what to do, in English or French")
    details: list[dict[str, str]] | None = None


class ErrorAnswer(BaseModel):
    """Every error has this shape."""

    error: Problem
