"""What lesson 14 asks: who learns from reward, the shortest way counted, and settings that find it on five seeds."""

from __future__ import annotations

from apprenti.lessons.check import Answer, Check, Field, Verdict, right, wrong
from apprenti.lessons.n14_maze.compute import GOOD, SEEDS, Shown, learnt
from apprenti.lessons.n14_maze.maze import MOST_EPISODES


def _guess(shown: Shown, answer: Answer) -> Verdict:
    return right() if answer["way"] == "through" else wrong(answer["way"])


def _count(shown: Shown, answer: Answer) -> Verdict:
    if answer["steps"] == shown.shortest:
        return right()
    if answer["steps"] == shown.through:
        return wrong("through")
    return wrong("cells" if answer["steps"] == shown.shortest + 1 else "other")


def _settings(shown: Shown, answer: Answer) -> Verdict:
    if answer["episodes"] > MOST_EPISODES:
        return wrong("too_many")
    walks = [learnt(answer, seed=seed) for seed in SEEDS]
    n_good = sum(walk.reached and not walk.is_trapped and walk.n_steps == shown.shortest for walk in walks)
    if n_good == len(SEEDS):
        return right()
    n_trapped = sum(walk.is_trapped for walk in walks)
    if n_trapped:
        return wrong("trapped", n=n_trapped)
    n_long = sum(walk.n_steps > shown.shortest for walk in walks)
    if n_long:
        return wrong("long", n=n_long)
    return wrong("lost", n=len(SEEDS) - n_good)


CHECKS = (
    Check(
        name="guess",
        fields=(Field(name="way", kind="choice", options=lambda shown: ("through", "around", "never")),),
        verify=_guess,
        reference=lambda shown: {"way": "through"},
        wrong={"around": lambda shown: {"way": "around"}, "never": lambda shown: {"way": "never"}},
        is_guess=True,
    ),
    Check(
        name="count",
        fields=(Field(name="steps", kind="number"),),
        verify=_count,
        reference=lambda shown: {"steps": shown.shortest},
        wrong={
            "through": lambda shown: {"steps": shown.through},
            "cells": lambda shown: {"steps": shown.shortest + 1},
            "other": lambda shown: {"steps": 3},
        },
    ),
    Check(
        name="settings",
        fields=tuple(Field(name=name, kind="widget") for name in GOOD),
        verify=_settings,
        reference=lambda shown: GOOD,
        wrong={
            "too_many": lambda shown: {**GOOD, "episodes": 5000},
            "lost": lambda shown: {**GOOD, "discount": 0},
            "trapped": lambda shown: {**GOOD, "punishment": 0},
            "long": lambda shown: {**GOOD, "discount": 1, "episodes": 500},
        },
    ),
)
