"""What lesson 3 asks: which way the line moves, the sum by hand, and a line as good as the fitted one."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from apprenti.lessons.check import Answer, Check, Exercise, Field, Verdict, right, wrong
from apprenti.lessons.n03_neuron.compute import Shown, n_right_with

TOLERANCE = 0.01
Neuron = tuple[float, float, float]


def _moved(shown: Shown, answer: Answer) -> Verdict:
    return right() if answer["move"] == "shift" else wrong(answer["move"])


def _sum(shown: Shown, answer: Answer) -> Verdict:
    given, photo = answer["z"], shown.by_hand
    if abs(given - photo.z) <= TOLERANCE:
        return right()
    if abs(given - photo.without_bias) <= TOLERANCE:
        return wrong("no_bias")
    if abs(given - photo.p) <= TOLERANCE:
        return wrong("activated")
    if abs(given + photo.z) <= TOLERANCE:
        return wrong("sign")
    return wrong("other")


def _inputs(shown: Shown) -> tuple[Any, Any]:
    return np.column_stack([shown.x1, shown.x2]), np.array(shown.truth)


def _best_shift(shown: Shown, w1: float, w2: float) -> int:
    """Return how many photos these weights could get right with some bias."""
    inputs, truth = _inputs(shown)
    sums = np.sort(inputs @ np.array([w1, w2]))
    middles = [sums[0] - 1, *((sums[1:] + sums[:-1]) / 2), sums[-1] + 1]
    return max(n_right_with((w1, w2, -float(one)), inputs, truth) for one in middles)


def _line(shown: Shown, answer: Answer) -> Verdict:
    w1, w2, b = answer["w1"], answer["w2"], answer["b"]
    inputs, truth = _inputs(shown)
    n_right = n_right_with((w1, w2, b), inputs, truth)
    if n_right >= shown.goal_right:
        return right(n_right=n_right)
    if w1 == 0 and w2 == 0:
        return wrong("no_weights")
    if n_right_with((-w1, -w2, -b), inputs, truth) >= shown.goal_right:
        return wrong("swapped", n_right=n_right)
    if _best_shift(shown, w1, w2) >= shown.goal_right:
        return wrong("shift", n_right=n_right)
    return wrong("turn", n_right=n_right)


def _off(shown: Shown) -> Neuron:
    """Return the fitted weights with a bias that puts every photo on one side."""
    w1, w2, _ = shown.fitted
    reach = max(abs(w1 * x1 + w2 * x2) for x1, x2 in zip(shown.x1, shown.x2, strict=True))
    return w1, w2, reach + 1


def _across(shown: Shown) -> Neuron:
    """Return weights across the fitted ones: of a few directions, the one that no bias makes good."""
    angles = [step * math.pi / 18 for step in range(36)]
    worst = min(angles, key=lambda angle: _best_shift(shown, math.cos(angle), math.sin(angle)))
    return math.cos(worst), math.sin(worst), 0.0


def _neuron(choose: Callable[[Shown], Neuron]) -> Callable[[Shown], Answer]:
    return lambda shown: dict(zip(("w1", "w2", "b"), choose(shown), strict=True))


def _verify_code(functions: Mapping[str, Callable[..., Any]]) -> Verdict:
    neuron = functions["neuron"]
    cases = [(0.5, -1.0, 2.0, 1.5, 0.25), (-2.0, 0.3, 0.7, -1.1, -0.4), (0.0, 0.0, 3.0, 3.0, 0.0)]
    for x1, x2, w1, w2, b in cases:
        given = neuron(x1, x2, w1, w2, b)
        if not isinstance(given, (int, float)):
            return wrong("no_number")
        z = w1 * x1 + w2 * x2 + b
        if abs(given - 1 / (1 + math.exp(-z))) < 1e-9:
            continue
        if abs(given - z) < 1e-9:
            return wrong("not_activated")
        if abs(given - 1 / (1 + math.exp(-(z - b)))) < 1e-9:
            return wrong("bias_left_out")
        return wrong(
            "other", x1=x1, x2=x2, w1=w1, w2=w2, b=b, given=float(given), expected=1 / (1 + math.exp(-z))
        )
    return right()


CHECKS = (
    Check(
        name="moved",
        fields=(Field(name="move", kind="choice", options=lambda shown: ("turn", "shift", "nothing")),),
        verify=_moved,
        reference=lambda shown: {"move": "shift"},
        wrong={"turn": lambda shown: {"move": "turn"}, "nothing": lambda shown: {"move": "nothing"}},
        is_guess=True,
    ),
    Check(
        name="sum",
        fields=(Field(name="z", kind="number"),),
        verify=_sum,
        reference=lambda shown: {"z": shown.by_hand.z},
        wrong={
            "no_bias": lambda shown: {"z": shown.by_hand.without_bias},
            "activated": lambda shown: {"z": shown.by_hand.p},
            "sign": lambda shown: {"z": -shown.by_hand.z},
            "other": lambda shown: {"z": shown.by_hand.z + 17},
        },
    ),
    Check(
        name="line",
        fields=tuple(Field(name=name, kind="widget") for name in ("w1", "w2", "b")),
        verify=_line,
        reference=_neuron(lambda shown: shown.fitted),
        wrong={
            "no_weights": _neuron(lambda shown: (0.0, 0.0, 0.0)),
            "swapped": _neuron(lambda shown: (-shown.fitted[0], -shown.fitted[1], -shown.fitted[2])),
            "shift": _neuron(_off),
            "turn": _neuron(_across),
        },
    ),
)

EXERCISE = Exercise(
    functions=("neuron",),
    verify=_verify_code,
    wrong={
        "no_number": "def neuron(x1, x2, w1, w2, b):\n    print(w1 * x1)\n",
        "not_activated": "def neuron(x1, x2, w1, w2, b):\n    return w1 * x1 + w2 * x2 + b\n",
        "bias_left_out": (
            "import math\ndef neuron(x1, x2, w1, w2, b):\n    return 1 / (1 + math.exp(-(w1 * x1 + w2 * x2)))\n"
        ),
        "other": "def neuron(x1, x2, w1, w2, b):\n    return 0.5\n",
    },
)
