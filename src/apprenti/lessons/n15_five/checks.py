"""What lesson 15 asks: which candidate won, the regret of a choice, and which story lets test photos leak."""

from __future__ import annotations

from collections.abc import Sequence

from apprenti.lessons.check import Answer, Check, Field, Verdict, right, wrong
from apprenti.lessons.n15_five.compute import Shown

STORIES = ("validation", "test", "threshold")


def _numbers(shown: Shown) -> Sequence[str]:
    return [str(number) for number in range(1, max(1, len(shown.candidates)) + 1)]


def _winner(shown: Shown, answer: Answer) -> Verdict:
    return right() if answer["candidate"] == str(shown.kept_number) else wrong("another")


def _other(shown: Shown) -> str:
    return next((one for one in _numbers(shown) if one != str(shown.kept_number)), "1")


def _regret(shown: Shown, answer: Answer) -> Verdict:
    given = answer["points"]
    if abs(given - shown.regret) < 0.06:
        return right()
    if abs(given + shown.regret) < 0.06:
        return wrong("sign")
    if abs(given - shown.regret / 100) < 0.0006:
        return wrong("share")
    if abs(given - shown.chance) < 0.06:
        return wrong("chance")
    return wrong("other")


def _leak(shown: Shown, answer: Answer) -> Verdict:
    return right() if answer["story"] == "test" else wrong(answer["story"])


CHECKS = (
    Check(
        name="winner",
        fields=(Field(name="candidate", kind="choice", options=_numbers),),
        verify=_winner,
        reference=lambda shown: {"candidate": str(shown.kept_number)},
        wrong={"another": lambda shown: {"candidate": _other(shown)}},
        is_guess=True,
    ),
    Check(
        name="regret",
        fields=(Field(name="points", kind="number"),),
        verify=_regret,
        reference=lambda shown: {"points": shown.regret},
        wrong={
            "sign": lambda shown: {"points": -shown.regret},
            "share": lambda shown: {"points": shown.regret / 100},
            "chance": lambda shown: {"points": round(shown.chance, 2)},
            "other": lambda shown: {"points": shown.regret + 40},
        },
    ),
    Check(
        name="leak",
        fields=(Field(name="story", kind="choice", options=lambda shown: STORIES),),
        verify=_leak,
        reference=lambda shown: {"story": "test"},
        wrong={
            "validation": lambda shown: {"story": "validation"},
            "threshold": lambda shown: {"story": "threshold"},
        },
    ),
)
