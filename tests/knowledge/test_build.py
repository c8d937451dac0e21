import math

from knowledge.build import Pace


def test_the_time_left_follows_the_pace_so_far() -> None:
    now = [0.0]
    pace = Pace(seconds=100.0, clock=lambda: now[0])
    assert math.isnan(pace.left_seconds())
    now[0] = 50.0
    pace.tell("measured", "a tenth of it", 10.0)
    assert pace.left_seconds() == 450.0
    now[0] = 60.0
    pace.tell("measured", "the rest", 90.0)
    assert pace.left_seconds() == 0.0
