"""What lesson 16 asks: a guess at the sum, the sum itself, and where it is safe to send photos."""

from __future__ import annotations

from apprenti.lessons.check import Answer, Check, Field, Verdict, right, wrong
from apprenti.lessons.n16_api.compute import Shown


def _guess(shown: Shown, answer: Answer) -> Verdict:
    return right() if answer["years"] == "eight" else wrong("other")


def _cost(shown: Shown, answer: Answer) -> Verdict:
    value = answer["thousands"] / (1000 if answer["thousands"] >= 10_000 else 1)
    for key, expected in (("thrice", shown.thrice), ("year", shown.yearly)):
        if abs(value - expected) < 1:
            return wrong(key)
    if abs(value - shown.build) < 0.6:
        return right()
    return wrong("other")


def _privacy(shown: Shown, answer: Answer) -> Verdict:
    return right() if answer["place"] == "own" else wrong(answer["place"])


CHECKS = (
    Check(
        name="guess",
        fields=(Field(name="years", kind="choice", options=lambda shown: ("one", "eight", "more")),),
        verify=_guess,
        reference=lambda shown: {"years": "eight"},
        wrong={"other": lambda shown: {"years": "more"}},
        is_guess=True,
    ),
    Check(
        name="cost",
        fields=(Field(name="thousands", kind="number"),),
        verify=_cost,
        reference=lambda shown: {"thousands": shown.build},
        wrong={
            "thrice": lambda shown: {"thousands": shown.thrice},
            "year": lambda shown: {"thousands": shown.yearly},
            "other": lambda shown: {"thousands": 5},
        },
    ),
    Check(
        name="privacy",
        fields=(Field(name="place", kind="choice", options=lambda shown: ("cheapest", "own", "hidden")),),
        verify=_privacy,
        reference=lambda shown: {"place": "own"},
        wrong={
            "cheapest": lambda shown: {"place": "cheapest"},
            "hidden": lambda shown: {"place": "hidden"},
        },
    ),
)
