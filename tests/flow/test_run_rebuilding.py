"""A model that kept nothing for lessons: as much as can be made again from it and its photos."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.blocks.models import LABELS, a_manifest, an_assembled_graph, noise
from tests.fake_models import a_report
from tests.making import Silence

from apprenti.blocks.artifact import pack
from apprenti.domain.dataset import Split, TaskType
from apprenti.domain.errors import DataError, ModelFileError
from apprenti.engine import InlineEngine
from apprenti.flow.learning import open_or_make_run
from apprenti.flow.run_rebuilding import rebuilt_run
from apprenti.flow.tools import Tools
from apprenti.lessons.catalogue import all_lessons
from apprenti.store import MemoryShelf

N_EACH, N_SEEN = 5, 3


@pytest.fixture
def tools(tmp_path: Path) -> Tools:
    return Tools(
        engine=InlineEngine(), shelf=MemoryShelf(), progress=Silence(), clock=lambda: 0.0,
        knowledge_folder=tmp_path / "knowledge",
    )  # fmt: skip


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    for label in LABELS:
        (tmp_path / "photos" / label).mkdir(parents=True)
        for number in range(N_EACH):
            pixels = rng.integers(0, 256, (24, 32, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / "photos" / label / f"{number}.png")
    return tmp_path / "photos"


def a_model(folder: Path, *, n_seen: int = N_SEEN, **changes: object) -> Path:
    """Write a model that has learnt from the first photos of each class."""
    seen = [
        hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.glob("photos/*/*.png"))
        if int(path.stem) < n_seen
    ]
    path = folder / "photos.apprenti"
    data = pack(
        manifest=a_manifest(**changes),
        graph=an_assembled_graph(folder),
        report=a_report(LABELS).to_json(),
        golden_pixels=noise(3),
        seen=seen,
    )
    path.write_bytes(data)
    return path


def test_a_run_is_made_again_from_a_model_and_its_photos(photos: Path, tmp_path: Path, tools: Tools) -> None:
    context = rebuilt_run(a_model(tmp_path), photos, tools=tools)
    n = len(LABELS) * N_EACH
    assert len(context.photos) == n
    assert len(context.test) == len(context.photos.rows(Split.TEST)) == len(LABELS) * (N_EACH - N_SEEN)
    assert len(context.held_out) == 0
    assert context.photos.answers.shape == (n, len(LABELS))
    assert np.isnan(context.photos.answers[context.photos.rows(Split.TRAIN)]).all(), "held out by nobody"
    assert np.allclose(context.photos.answers[context.photos.rows(Split.TEST)].sum(axis=1), 1, atol=1e-5)
    assert all(small.startswith(b"\xff\xd8") for small in context.photos.thumbnails)
    assert context.labels == LABELS
    for lesson in all_lessons():
        lesson.compute(context)


def test_it_is_made_where_none_was_kept_and_the_kept_one_is_taken_else(
    photos: Path, tmp_path: Path, tools: Tools
) -> None:
    model = a_model(tmp_path)
    assert open_or_make_run(None, None, tools=tools) is None
    made = open_or_make_run(model, photos, tools=tools)
    assert made is not None
    assert len(made.photos) == len(LABELS) * N_EACH
    model.with_suffix(".run").write_bytes(b"damaged")
    with pytest.raises(ModelFileError):
        open_or_make_run(model, photos, tools=tools)


def test_without_photos_it_says_that_nothing_was_kept(tmp_path: Path, tools: Tools) -> None:
    with pytest.raises(ModelFileError, match="--data"):
        open_or_make_run(a_model(tmp_path), None, tools=tools)


def test_photos_that_the_model_never_learnt_from_make_no_run(
    photos: Path, tmp_path: Path, tools: Tools
) -> None:
    with pytest.raises(DataError, match="trained on"):
        rebuilt_run(a_model(tmp_path, n_seen=0), photos, tools=tools)


def test_photos_of_no_class_the_model_knows_and_models_of_no_class_are_refused(
    photos: Path, tmp_path: Path, tools: Tools
) -> None:
    for label in LABELS:
        (photos / label).rename(photos / f"other {label}")
    with pytest.raises(DataError):
        rebuilt_run(a_model(tmp_path), photos, tools=tools)
    several = a_model(tmp_path, task_type=TaskType.MULTI_LABEL, thresholds=(0.5, 0.5, 0.5), format_version=2)
    with pytest.raises(DataError):
        rebuilt_run(several, photos, tools=tools)
