"""What lesson 5 asks: how much dearer, the loss of a photo by hand, and the three photos that cost most."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from apprenti.lessons.check import Answer, Check, Field, Verdict, right, wrong
from apprenti.lessons.n05_loss.compute import N_WORST, Cost, Shown, slips_of

TOLERANCE = 0.01
HALF, HUNDREDTH = -math.log(0.5), -math.log(0.01)


def _times(shown: Shown, answer: Answer) -> Verdict:
    values: dict[str, Any] = {"half": HALF, "hundredth": HUNDREDTH, "ratio": HUNDREDTH / HALF}
    return right(**values) if answer["times"] == "seven" else wrong(answer["times"], **values)


def _loss(shown: Shown, answer: Answer) -> Verdict:
    given, photo = answer["loss"], shown.by_hand
    if abs(given - photo.loss) <= TOLERANCE:
        return right()
    for name, slip in slips_of(photo.p).items():
        if abs(given - slip) <= TOLERANCE:
            return wrong(name)
    return wrong("other")


def _slip(name: str) -> Callable[[Shown], Answer]:
    return lambda shown: {"loss": slips_of(shown.by_hand.p)[name]}


def _p(one: Cost) -> float:
    """Return what the table says the true class was given: costs that look alike there are alike."""
    return round(one.p, 3)


def _rows(costs: list[Cost]) -> tuple[int, ...]:
    return tuple(sorted(one.row for one in costs[:N_WORST]))


def worst(shown: Shown) -> tuple[int, ...]:
    """Return the rows of the photos with the highest loss."""
    return _rows(sorted(shown.asked, key=_p))


def cheapest(shown: Shown) -> tuple[int, ...]:
    """Return the rows of those with the lowest."""
    return _rows(sorted(shown.asked, key=lambda one: -_p(one)))


def least_sure(shown: Shown) -> tuple[int, ...]:
    """Return the rows of those whose answer was least sure."""
    return _rows(sorted(shown.asked, key=lambda one: one.sure))


def _worst(shown: Shown, answer: Answer) -> Verdict:
    chosen = answer["photos"]
    if len(chosen) != min(N_WORST, len(shown.asked)):
        return wrong("number", n_chosen=len(chosen))
    by_row = {one.row: _p(one) for one in shown.asked}
    if sorted(by_row[row] for row in chosen) == sorted(by_row[row] for row in worst(shown)):
        return right()
    if chosen == least_sure(shown):
        return wrong("unsure")
    if chosen == cheapest(shown):
        return wrong("cheapest")
    return wrong("other", n_found=len(set(chosen) & set(worst(shown))))


def _one_off(shown: Shown) -> tuple[int, ...]:
    """Return two of the worst and the cheapest."""
    best = max(shown.asked, key=_p).row
    return tuple(sorted((*worst(shown)[:2], best)))


CHECKS = (
    Check(
        name="times",
        fields=(Field(name="times", kind="choice", options=lambda shown: ("two", "seven", "fifty")),),
        verify=_times,
        reference=lambda shown: {"times": "seven"},
        wrong={"two": lambda shown: {"times": "two"}, "fifty": lambda shown: {"times": "fifty"}},
        is_guess=True,
    ),
    Check(
        name="loss",
        fields=(Field(name="loss", kind="number"),),
        verify=_loss,
        reference=lambda shown: {"loss": shown.by_hand.loss},
        wrong={
            **{name: _slip(name) for name in ("log10", "log2", "squared", "sign", "missing")},
            "other": lambda shown: {"loss": shown.by_hand.loss + 17},
        },
    ),
    Check(
        name="worst",
        fields=(Field(name="photos", kind="photos", options=lambda shown: [one.row for one in shown.asked]),),
        verify=_worst,
        reference=lambda shown: {"photos": worst(shown)},
        wrong={
            "number": lambda shown: {"photos": worst(shown)[:1]},
            "unsure": lambda shown: {"photos": least_sure(shown)},
            "cheapest": lambda shown: {"photos": cheapest(shown)},
            "other": lambda shown: {"photos": _one_off(shown)},
        },
    ),
)
