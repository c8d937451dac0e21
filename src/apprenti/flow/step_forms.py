"""How what the steps of a training give is recorded: plain data as JSON, numbers as arrays, graphs as bytes."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from apprenti.domain.dataset import Dataset, SetAside
from apprenti.domain.knowledge_table import Knowledge
from apprenti.domain.outlook import Hindsight
from apprenti.domain.recipe import Cell
from apprenti.flow.backbone_record import bytes_as_array
from apprenti.flow.landmarks import Landmarks
from apprenti.flow.steps import Content, Form, noun_form


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """Which photos have the features that all others follow.

    Args:
        hashes: their contents.
        set_aside: those that could not be decoded after all.
        n_left_out: photos not reached in the time there was.
        seconds: that it took.
    """

    hashes: tuple[str, ...]
    set_aside: tuple[SetAside, ...]
    n_left_out: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What the last minutes brought for the knowledge."""

    cells: tuple[Cell, ...]
    hindsight: Hindsight | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLeft:
    """What the clock said when something was decided by it.

    Args:
        seconds: until the race must be over.
    """

    seconds: float


DATASET = noun_form(Dataset)
LANDMARKS = noun_form(Landmarks)
MEASURED = noun_form(Measured)
REACHED = noun_form(Reached)
TIME_LEFT = noun_form(TimeLeft)

_TABLES = ("scores", "seconds", "profiles", "trust")


def _write_knowledge(knowledge: Knowledge | None) -> Content:
    if knowledge is None:
        return Content(data=None)
    names = [each.name for each in fields(Knowledge) if each.name not in _TABLES]
    arrays = {name: array for name in _TABLES if (array := getattr(knowledge, name)) is not None}
    return Content(data={name: getattr(knowledge, name) for name in names}, arrays=arrays)


def _read_knowledge(content: Content) -> Knowledge | None:
    if content.data is None:
        return None
    names: dict[str, Any] = {name: tuple(words) for name, words in content.data.items()}
    tables: dict[str, Any] = dict(content.arrays)
    return Knowledge(**names, **tables)


KNOWLEDGE = Form(write=_write_knowledge, read=_read_knowledge)


MODEL: Form[bytes] = Form(
    write=lambda model: Content(data={}, arrays={"model": bytes_as_array(model)}),
    read=lambda content: content.arrays["model"].tobytes(),
)
