from __future__ import annotations

import pytest

from apprenti.blocks.parameters import choice, number, whole
from apprenti.domain.errors import OptionError


def test_a_missing_parameter_has_its_default() -> None:
    assert number({}, "C", 0.5) == 0.5
    assert whole({}, "k", 10) == 10
    assert choice({}, "metric", "cosine", "euclid") == "cosine"


def test_a_whole_number_may_be_written_with_a_point() -> None:
    assert whole({"k": 5.0}, "k", 1) == 5


@pytest.mark.parametrize("value", [0, -1, 2.5, float("nan"), float("inf"), "1"])
def test_a_number_out_of_its_range_is_refused(value: str | float) -> None:
    with pytest.raises(OptionError, match="parameter C cannot be"):
        number({"C": value}, "C", 1.0, above=0, at_most=2)


@pytest.mark.parametrize("value", [0, 1.5, float("nan"), float("inf"), "3"])
def test_a_count_that_is_none_is_refused(value: str | float) -> None:
    with pytest.raises(OptionError, match="parameter k cannot be"):
        whole({"k": value}, "k", 1)
