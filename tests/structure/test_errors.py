"""Every error the product can raise has its exit code, its HTTP status and its two texts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from apprenti.domain import errors
from apprenti.error_table import OUTCOMES


def error_classes(
    root: type[errors.ApprentiError] = errors.ApprentiError,
) -> Iterator[type[errors.ApprentiError]]:
    yield root
    for child in root.__subclasses__():
        yield from error_classes(child)


@pytest.mark.parametrize("kind", list(error_classes()), ids=lambda kind: kind.__name__)
def test_every_error_class_has_a_row_in_the_table(kind: type[errors.ApprentiError]) -> None:
    assert kind in OUTCOMES


def test_no_two_kinds_of_trouble_a_script_must_tell_apart_share_an_exit_code() -> None:
    told_apart = (
        errors.OptionError,
        errors.DataError,
        errors.ItemError,
        errors.BackboneError,
        errors.ModelFileError,
    )
    assert len({OUTCOMES[kind].exit_code for kind in told_apart}) == len(told_apart)
