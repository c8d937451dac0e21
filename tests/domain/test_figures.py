import pytest

from apprenti.domain import figures
from apprenti.domain.recipe import Interval
from apprenti.texts import Lang


@pytest.mark.parametrize(
    ("share", "english", "french"),
    [
        (0.879, "88%", "88\u202f%"),
        (0.99, "99%", "99\u202f%"),
        (0.9946, "99.5%", "99,5\u202f%"),
        (0.99999, ">99.9%", ">99,9\u202f%"),
        (0.00001, "<0.1%", "<0,1\u202f%"),
        (0.005, "0.5%", "0,5\u202f%"),
        (0.0, "0%", "0\u202f%"),
        (1.0, "100%", "100\u202f%"),
    ],
)
def test_a_share_is_as_precise_as_matters_and_never_rounds_to_certainty(
    share: float, english: str, french: str
) -> None:
    assert figures.percent(share, "en") == english
    assert figures.percent(share, "fr") == french


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (0.842, 0.908, "84–91%"),
        (0.9301, 0.9988, "93–99%"),
        (0.722, 1.0, "72–100%"),
        (0.861, 0.883, "86.1–88.3%"),
    ],
)
def test_an_interval_has_as_many_decimals_at_both_ends_as_it_needs(
    low: float, high: float, text: str
) -> None:
    written = figures.percent_range(Interval(low=low, high=high), "en")
    assert written == text


def test_an_interval_is_not_broken_over_two_lines() -> None:
    assert figures.percent_range(Interval(low=0.1, high=0.2), "fr") == "10–20\u202f%"


@pytest.mark.parametrize(
    ("seconds", "lang", "text"),
    [(0.42, "en", "0.4 s"), (0.42, "fr", "0,4 s"), (12.3, "en", "12 s"), (99.7, "en", "1 min 40 s"),
     (131, "fr", "2 min 11 s")],
)  # fmt: skip
def test_a_duration_is_short(seconds: float, lang: Lang, text: str) -> None:
    assert figures.duration(seconds, lang).replace("\u00a0", " ") == text


def test_nothing_is_minus_nothing() -> None:
    assert figures.decimal(-0.0001, "en", 2) == "0.00"
    assert figures.decimal(-1234.5, "fr", 1) == "−1\u202f234,5"
