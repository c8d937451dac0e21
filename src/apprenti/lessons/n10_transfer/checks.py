"""What lesson 10 asks: who wins at few photos, how many numbers are learnt, and which network fits an app."""

from __future__ import annotations

from apprenti.lessons.check import Answer, Check, Field, Verdict, right, wrong
from apprenti.lessons.n10_transfer.compute import NETWORKS, Shown

WAYS = ("frozen", "pixels", "same")


def _winner(shown: Shown, answer: Answer) -> Verdict:
    return right() if answer["way"] == shown.winner else wrong("another")


def _other(shown: Shown) -> str:
    return next(way for way in WAYS if way != shown.winner)


def _learnt(shown: Shown, answer: Answer) -> Verdict:
    n = answer["n"]
    if abs(n - shown.n_head) < 0.5:
        return right()
    if abs(n - shown.n_head_weights) < 0.5:
        return wrong("no_biases")
    if abs(n - shown.n_features) < 0.5:
        return wrong("one_class")
    if n >= shown.n_network:
        return wrong("whole")
    return wrong("other")


def _phone(shown: Shown, answer: Answer) -> Verdict:
    chosen = next(one for one in shown.networks if one.id == answer["network"])
    if chosen.size_mb > shown.most_mb or chosen.giga > shown.most_giga:
        return wrong("large", size=chosen.size_mb, giga=chosen.giga)
    best = max(
        (one for one in shown.networks if one.size_mb <= shown.most_mb and one.giga <= shown.most_giga),
        key=lambda one: one.right,
    )
    return right() if chosen == best else wrong("beaten", share=chosen.right)


CHECKS = (
    Check(
        name="winner",
        fields=(Field(name="way", kind="choice", options=lambda shown: WAYS),),
        verify=_winner,
        reference=lambda shown: {"way": shown.winner},
        wrong={"another": lambda shown: {"way": _other(shown)}},
        is_guess=True,
    ),
    Check(
        name="learnt",
        fields=(Field(name="n", kind="number"),),
        verify=_learnt,
        reference=lambda shown: {"n": shown.n_head},
        wrong={
            "no_biases": lambda shown: {"n": shown.n_head_weights},
            "one_class": lambda shown: {"n": shown.n_features},
            "whole": lambda shown: {"n": shown.n_network + shown.n_head},
            "other": lambda shown: {"n": 7},
        },
    ),
    Check(
        name="phone",
        fields=(
            Field(name="network", kind="choice", options=lambda shown: tuple(one.id for one in NETWORKS)),
        ),
        verify=_phone,
        reference=lambda shown: {"network": "efficientnet"},
        wrong={
            "large": lambda shown: {"network": "vit"},
            "beaten": lambda shown: {"network": "mobilenet"},
        },
    ),
)
