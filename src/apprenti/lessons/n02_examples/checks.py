"""What lesson 2 asks: what a leak does, where the planted one is, and what the test is not for."""

from __future__ import annotations

from apprenti.lessons.check import Answer, Check, Field, Verdict, right, wrong
from apprenti.lessons.n02_examples.compute import Shown


def _effect(shown: Shown, answer: Answer) -> Verdict:
    return right() if answer["effect"] == "looks_better" else wrong(answer["effect"])


def _leak(shown: Shown, answer: Answer) -> Verdict:
    picked = answer["photos"]
    if picked == (shown.planted,):
        return right()
    if shown.planted in picked:
        return wrong("too_many", n_others=len(picked) - 1)
    return wrong("lookalike" if picked == (shown.lookalike,) else "other")


def _choosing(shown: Shown, answer: Answer) -> Verdict:
    return right() if answer["fault"] == "chosen_with" else wrong(answer["fault"])


def _other(shown: Shown) -> int:
    return next(row for row in shown.suspicious if row not in (shown.planted, shown.lookalike))


CHECKS = (
    Check(
        name="effect",
        fields=(
            Field(name="effect", kind="choice", options=lambda shown: ("better", "looks_better", "same")),
        ),
        verify=_effect,
        reference=lambda shown: {"effect": "looks_better"},
        wrong={"better": lambda shown: {"effect": "better"}, "same": lambda shown: {"effect": "same"}},
        is_guess=True,
    ),
    Check(
        name="leak",
        fields=(Field(name="photos", kind="photos", options=lambda shown: shown.suspicious),),
        verify=_leak,
        reference=lambda shown: {"photos": (shown.planted,)},
        wrong={
            "too_many": lambda shown: {"photos": shown.suspicious},
            "lookalike": lambda shown: {"photos": (shown.lookalike,)},
            "other": lambda shown: {"photos": (_other(shown),)},
        },
    ),
    Check(
        name="choosing",
        fields=(
            Field(
                name="fault",
                kind="choice",
                options=lambda shown: ("none", "too_few", "chosen_with", "train_on_them"),
            ),
        ),
        verify=_choosing,
        reference=lambda shown: {"fault": "chosen_with"},
        wrong={
            one: lambda shown, one=one: {"fault": one}  # type: ignore[misc]
            for one in ("none", "too_few", "train_on_them")
        },
    ),
)
