"""What lesson 7 asks: what going back costs, three hidden gradients, and the program that forgets something."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from apprenti.lessons.check import Answer, Check, Exercise, Field, Verdict, right, wrong
from apprenti.lessons.n07_backpropagation.compute import Passed, Shown

TOLERANCE = 1e-3
FIELDS = ("h1", "z1", "w11")
Three = tuple[float, float, float]


def _cost(shown: Shown, answer: Answer) -> Verdict:
    return right() if answer["cost"] == "few" else wrong(answer["cost"])


def _three(off: float, v1: float, slope: float, x1: float) -> Three:
    return off * v1, off * v1 * slope, off * v1 * slope * x1


def true_three(shown: Shown) -> Three:
    """Return the slopes of the loss by h1, z1 and w11."""
    slopes = shown.asked.slopes
    return slopes["h1"], slopes["z1"], slopes["w11"]


def slips(one: Passed, v1: float) -> dict[str, Three]:
    """Return what comes out where one link of the chain is wrong."""
    h1, x1 = one.values["h1"], one.photo.x1
    return {
        "sign": _three(-one.off, v1, one.slope_h1, x1),
        "no_weight": _three(one.off, 1, one.slope_h1, x1),
        "no_slope": _three(one.off, v1, 1, x1),
        "half_slope": _three(one.off, v1, h1, x1),
        "no_input": _three(one.off, v1, one.slope_h1, 1),
    }


def _gradients(shown: Shown, answer: Answer) -> Verdict:
    given = tuple(answer[name] for name in FIELDS)
    if _is_close(given, true_three(shown)):
        return right()
    for name, slip in slips(shown.asked, shown.begin["v1"]).items():
        if _is_close(given, slip):
            return wrong(name)
    return wrong("other")


def _is_close(given: tuple[Any, ...], expected: Three) -> bool:
    return all(abs(float(one) - other) <= TOLERANCE for one, other in zip(given, expected, strict=True))


def _slip(name: str) -> Callable[[Shown], Answer]:
    return lambda shown: dict(zip(FIELDS, slips(shown.asked, shown.begin["v1"])[name], strict=True))


def _zero(shown: Shown, answer: Answer) -> Verdict:
    if answer["program"] != "b":
        return wrong(f"is_{answer['program']}")
    if abs(answer["slope"] - shown.should_be) <= TOLERANCE:
        return right()
    if abs(answer["slope"] - shown.it_has) <= TOLERANCE:
        return wrong("held")
    if abs(answer["slope"] + shown.should_be) <= TOLERANCE:
        return wrong("turned")
    return wrong("other")


def _program(name: str, slope: Callable[[Shown], float]) -> Callable[[Shown], Answer]:
    return lambda shown: {"program": name, "slope": slope(shown)}


def _verify_code(functions: Mapping[str, Callable[..., Any]]) -> Verdict:
    backward = functions["backward"]
    for x1, y, v1, h1, p in ((1.5, 0, 1.2, 0.7, 0.6), (-0.4, 1, -0.8, 0.35, 0.45)):
        given = backward(x1, y, v1, h1, p)
        if not (isinstance(given, tuple) and len(given) == 3):
            return wrong("not_three")
        off, slope = p - y, h1 * (1 - h1)
        if all(
            abs(float(one) - other) < 1e-9
            for one, other in zip(given, _three(off, v1, slope, x1), strict=True)
        ):
            continue
        cases = {
            "sign": _three(-off, v1, slope, x1), "no_weight": _three(off, 1, slope, x1),
            "no_slope": _three(off, v1, 1, x1), "no_input": _three(off, v1, slope, 1),
        }  # fmt: skip
        for name, slip in cases.items():
            if all(abs(float(one) - other) < 1e-9 for one, other in zip(given, slip, strict=True)):
                return wrong(name)
        return wrong("other")
    return right()


CHECKS = (
    Check(
        name="cost",
        fields=(Field(name="cost", kind="choice", options=lambda shown: ("few", "layers", "weights")),),
        verify=_cost,
        reference=lambda shown: {"cost": "few"},
        wrong={"layers": lambda shown: {"cost": "layers"}, "weights": lambda shown: {"cost": "weights"}},
        is_guess=True,
    ),
    Check(
        name="gradients",
        fields=tuple(Field(name=name, kind="number") for name in FIELDS),
        verify=_gradients,
        reference=lambda shown: dict(zip(FIELDS, true_three(shown), strict=True)),
        wrong={
            **{name: _slip(name) for name in ("sign", "no_weight", "no_slope", "half_slope", "no_input")},
            "other": lambda shown: dict.fromkeys(FIELDS, 17.0),
        },
    ),
    Check(
        name="zero",
        fields=(
            Field(name="program", kind="choice", options=lambda shown: ("a", "b", "c")),
            Field(name="slope", kind="number"),
        ),
        verify=_zero,
        reference=_program("b", lambda shown: shown.should_be),
        wrong={
            "is_a": _program("a", lambda shown: 0.0),
            "is_c": _program("c", lambda shown: 0.0),
            "held": _program("b", lambda shown: shown.it_has),
            "turned": _program("b", lambda shown: -shown.should_be),
            "other": _program("b", lambda shown: 17.0),
        },
    ),
)

_CODE = "def backward(x1, y, v1, h1, p):\n    "
EXERCISE = Exercise(
    functions=("backward",),
    verify=_verify_code,
    wrong={
        "not_three": f"{_CODE}return (p - y) * v1\n",
        "sign": f"{_CODE}d = (y - p) * v1\n    e = d * h1 * (1 - h1)\n    return d, e, e * x1\n",
        "no_weight": f"{_CODE}d = p - y\n    e = d * h1 * (1 - h1)\n    return d, e, e * x1\n",
        "no_slope": f"{_CODE}d = (p - y) * v1\n    return d, d, d * x1\n",
        "no_input": f"{_CODE}d = (p - y) * v1\n    e = d * h1 * (1 - h1)\n    return d, e, e\n",
        "other": f"{_CODE}return p, y, v1\n",
    },
)
