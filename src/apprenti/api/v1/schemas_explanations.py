"""The shapes of explanations."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from apprenti.api.v1.schemas_trainings import LabelAnswer
from apprenti.flow.service.explaining import Explanation


class HeatView(BaseModel):
    """What the answer rests on: each part of the photo was covered in turn, and the model asked again."""

    label: str = Field(description="whose probability was followed; empty in a task of numbers")
    parts: list[list[float]] = Field(
        description="row by row from the top: 0 where the answer loses nothing, 1 where it loses most"
    )
    fit: Literal["squash", "crop", "pad"] = Field(
        description="where the parts lie: over the whole photo, the square in its middle, or the one around it"
    )
    answer: float = Field(description="of the whole photo: the probability of the label, or the number")
    covered: float = Field(description="where the part that matters most is covered")
    is_faint: bool = Field(description="no part alone matters")


class NearPhoto(BaseModel):
    """A photo the model learnt from that is like the one asked about."""

    image_id: str
    likeness: float = Field(description="cosine of both embeddings: 1 for the same photo")
    shows: list[str] = Field(description="the task's labels it has now, or the number")


class ExplanationView(BaseModel):
    """An answer and what it rests on. Nothing of it is kept."""

    task_id: str
    version_number: int
    labels: list[LabelAnswer] = Field(description="most probable first; empty in a task of numbers")
    value: float | None = Field(description="in a task of numbers")
    low: float | None = Field(description="of the interval made to hold the true number")
    high: float | None
    familiar: bool = Field(description="false: unlike the training images; its answer means little")
    distance: float = Field(description="from the training images; above 1 is unfamiliar")
    heat: HeatView | None = Field(description="null where it was not asked for")
    nearest: list[NearPhoto] = Field(description="most alike first; photos deleted since are left out")
    latency_ms: float = Field(description="of the answer, without what explains it")

    @classmethod
    def of(cls, task_id: str, said: Explanation) -> ExplanationView:
        """Return it as it is shown."""
        answer, heat = said.answer, said.heat
        return cls(
            task_id=task_id,
            version_number=said.version.number,
            labels=[LabelAnswer(**label) for label in answer.get("labels", ())],
            value=answer.get("value"),
            low=answer.get("low"),
            high=answer.get("high"),
            familiar=said.familiar,
            distance=said.distance,
            heat=None
            if heat is None
            else HeatView(
                label=said.heat_label,
                parts=[[round(float(part), 3) for part in row] for row in heat.parts],
                fit=said.fit,
                answer=heat.answer,
                covered=heat.covered,
                is_faint=heat.is_faint,
            ),
            nearest=[
                NearPhoto(image_id=one.image_id, likeness=one.likeness, shows=list(one.shows))
                for one in said.nearest
            ],
            latency_ms=said.latency_us / 1000,
        )
