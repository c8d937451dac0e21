"""What lesson 9 asks: where a kernel is bright, one step of a convolution, and a kernel for upright edges."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from apprenti.lessons.check import Answer, Check, Exercise, Field, Verdict, right, wrong
from apprenti.lessons.n09_cnn.compute import SOBEL_X, Shown, correlation, likeness

GOAL = 0.9
WEIGHTS = tuple(f"k{place}" for place in range(9))
GUESSES = ("bright", "upright", "lying")
TILTED = ((0, 1, 2), (-1, 0, 1), (-2, -1, 0))


def _lights(shown: Shown, answer: Answer) -> Verdict:
    return right() if answer["where"] == "upright" else wrong(answer["where"])


def _step(shown: Shown, answer: Answer) -> Verdict:
    z, after, patch = answer["z"], answer["after"], shown.by_hand
    if abs(z - patch.total) < 0.5:
        if abs(after - patch.after) < 0.5:
            return right()
        return wrong("no_relu" if abs(after - z) < 0.5 else "other_relu")
    if abs(z + patch.total) < 0.5:
        return wrong("turned")
    if abs(z - patch.total / 9) < 0.3:
        return wrong("averaged")
    return wrong("other")


def _kernel(shown: Shown, answer: Answer) -> Verdict:
    kernel = np.array([answer[name] for name in WEIGHTS]).reshape(3, 3)
    if not kernel.any():
        return wrong("flat")
    r = likeness(shown.picture, kernel)
    if r >= GOAL:
        return right(r=r)
    if r <= -GOAL:
        return wrong("mirrored", r=r)
    if abs(correlation(kernel, np.array(SOBEL_X).T)) >= GOAL:
        return wrong("turned", r=r)
    if abs(kernel.sum()) > 0.5 * np.abs(kernel).sum():
        return wrong("light", r=r)
    return wrong("other", r=r)


def _weights(kernel: Sequence[Sequence[float]]) -> Callable[[Shown], Answer]:
    flat = [float(one) for line in kernel for one in line]
    return lambda shown: dict(zip(WEIGHTS, flat, strict=True))


CASES: tuple[tuple[list[list[float]], list[list[float]]], ...] = (
    ([[0, 1, 2, 3], [4, 5, 6, 8], [1, 0, 2, 5], [7, 3, 1, 0]], [[1, 0, -1], [2, 3, 0], [0, -2, 5]]),
    ([[9, 1, 4, 4, 2], [0, 3, 3, 8, 1], [5, 5, 0, 2, 6]], [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]),
)


def _slid(picture: list[list[float]], kernel: list[list[float]]) -> list[list[float]]:
    return [
        [
            sum(picture[y + j][x + i] * kernel[j][i] for j in range(3) for i in range(3))
            for x in range(len(picture[0]) - 2)
        ]
        for y in range(len(picture) - 2)
    ]


def _same(given: Any, expected: list[list[float]]) -> bool:
    return all(
        abs(float(a) - b) < 1e-9
        for one, line in zip(given, expected, strict=True)
        for a, b in zip(one, line, strict=True)
    )


def _verify_code(functions: Mapping[str, Callable[..., Any]]) -> Verdict:
    for picture, kernel in CASES:
        given = functions["convolve"](picture, kernel)
        if not isinstance(given, (list, tuple)) or not all(isinstance(one, (list, tuple)) for one in given):
            return wrong("no_rows")
        expected = _slid(picture, kernel)
        if len(given) != len(expected) or any(len(one) != len(expected[0]) for one in given):
            return wrong("size", rows=len(expected), columns=len(expected[0]))
        if _same(given, expected):
            continue
        if _same(given, _slid(picture, [line[::-1] for line in kernel[::-1]])):
            return wrong("flipped")
        return wrong("other", given=float(given[0][0]), expected=float(expected[0][0]))
    return right()


CHECKS = (
    Check(
        name="lights",
        fields=(Field(name="where", kind="choice", options=lambda shown: GUESSES),),
        verify=_lights,
        reference=lambda shown: {"where": "upright"},
        wrong={
            "bright": lambda shown: {"where": "bright"},
            "lying": lambda shown: {"where": "lying"},
        },
        is_guess=True,
    ),
    Check(
        name="step",
        fields=(Field(name="z", kind="number"), Field(name="after", kind="number")),
        verify=_step,
        reference=lambda shown: {"z": shown.by_hand.total, "after": shown.by_hand.after},
        wrong={
            "no_relu": lambda shown: {"z": shown.by_hand.total, "after": shown.by_hand.total},
            "other_relu": lambda shown: {"z": shown.by_hand.total, "after": 5},
            "turned": lambda shown: {"z": -shown.by_hand.total, "after": -shown.by_hand.total},
            "averaged": lambda shown: {"z": shown.by_hand.total / 9, "after": 0},
            "other": lambda shown: {"z": shown.by_hand.total + 111, "after": 0},
        },
    ),
    Check(
        name="kernel",
        fields=tuple(Field(name=name, kind="widget") for name in WEIGHTS),
        verify=_kernel,
        reference=_weights(SOBEL_X),
        wrong={
            "flat": _weights(((0, 0, 0), (0, 0, 0), (0, 0, 0))),
            "mirrored": _weights([[-one for one in line] for line in SOBEL_X]),
            "turned": _weights([list(line) for line in zip(*SOBEL_X, strict=True)]),
            "light": _weights(((1, 1, 1), (1, 1, 1), (1, 1, 1))),
            "other": _weights(TILTED),
        },
    ),
)

_LOOP = """
def convolve(picture, kernel):
    rows = []
    for y in range({height}):
        rows.append([{value} for x in range({width})])
    return rows
"""
_SUM = "sum(picture[y + j][x + i] * kernel[{j}][{i}] for j in range(3) for i in range(3))"
_FITS = {"height": "len(picture) - 2", "width": "len(picture[0]) - 2"}

EXERCISE = Exercise(
    functions=("convolve",),
    verify=_verify_code,
    wrong={
        "no_rows": "def convolve(picture, kernel):\n    return 0\n",
        "size": _LOOP.format(height="len(picture)", width="len(picture[0])", value="0"),
        "flipped": _LOOP.format(**_FITS, value=_SUM.format(j="2 - j", i="2 - i")),
        "other": _LOOP.format(**_FITS, value="0.5"),
    },
)
