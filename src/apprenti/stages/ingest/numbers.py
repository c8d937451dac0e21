"""Whether the numbers make a task: enough of them, and not all the same."""

from __future__ import annotations

from collections.abc import Sequence

from apprenti.domain.dataset import Example, Split
from apprenti.domain.errors import DataError
from apprenti.stages.ingest.labels import Classes

LEAST_NUMBERS = 10
"""From fewer held-out answers nothing can be said of how far off they are in nine cases of ten."""


def learnable_numbers(examples: Sequence[Example], source: str) -> Classes:
    """Return the examples, all of them.

    Args:
        examples: each with a number, and the splits they were given (or ``None``).
        source: the name of the data, for the message.

    Raises:
        DataError: there are fewer than ten to learn from, or they all have the same number.
    """
    for_training = [example for example in examples if example.split is not Split.TEST] or examples
    if len(for_training) < LEAST_NUMBERS:
        raise DataError("too_few_numbers", source=source, n=len(for_training), least=LEAST_NUMBERS)
    numbers = {example.target for example in for_training}
    if len(numbers) == 1:
        (number,) = numbers
        raise DataError("one_number", source=source, number=f"{number:g}")
    return Classes(examples=tuple(examples), set_aside=(), notices=())
