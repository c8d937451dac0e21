"""What lesson 13 asks: what groups follow, names for three of them, and where agreement ends."""

from __future__ import annotations

from apprenti.lessons.check import Answer, Check, Field, Verdict, right, wrong
from apprenti.lessons.n13_clusters.compute import Shown

GROUPS = ("first", "second", "third")


def _follow(shown: Shown, answer: Answer) -> Verdict:
    return right() if answer["follow"] == "alike" else wrong(answer["follow"])


def _names(shown: Shown, answer: Answer) -> Verdict:
    told = [answer[group] in names for group, names in zip(GROUPS, shown.asked_names, strict=True)]
    if all(told):
        return right()
    if sum(told) == len(GROUPS) - 1:
        return wrong("one", number=told.index(False) + 1)
    return wrong("several", n=len(GROUPS) - sum(told))


def _named(shown: Shown, n_wrong: int) -> Answer:
    names = {}
    for place, (group, known) in enumerate(zip(GROUPS, shown.asked_names, strict=True)):
        others = [label for label in shown.labels if label not in known]
        names[group] = others[0] if place < n_wrong and others else known[0]
    return names


def _every(shown: Shown, answer: Answer) -> Verdict:
    share = answer["share"]
    if share in (1, 100):
        return right()
    if abs(share - 1 / shown.n_grouped) < 0.005:
        return wrong("one_each")
    return wrong("low" if share < 1 else "other")


CHECKS = (
    Check(
        name="follow",
        fields=(Field(name="follow", kind="choice", options=lambda shown: ("classes", "alike", "nothing")),),
        verify=_follow,
        reference=lambda shown: {"follow": "alike"},
        wrong={
            "classes": lambda shown: {"follow": "classes"},
            "nothing": lambda shown: {"follow": "nothing"},
        },
        is_guess=True,
    ),
    Check(
        name="names",
        fields=tuple(
            Field(name=group, kind="choice", options=lambda shown: shown.labels) for group in GROUPS
        ),
        verify=_names,
        reference=lambda shown: _named(shown, 0),
        wrong={"one": lambda shown: _named(shown, 1), "several": lambda shown: _named(shown, 3)},
    ),
    Check(
        name="every",
        fields=(Field(name="share", kind="number"),),
        verify=_every,
        reference=lambda shown: {"share": 1.0},
        wrong={
            "one_each": lambda shown: {"share": 1 / shown.n_grouped},
            "low": lambda shown: {"share": 0.5},
            "other": lambda shown: {"share": 17.0},
        },
    ),
)
