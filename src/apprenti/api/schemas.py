"""The shapes of answers, as the OpenAPI description shows them."""

from __future__ import annotations

from pydantic import BaseModel, Field


class LabelProbability(BaseModel):
    """A label and how probable it is."""

    label: str
    probability: float = Field(ge=0, le=1)


class Answer(BaseModel):
    """What a model says of one photo."""

    model: str
    item: str
    label: str
    probability: float = Field(ge=0, le=1, description="calibrated probability of the label")
    top: list[LabelProbability] = Field(description="the most probable labels, most probable first")
    familiar: bool = Field(
        description="false: unlike anything the model was trained on; its label means little"
    )
    distance: float = Field(
        description="from the training photos, in units of the threshold; above 1 is unfamiliar"
    )


class ModelFacts(BaseModel):
    """A model and how good it was on photos it had never seen."""

    name: str
    labels: list[str]
    recipe: str | None = None
    n_test: int = Field(default=0, description="photos it was tested on")
    accuracy: float | None = None
    accuracy_interval: list[float] | None = Field(default=None, description="95 % interval: low, high")


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
