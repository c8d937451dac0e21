"""What lesson 1 asks: what half of the photos costs, how long a training takes, which pillar to strengthen."""

from __future__ import annotations

from apprenti.lessons.check import Answer, Check, Field, Verdict, right, wrong
from apprenti.lessons.n01_pillars.compute import Shown

TOLERANCE = 0.05
"""Of the time: an answer may be rounded."""
SIZES = ("little", "some", "much")


def _half(shown: Shown, answer: Answer) -> Verdict:
    return right() if answer["size"] == shown.verdict else wrong("other")


def _near(value: float, expected: float) -> bool:
    return bool(abs(value - expected) <= TOLERANCE * expected)


def _time(shown: Shown, answer: Answer) -> Verdict:
    value = answer["seconds"]
    if _near(value, shown.expected):
        return right()
    if _near(value, shown.n_train / shown.rate):
        return wrong("one_pass")
    if _near(value, shown.expected / 60):
        return wrong("minutes")
    if _near(value, shown.n_train * shown.n_passes) or _near(value, shown.expected * shown.rate**2):
        return wrong("not_divided")
    return wrong("other")


def _first(shown: Shown, answer: Answer) -> Verdict:
    return right() if answer["pillar"] == "data" else wrong(answer["pillar"])


CHECKS = (
    Check(
        name="half",
        fields=(Field(name="size", kind="choice", options=lambda shown: SIZES),),
        verify=_half,
        reference=lambda shown: {"size": shown.verdict},
        wrong={"other": lambda shown: {"size": next(one for one in SIZES if one != shown.verdict)}},
        is_guess=True,
    ),
    Check(
        name="time",
        fields=(Field(name="seconds", kind="number"),),
        verify=_time,
        reference=lambda shown: {"seconds": round(shown.expected, 2)},
        wrong={
            "one_pass": lambda shown: {"seconds": shown.n_train / shown.rate},
            "minutes": lambda shown: {"seconds": shown.expected / 60},
            "not_divided": lambda shown: {"seconds": shown.n_train * shown.n_passes},
            "other": lambda shown: {"seconds": -1},
        },
    ),
    Check(
        name="first",
        fields=(
            Field(
                name="pillar",
                kind="choice",
                options=lambda shown: ("data", "compute", "algorithms", "education"),
            ),
        ),
        verify=_first,
        reference=lambda shown: {"pillar": "data"},
        wrong={
            one: lambda shown, one=one: {"pillar": one}  # type: ignore[misc]
            for one in ("compute", "algorithms", "education")
        },
    ),
)
