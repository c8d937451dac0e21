from knowledge.changes import CHANGES
from knowledge.corpus_sets import CORPUS
from knowledge.datasets import CHANGED, OF_THE_CORPUS, SETS, SOURCES, TASKS
from knowledge.drawings import KINDS
from knowledge.layout import folder_name

from apprenti.recipes import PACKAGED_SPACE


def test_there_are_forty_data_sets_or_more_in_many_families() -> None:
    assert len(TASKS) >= 40
    assert len({SOURCES[task.source].family for task in TASKS}) >= 15
    assert len(TASKS) * len(PACKAGED_SPACE) >= 8000


def test_whatever_comes_from_the_same_photos_is_of_one_family() -> None:
    families: dict[str, set[str]] = {}
    for source in SOURCES.values():
        families.setdefault(source.of, set()).add(source.family)
    assert all(len(family) == 1 for family in families.values())
    assert SETS["digits"] == SETS["mnist"]  # both are handwritten digits


def test_every_source_can_be_made_and_no_two_share_a_name_or_a_file() -> None:
    assert {source.of for source in SOURCES.values()} == {*SETS, *KINDS, *CORPUS}
    assert {change for _, change in CHANGED} <= set(CHANGES)
    assert len({task.name for task in TASKS}) == len(TASKS)
    assert len({folder_name(task.name) for task in TASKS}) == len(TASKS)
    assert set(OF_THE_CORPUS) == set(CORPUS)
    assert len({folder_name(name) for name in SOURCES}) == len(SOURCES)
    assert {task.source for task in TASKS} == set(SOURCES)
