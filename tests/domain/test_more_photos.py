from apprenti.domain.more_photos import Gain, MorePhotos
from apprenti.domain.recipe import Interval


def a_gain(points: float, half_width: float, label: str | None = None, n: int = 40) -> Gain:
    interval = Interval(low=(points - half_width) / 100, high=(points + half_width) / 100, level=0.8)
    return Gain(label=label, n_photos=n, gain=points / 100, interval=interval)


def test_a_class_is_named_before_all_classes_and_figures_are_as_exact_as_they_can_be() -> None:
    more = MorePhotos(every_class=a_gain(6.2, 3, n=847), one_class=a_gain(1.94, 0.8, "hat"), p_right=0.89)
    of_hats, of_all, how_often = more.said("en")
    assert of_hats.startswith(
        "About 40 more photos of “hat” to learn from should give +1.9 points (between 1.1 and 2.7)"
    )
    assert of_all.startswith("Twice the photos of every class (about 850 more in all) should give +6 points")
    assert "(between 3 and 9)" in of_all
    assert "8 times in 10" in how_often


def test_where_no_class_stands_out_that_is_said() -> None:
    said = MorePhotos(every_class=a_gain(6, 3), one_class=None, p_right=0.8).said("en")
    assert said[0].startswith("No class needs more photos before the others")
    assert said[1].startswith("Twice the photos")


def test_of_a_flat_curve_it_is_said_plainly_that_more_of_the_same_will_not_help() -> None:
    flat, _ = MorePhotos(every_class=a_gain(0.4, 0.6), one_class=None, p_right=0.8).said("en")
    assert flat.startswith("More photos of the same kind should not help much")
    assert "+0.4 points (between −0.2 and 1.0)" in flat


def test_french_counts_less_than_two_as_one_and_writes_commas() -> None:
    more = MorePhotos(every_class=a_gain(6.2, 3, n=1247), one_class=a_gain(1.94, 0.8, "hat"), p_right=0.89)
    of_hats, of_all, _ = more.said("fr")
    assert "«\u00a0hat\u00a0»" in of_hats
    assert "+1,9 point (entre 1,1 et 2,7)" in of_hats
    assert "1\u202f200 de plus" in of_all
