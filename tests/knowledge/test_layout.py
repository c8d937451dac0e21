from __future__ import annotations

import json
import tarfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from knowledge.corpus_sets import CORPUS
from knowledge.datasets import SOURCES, Source
from knowledge.drawings import pictures
from knowledge.layout import ROOT, read_source
from PIL import Image

TESTED_ON = 40


@pytest.fixture
def data_root(tmp_path: Path) -> Path:
    """One image set with split folders; its test photos are the last drawn."""
    folder = tmp_path / "unpacked" / "clothing"
    for number, (label, image) in enumerate(pictures("shapes", 64)):
        split = "test" if number >= TESTED_ON else "train"
        path = folder / split / label / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        image.save(path)
    (tmp_path / "tars").mkdir()
    with tarfile.open(tmp_path / "tars" / "clothing.tar", "w") as archive:
        archive.add(folder, "clothing")
    return tmp_path / "tars"


def test_photos_the_product_is_tested_on_are_never_learnt_from(tmp_path: Path, data_root: Path) -> None:
    dataset = read_source(SOURCES["clothing"], work=tmp_path / "work", data_root=data_root)
    assert len(dataset.examples) == TESTED_ON
    tested_on = {path.read_bytes() for path in (tmp_path / "unpacked" / "clothing" / "test").rglob("*.png")}
    assert not tested_on & {Path(example.path).read_bytes() for example in dataset.examples}


def test_a_changed_source_has_other_photos_under_the_same_labels(tmp_path: Path, data_root: Path) -> None:
    plain = read_source(SOURCES["clothing"], work=tmp_path / "work", data_root=data_root)
    small = read_source(SOURCES["clothing, 32 px"], work=tmp_path / "work", data_root=data_root)
    assert small.n_per_label() == plain.n_per_label()
    assert {e.facts.width_px for e in small.examples if e.facts} == {32}


def test_the_corpus_gives_photos_of_some_of_its_classes_under_their_names(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    labels = np.arange(500) % 50
    pixels = np.random.default_rng(0).integers(0, 256, (500, 16, 16, 3), np.uint8)
    np.save(tmp_path / "corpus" / "tiny-val.npy", pixels)
    about = {"classes": [f"class {label}" for label in range(50)], "labels": labels.tolist()}
    (tmp_path / "corpus" / "tiny-val.json").write_text(json.dumps(about))
    dataset = read_source(SOURCES["Tiny-ImageNet"], work=tmp_path, data_root=tmp_path)
    assert len(dataset.labels) == CORPUS["tiny-val"] == 30
    assert len(dataset.examples) == 300
    for example in dataset.examples[:20]:
        with Image.open(example.path) as image:
            (row,) = np.flatnonzero((pixels == np.asarray(image)).all(axis=(1, 2, 3)))
        assert f"class {labels[row]}" == example.target


def test_a_source_is_cut_to_its_size_and_read_once(tmp_path: Path) -> None:
    source = Source(name="drawn few", family="drawn few", of="textures", n_photos=18)
    dataset = read_source(source, work=tmp_path, data_root=tmp_path)
    assert len(dataset.examples) == 18
    for path in (tmp_path / "photos").rglob("*.png"):
        path.unlink()
    assert read_source(source, work=tmp_path, data_root=tmp_path) == dataset


def test_sources_of_one_set_laid_out_side_by_side_unpack_it_one_at_a_time(
    tmp_path: Path, data_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    import image_sets

    lay_out, under_way, at_once = image_sets.lay_out, [], []

    def slowly(*arguments: object) -> Path:
        under_way.append(1)
        at_once.append(len(under_way))
        time.sleep(0.1)
        folder: Path = lay_out(*arguments)
        under_way.pop()
        return folder

    monkeypatch.setattr(image_sets, "lay_out", slowly)
    names = ("clothing", "clothing, grey", "clothing, 32 px")
    with ThreadPoolExecutor() as threads:
        found = list(
            threads.map(
                lambda name: read_source(SOURCES[name], work=tmp_path / "work", data_root=data_root), names
            )
        )
    assert at_once == [1, 1, 1]
    assert {len(dataset.examples) for dataset in found} == {TESTED_ON}
