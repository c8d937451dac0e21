"""What lesson 11 asks: whether one algorithm is best everywhere, and two sets of data with different winners."""

from __future__ import annotations

from apprenti.lessons.check import Answer, Check, Field, Verdict, right, wrong
from apprenti.lessons.n11_algorithms.compute import Shown


def share(shown: Shown, set_: str, algorithm: str) -> float:
    """Return an algorithm's share right on a drawn set, in the setting of the check."""
    cell = next(
        one
        for one in shown.cells
        if (one.set, one.n_each, one.noise) == (set_, shown.asked_size, shown.asked_noise)
    )
    return cell.right[shown.ids.index(algorithm)]


def _guess(shown: Shown, answer: Answer) -> Verdict:
    return right() if answer["best"] == "none" else wrong(answer["best"])


def _lunch(shown: Shown, answer: Answer) -> Verdict:
    first, second = answer["first"], answer["second"]
    if first == second:
        return wrong("same_algorithm")
    if answer["here"] == answer["there"]:
        return wrong("same_set")
    here = share(shown, answer["here"], first) - share(shown, answer["here"], second)
    there = share(shown, answer["there"], second) - share(shown, answer["there"], first)
    least = shown.margin - 1e-9
    if here >= least and there >= least:
        return right(here=here, there=there)
    if here <= -least and there <= -least:
        return wrong("turned")
    if here * there < 0:
        return wrong("one_wins", here=here, there=there)
    return wrong("close", here=here, there=there)


def _answer(here: str, first: str, there: str, second: str) -> Answer:
    return {"here": here, "first": first, "there": there, "second": second}


CHECKS = (
    Check(
        name="guess",
        fields=(Field(name="best", kind="choice", options=lambda shown: ("newest", "none", "data")),),
        verify=_guess,
        reference=lambda shown: {"best": "none"},
        wrong={"newest": lambda shown: {"best": "newest"}, "data": lambda shown: {"best": "data"}},
        is_guess=True,
    ),
    Check(
        name="lunch",
        fields=(
            Field(name="here", kind="choice", options=lambda shown: shown.sets),
            Field(name="first", kind="choice", options=lambda shown: shown.ids),
            Field(name="there", kind="choice", options=lambda shown: shown.sets),
            Field(name="second", kind="choice", options=lambda shown: shown.ids),
        ),
        verify=_lunch,
        reference=lambda shown: _answer("moons", "knn", "stripes", "boosting"),
        wrong={
            "same_algorithm": lambda shown: _answer("moons", "knn", "stripes", "knn"),
            "same_set": lambda shown: _answer("moons", "knn", "moons", "boosting"),
            "turned": lambda shown: _answer("stripes", "knn", "moons", "boosting"),
            "one_wins": lambda shown: _answer("stripes", "tree", "moons", "linear"),
            "close": lambda shown: _answer("clouds", "linear", "moons", "logistic"),
        },
    ),
)
