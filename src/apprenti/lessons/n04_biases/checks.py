"""What lesson 4 asks: who suffers, the recall of a group, and the group whose recall falls most."""

from __future__ import annotations

from apprenti.lessons.check import Answer, Check, Field, Verdict, right, wrong
from apprenti.lessons.n04_biases.compute import Group, Shown

TOLERANCE = 0.006
NEARLY = 1e-9


def _who(shown: Shown, answer: Answer) -> Verdict:
    return right() if answer["who"] == "group" else wrong(answer["who"])


def _options(shown: Shown) -> tuple[str, ...]:
    return tuple(f"g{place}" for place in range(len(shown.asked.groups)))


def most_fallen(shown: Shown) -> int:
    """Return the place of the group whose recall falls most."""
    groups = shown.asked.groups
    return max(range(len(groups)), key=lambda place: groups[place].fall)


def _of_class(shown: Shown, *, same: bool) -> str:
    """Return a group that is not the one asked for: of the same class, or of another."""
    best = most_fallen(shown)
    label = shown.asked.groups[best].label
    places = [
        place
        for place, one in enumerate(shown.asked.groups)
        if place != best and (one.label == label) == same
    ]
    return f"g{places[0]}"


def _fall(shown: Shown, answer: Answer) -> Verdict:
    groups, best = shown.asked.groups, most_fallen(shown)
    chosen: Group = groups[int(answer["group"][1:])]
    if chosen.fall < groups[best].fall - NEARLY:
        return wrong(
            "same_class" if chosen.label == groups[best].label else "other_class", fall=100 * chosen.fall
        )
    if abs(answer["points"] - 100 * chosen.fall) <= 100 * TOLERANCE:
        return right(fall=100 * chosen.fall)
    if abs(answer["points"] - chosen.fall) <= TOLERANCE:
        return wrong("share")
    if abs(answer["points"] - (chosen.before - chosen.after)) <= TOLERANCE:
        return wrong("photos", n=chosen.before - chosen.after, all=chosen.n)
    return wrong("other", before=chosen.before, after=chosen.after, all=chosen.n)


def _answer(group: str, points: float) -> Answer:
    return {"group": group, "points": points}


def _best(shown: Shown) -> tuple[str, Group]:
    place = most_fallen(shown)
    return f"g{place}", shown.asked.groups[place]


CHECKS = (
    Check(
        name="who",
        fields=(Field(name="who", kind="choice", options=lambda shown: ("all", "group", "nobody")),),
        verify=_who,
        reference=lambda shown: {"who": "group"},
        wrong={"all": lambda shown: {"who": "all"}, "nobody": lambda shown: {"who": "nobody"}},
        is_guess=True,
    ),
    Check(
        name="fall",
        fields=(Field(name="group", kind="choice", options=_options), Field(name="points", kind="number")),
        verify=_fall,
        reference=lambda shown: _answer(_best(shown)[0], 100 * _best(shown)[1].fall),
        wrong={
            "same_class": lambda shown: _answer(_of_class(shown, same=True), 1.0),
            "other_class": lambda shown: _answer(_of_class(shown, same=False), 1.0),
            "share": lambda shown: _answer(_best(shown)[0], _best(shown)[1].fall),
            "photos": lambda shown: _answer(_best(shown)[0], _best(shown)[1].before - _best(shown)[1].after),
            "other": lambda shown: _answer(_best(shown)[0], 170.0),
        },
    ),
)
