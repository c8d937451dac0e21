import math
from pathlib import Path

from knowledge.build import Pace, sources_at_hand
from knowledge.corpus_sets import CORPUS
from knowledge.datasets import SOURCES


def test_sets_of_the_corpus_are_taken_where_the_corpus_is_at_hand(tmp_path: Path) -> None:
    assert not {SOURCES[name].of for name in sources_at_hand(SOURCES, tmp_path)} & CORPUS.keys()
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "cifar.npy").touch()
    assert [name for name in sources_at_hand(SOURCES, tmp_path) if SOURCES[name].of in CORPUS] == ["CIFAR-10"]
    assert sources_at_hand(["drawn shapes"], tmp_path) == ["drawn shapes"]


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
