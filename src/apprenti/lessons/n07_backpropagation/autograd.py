"""Automatic differentiation in a page: numbers that remember how they were made.

Source: reverse accumulation, as in Linnainmaa (1970) and Rumelhart, Hinton and Williams (1986).
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(slots=True, eq=False)
class Value:
    """A number in a computation.

    Args:
        data: the number.
        made_of: what it was made of, each with the slope of this number by that one.
        grad: slope of the last result by this number; every ``backward`` **adds** to it.
    """

    data: float
    made_of: tuple[tuple[Value, float], ...] = ()
    grad: float = 0.0

    def __add__(self, other: Value) -> Value:
        """Return the sum: each part has slope 1."""
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other: Value) -> Value:
        """Return the product: the slope of each part is the other."""
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))

    def sigmoid(self) -> Value:
        """Return 1 / (1 + e^−z), whose slope is p (1 − p)."""
        p = 1 / (1 + math.exp(-self.data)) if self.data > -700 else 0.0
        return Value(p, ((self, p * (1 - p)),))

    def cross_entropy(self, truth: int) -> Value:
        """Return −ln of what the truth was given, for a probability."""
        p = min(max(self.data, 1e-12), 1 - 1e-12)
        return Value(-math.log(p if truth else 1 - p), ((self, -1 / p if truth else 1 / (1 - p)),))

    def backward(self) -> None:
        """Add to ``grad`` of every number this one was made of, the last made first."""
        slopes = {id(self): 1.0}
        for one in reversed(_in_order(self)):
            slope = slopes.pop(id(one))
            one.grad += slope
            for part, local in one.made_of:
                slopes[id(part)] = slopes.get(id(part), 0.0) + slope * local


def _in_order(last: Value) -> list[Value]:
    """Return all numbers that go into ``last``, each after those it was made of."""
    order: list[Value] = []
    seen: set[int] = set()

    def visit(one: Value) -> None:
        if id(one) in seen:
            return
        seen.add(id(one))
        for part, _ in one.made_of:
            visit(part)
        order.append(one)

    visit(last)
    return order
