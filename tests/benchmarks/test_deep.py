"""Both sides get the same photos and the same minutes, and what is measured is kept."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
import deep
import split_table
from apprenti.domain.dataset import Dataset, Example, Kind, Split, TaskType

SPLITS = (Split.TEST, Split.TRAIN, Split.VALIDATION, Split.TRAIN)


def read_from(folder: Path) -> Dataset:
    """A data set of four tiny photos, in the order of hashes that say nothing of their names."""
    examples = []
    for number, split in enumerate(SPLITS):
        path = folder / "sets" / "birds" / f"{9 - number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((4, 4, 3), 60 * number, np.uint8)).save(path)
        examples.append(
            Example(
                kind=Kind.IMAGE, name=path.name, path=str(path), content_hash=f"{number:064}",
                target="wren, small" if number % 2 else "heron", split=split,
            )
        )  # fmt: skip
    return Dataset(
        name="birds", kind=Kind.IMAGE, task_type=TaskType.MULTI_CLASS, labels=("heron", "wren, small"),
        examples=tuple(examples),
    )  # fmt: skip


def photos_of(folder: Path) -> split_table.SetPhotos:
    table = folder / "sets" / "birds-as-read.csv"
    split_table.write_table(read_from(folder), table)
    test = tuple(split_table.photos_for_testing(table))
    return split_table.SetPhotos(source=folder / "sets" / "birds", table=table, test=test)


def test_each_turn_another_side_is_first() -> None:
    firsts = [deep.in_turn(["plain", "all"], turn)[0] for turn in range(4)]
    assert firsts == ["plain", "all", "plain", "all"]
    assert sorted(deep.in_turn(["frozen", "deep", "all"], 5)) == ["all", "deep", "frozen"]


def test_a_row_that_is_there_is_not_measured_again_and_a_failed_one_is() -> None:
    row = {"set": "birds", "minutes": 2.0, "side": "all", "seed": 0, "device": "cpu"}
    assert deep.is_there(row, [{**row, "accuracy": 0.9}])
    assert not deep.is_there(row, [{**row, "failed": "exit code 3"}])
    assert not deep.is_there({**row, "device": "A GPU"}, [{**row, "accuracy": 0.9}])


def test_the_table_says_what_apprenti_learns_from_and_validation_photos_are_learnt_from(
    tmp_path: Path,
) -> None:
    photos = photos_of(tmp_path)
    lines = photos.table.read_text().splitlines()
    assert lines[0] == "path,label,split"
    assert lines[1:] == [
        'birds/6.png,"wren, small",train', "birds/7.png,heron,train", 'birds/8.png,"wren, small",train',
        "birds/9.png,heron,test",
    ]  # fmt: skip
    assert photos.test == (split_table.PhotoForTesting("birds/9.png", "heron"),)


def test_the_digest_tells_other_test_photos_apart(tmp_path: Path) -> None:
    photos = photos_of(tmp_path)
    other = split_table.PhotoForTesting("birds/9.png", "wren, small")
    changed = split_table.SetPhotos(source=photos.source, table=photos.table, test=(other,))
    assert photos.digest == photos_of(tmp_path).digest != changed.digest


def test_a_training_is_given_the_minutes_and_says_nothing_of_recipes_unless_they_are_restricted() -> None:
    row: dict[str, Any] = {"minutes": 2.5, "seed": 3, "side": "all"}
    whole = deep.training_command(row, Path("birds"), Path("m.apprenti"))
    frozen = deep.training_command({**row, "side": "frozen"}, Path("birds"), Path("m.apprenti"))
    assert whole[whole.index("--budget") + 1] == "150s"
    assert "--recipes" not in whole
    assert frozen[-2:] == ["--recipes", "frozen"]


def test_the_plain_script_learns_from_the_table_and_writes_an_answer_for_every_test_photo(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("torch")
    import plain_script

    photos, answers = photos_of(tmp_path), tmp_path / "answers.csv"
    monkeypatch.setattr(
        sys, "argv", ["plain_script.py", str(photos.table), "--epochs", "1", "--answers", str(answers)]
    )
    monkeypatch.setattr(plain_script, "use_the_quicker_threads", lambda *_, **__: 1)
    plain_script.main()
    (right,) = deep.rightly_written(answers, photos)
    assert f'"accuracy": {float(right)}' in capsys.readouterr().out


def test_the_plain_script_reads_split_folders_and_tests_on_val_where_there_is_no_test(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    import plain_script

    for path in ("train/heron/1.png", "val/wren/2.png"):
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).touch()
    assert [(photo.label, photo.is_test) for photo in plain_script.photos_of(tmp_path)] == [
        ("heron", False),
        ("wren", True),
    ]
    with pytest.raises(SystemExit, match="no folders train and test"):
        plain_script.photos_of(tmp_path / "train")
