"""What lesson 6 asks: how a ravine is descended, one step by hand, and a ravine in 30 steps."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from apprenti.lessons.check import Answer, Check, Exercise, Field, Verdict, right, wrong
from apprenti.lessons.n06_descent.compute import CONDITION, GOAL_STEPS, MOST_STEPS, Shown, ravine_steps

TOLERANCE = 0.01
STEEPEST_START = 62.5
"""The loss where the ravine is begun."""


def _way(shown: Shown, answer: Answer) -> Verdict:
    return right() if answer["way"] == "zigzag" else wrong(answer["way"])


def _targets(shown: Shown) -> dict[str, tuple[float, float]]:
    one = shown.by_hand
    return {
        "uphill": (one.w1 + one.rate * one.g1, one.w2 + one.rate * one.g2),
        "no_rate": (one.w1 - one.g1, one.w2 - one.g2),
        "step_only": (-one.rate * one.g1, -one.rate * one.g2),
        "one_only": (one.to1, one.w2),
    }


def _is_at(answer: Answer, target: tuple[float, float]) -> bool:
    return bool(abs(answer["w1"] - target[0]) <= TOLERANCE and abs(answer["w2"] - target[1]) <= TOLERANCE)


def _step(shown: Shown, answer: Answer) -> Verdict:
    if _is_at(answer, (shown.by_hand.to1, shown.by_hand.to2)):
        return right()
    for name, target in _targets(shown).items():
        if _is_at(answer, target):
            return wrong(name)
    return wrong("other")


def _to(name: str) -> Callable[[Shown], Answer]:
    return lambda shown: dict(zip(("w1", "w2"), _targets(shown)[name], strict=True))


def _ravine(shown: Shown, answer: Answer) -> Verdict:
    rate, momentum = float(np.clip(answer["rate"], 0, 1)), float(np.clip(answer["momentum"], 0, 2))
    n_steps, losses = ravine_steps(np.array([rate]), np.array([momentum]))
    n, loss = int(n_steps[0]), float(losses[0])
    if n <= GOAL_STEPS:
        return right(n=n)
    if loss > STEEPEST_START:
        return wrong("grows")
    values: dict[str, Any] = {"n": n if n <= MOST_STEPS else None}
    if momentum == 0:
        return wrong("no_momentum", **values)
    if rate > (1 + math.sqrt(momentum)) ** 2 / CONDITION:
        return wrong("zigzag", **values)
    if rate < (1 - math.sqrt(momentum)) ** 2:
        return wrong("slow", **values)
    return wrong("swings", **values)


def _tuning(rate: float, momentum: float) -> Callable[[Shown], Answer]:
    return lambda shown: {"rate": rate, "momentum": momentum}


def _verify_code(functions: Mapping[str, Callable[..., Any]]) -> Verdict:
    step = functions["step"]
    for w, v, gradient, rate, momentum in ((1.0, 0.5, 2.0, 0.1, 0.9), (-2.0, -0.3, -1.5, 0.2, 0.5)):
        given = step(w, v, gradient, rate, momentum)
        if not (isinstance(given, tuple) and len(given) == 2):
            return wrong("no_pair")
        new_v = momentum * v - rate * gradient
        targets = {
            "uphill": (w + momentum * v + rate * gradient, momentum * v + rate * gradient),
            "no_momentum": (w - rate * gradient, -rate * gradient),
            "old_velocity": (w + v, new_v),
        }
        if _is_close(given, (w + new_v, new_v)):
            continue
        slip = next((name for name, target in targets.items() if _is_close(given, target)), "other")
        return wrong(slip)
    return right()


def _is_close(given: tuple[Any, ...], target: tuple[float, float]) -> bool:
    return all(abs(float(one) - other) < 1e-9 for one, other in zip(given, target, strict=True))


CHECKS = (
    Check(
        name="way",
        fields=(Field(name="way", kind="choice", options=lambda shown: ("straight", "zigzag", "circle")),),
        verify=_way,
        reference=lambda shown: {"way": "zigzag"},
        wrong={"straight": lambda shown: {"way": "straight"}, "circle": lambda shown: {"way": "circle"}},
        is_guess=True,
    ),
    Check(
        name="step",
        fields=(Field(name="w1", kind="number"), Field(name="w2", kind="number")),
        verify=_step,
        reference=lambda shown: {"w1": shown.by_hand.to1, "w2": shown.by_hand.to2},
        wrong={
            **{name: _to(name) for name in ("uphill", "no_rate", "step_only", "one_only")},
            "other": lambda shown: {"w1": 17.0, "w2": 17.0},
        },
    ),
    Check(
        name="ravine",
        fields=(Field(name="rate", kind="widget"), Field(name="momentum", kind="widget")),
        verify=_ravine,
        reference=lambda shown: {"rate": shown.ravine.rate, "momentum": shown.ravine.momentum},
        wrong={
            "no_momentum": _tuning(0.076, 0.0),
            "grows": _tuning(0.16, 0.3),
            "zigzag": _tuning(0.086, 0.1),
            "slow": _tuning(0.01, 0.3),
            "swings": _tuning(0.05, 0.95),
        },
    ),
)

_CODE = "def step(w, v, gradient, rate, momentum):\n    "
EXERCISE = Exercise(
    functions=("step",),
    verify=_verify_code,
    wrong={
        "no_pair": f"{_CODE}return w - rate * gradient\n",
        "uphill": f"{_CODE}v = momentum * v + rate * gradient\n    return w + v, v\n",
        "no_momentum": f"{_CODE}v = -rate * gradient\n    return w + v, v\n",
        "old_velocity": f"{_CODE}return w + v, momentum * v - rate * gradient\n",
        "other": f"{_CODE}return w, v\n",
    },
)
