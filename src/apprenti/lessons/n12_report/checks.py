"""What lesson 12 asks: what ten out of ten prove, the lower bound itself, and an F1 by hand."""

from __future__ import annotations

from apprenti.lessons.check import Answer, Check, Field, Verdict, right, wrong
from apprenti.lessons.n12_report.compute import TEN, Shown, f1_of

TOLERANCE = 0.0015
"""0.722 is asked for; 0.72 and 0.723 are as good."""
HAND_TOLERANCE = 0.006
N, N_RIGHT, N_PREDICTED = 40, 30, 60
RECALL, PRECISION = N_RIGHT / N, N_RIGHT / N_PREDICTED
F1 = f1_of(N, N_RIGHT, N_PREDICTED)
SLIPS = {"recall": RECALL, "precision": PRECISION, "mean": (RECALL + PRECISION) / 2}
TEN_SLIPS = {"all": 1.0, "level": 0.95, "not_squared": 10 / (10 + 1.96), "three": 0.7}


def _guess(shown: Shown, answer: Answer) -> Verdict:
    return right() if answer["worst"] == "open" else wrong(answer["worst"])


def _ten(shown: Shown, answer: Answer) -> Verdict:
    low = answer["low"] / 100 if answer["low"] > 1.5 else answer["low"]  # 72.2 without its sign
    if abs(low - TEN.low) <= TOLERANCE or low == 0.72:
        return right()
    for key, slip in TEN_SLIPS.items():
        if abs(low - slip) <= HAND_TOLERANCE:
            return wrong(key)
    return wrong("low" if low < TEN.low else "high")


def _f1(shown: Shown, answer: Answer) -> Verdict:
    given = answer["f1"] / 100 if answer["f1"] > 1.5 else answer["f1"]
    if abs(given - F1) <= HAND_TOLERANCE:
        return right()
    return next(
        (wrong(key) for key, slip in SLIPS.items() if abs(given - slip) <= HAND_TOLERANCE), wrong("other")
    )


CHECKS = (
    Check(
        name="guess",
        fields=(Field(name="worst", kind="choice", options=lambda shown: ("sure", "nearly", "open")),),
        verify=_guess,
        reference=lambda shown: {"worst": "open"},
        wrong={"sure": lambda shown: {"worst": "sure"}, "nearly": lambda shown: {"worst": "nearly"}},
        is_guess=True,
    ),
    Check(
        name="ten",
        fields=(Field(name="low", kind="number"),),
        verify=_ten,
        reference=lambda shown: {"low": round(TEN.low, 3)},
        wrong={
            "all": lambda shown: {"low": 1},
            "level": lambda shown: {"low": 0.95},
            "not_squared": lambda shown: {"low": 0.836},
            "three": lambda shown: {"low": 0.7},
            "low": lambda shown: {"low": 0.4},
            "high": lambda shown: {"low": 0.9},
        },
    ),
    Check(
        name="f1",
        fields=(Field(name="f1", kind="number"),),
        verify=_f1,
        reference=lambda shown: {"f1": F1},
        wrong={
            "recall": lambda shown: {"f1": RECALL},
            "precision": lambda shown: {"f1": PRECISION},
            "mean": lambda shown: {"f1": (RECALL + PRECISION) / 2},
            "other": lambda shown: {"f1": 0.1},
        },
    ),
)
