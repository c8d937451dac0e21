"""The path from zero to machine-learning engineer: which lessons, which commands and which practice, in which order.

The words are in ``texts/*/path.toml``: for each step its title and, with an ending, why, what to do in the product,
what to practise and the check one can see.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A stretch of the path.

    Args:
        name: under which its words are kept.
        lessons: numbers of the lessons to do, in this order.
        commands: what to type; each can be typed as it stands.
    """

    name: str
    lessons: tuple[int, ...]
    commands: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """A rung of the ladder of networks that lessons 8 to 10 climb.

    Args:
        name: under which its words are kept.
        lessons: numbers of the lessons it is about.
        needs: what has to be there before anything climbs it.
    """

    name: str
    lessons: tuple[int, ...]
    needs: Literal["lesson", "deep", "hub"] = "lesson"


STEPS = (
    Step(name="python", lessons=(1, 3), commands=("apprenti learn", "apprenti learn check 3")),
    Step(
        name="theory",
        lessons=(3, 5, 6, 11, 14, 15),
        commands=("apprenti learn check 6", "apprenti learn export 11 --notebook"),
    ),
    Step(
        name="data",
        lessons=(2, 4, 13),
        commands=("apprenti samples digits digits/", "apprenti inspect digits/", "apprenti inspect photos/"),
    ),
    Step(
        name="big",
        lessons=(1, 16),
        commands=("apprenti inspect photos.parquet", "apprenti train photos.parquet --out table.apprenti"),
    ),
    Step(
        name="deep",
        lessons=(7, 8, 9, 10),
        commands=(
            "apprenti learn check 7",
            "apprenti learn check 9",
            "apprenti train photos/ --budget 2m",
            "apprenti train photos/ --recipes deep --budget 15m --out deep.apprenti",
        ),
    ),
    Step(
        name="production",
        lessons=(12, 16, 1),
        commands=(
            "apprenti evaluate photos.apprenti photos-2/",
            "apprenti serve photos.apprenti",
            "apprenti export photos.apprenti --onnx --labels",
        ),
    ),
    Step(
        name="portfolio",
        lessons=(4, 12, 16),
        commands=(
            "apprenti report photos.apprenti",
            "apprenti learn export 10 --notebook --run photos.apprenti",
            "apprenti learn progress --json",
        ),
    ),
)

LADDER = (
    Rung(name="digits", lessons=(8, 10)),
    Rung(name="dense", lessons=(8, 10)),
    Rung(name="augmented", lessons=(8, 10)),
    Rung(name="searched", lessons=(10,)),
    Rung(name="convolved", lessons=(9, 10)),
    Rung(name="frozen", lessons=(10,)),
    Rung(name="tuned", lessons=(10,), needs="deep"),
    Rung(name="vit", lessons=(10,), needs="hub"),
)

LEAVES_WITH = ("repository", "model", "service", "card", "page")
"""What the learner has at the end."""
