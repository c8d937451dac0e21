from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from tests.blocks.networks import N_FEATURES, a_backbone, noise
from tests.making import an_example

from apprenti.blocks.backbone import Backbone
from apprenti.blocks.embedded import load_embedded
from apprenti.blocks.embedding import CHUNK_SIZE, embed, embed_all, shelf_key
from apprenti.blocks.session import open_session
from apprenti.domain.dataset import Example
from apprenti.domain.recipe import Canvas
from apprenti.domain.sentence import Sentence

CANVAS = Canvas(size_px=16)


class PlainShelf:
    """A shelf in memory that remembers what was put."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], NDArray[np.float32]] = {}
        self.n_puts = 0

    def get(self, key: str, hashes: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        return {content: self.rows[key, content] for content in hashes if (key, content) in self.rows}

    def put(self, key: str, hashes: Sequence[str], rows: NDArray[np.float32]) -> None:
        self.n_puts += 1
        self.rows |= {(key, content): row.copy() for content, row in zip(hashes, rows, strict=True)}


class PlainEngine:
    """Works here, piece by piece, and ends early after ``n_pieces``."""

    n_workers = 1

    def __init__(self, n_pieces: int = 1000) -> None:
        self.n_pieces = n_pieces
        self.n_photos = 0
        self.deadlines: list[float | None] = []

    def map(
        self, function: Callable[[Any], Any], items: Iterable[Any], *, deadline: float | None = None
    ) -> Iterator[Any]:
        self.deadlines.append(deadline)
        for i, item in enumerate(items):
            if i == self.n_pieces:
                return
            self.n_photos += len(item.examples)
            yield function(item)

    def run(self, function: Callable[[Any], Any], argument: Any, *, limits: object) -> Any:
        raise NotImplementedError

    start = run


class Steps:
    """Counts what is done."""

    def __init__(self) -> None:
        self.n = 0

    def begin(self, step: str, total: int | None = None) -> None:
        raise AssertionError("the caller begins")

    def advance(self, n: int = 1) -> None:
        self.n += n

    def note(self, news: Sentence, *, seconds_left: float | None = None) -> None:
        raise AssertionError("there is nothing to tell of photos but how many are done")

    end = begin


def photos(folder: Path, n: int) -> tuple[Example, ...]:
    """Return examples of ``n`` different pictures on disk."""
    examples = []
    for i, pixels in enumerate(noise(n)):
        path = folder / f"{i}.png"
        Image.fromarray(pixels).save(path)
        content_hash = hashlib.sha256(path.read_bytes()).hexdigest()
        examples.append(an_example(i, "a", name=path.name, path=str(path), content_hash=content_hash))
    return tuple(examples)


def expected(backbone: Backbone, n: int) -> NDArray[np.float32]:
    (features,) = open_session(backbone.graph).run(["features"], {"pixels": noise(n)})
    return np.asarray(features)


def test_features_come_in_the_order_of_the_examples(tmp_path: Path) -> None:
    backbone, examples, steps = a_backbone(tmp_path), photos(tmp_path, 21), Steps()
    got = embed(examples, backbone, CANVAS, engine=PlainEngine(), shelf=PlainShelf(), progress=steps)
    assert got.hashes == tuple(example.content_hash for example in examples)
    assert got.features.dtype == np.float32
    np.testing.assert_allclose(got.features, expected(backbone, 21), rtol=1e-4, atol=1e-5)
    assert got.problems == ()
    assert steps.n == 21


def test_what_is_on_the_shelf_is_not_worked_out_again(tmp_path: Path) -> None:
    backbone, examples = a_backbone(tmp_path), photos(tmp_path, 30)
    shelf, engine, steps = PlainShelf(), PlainEngine(), Steps()
    embed(examples[:20], backbone, CANVAS, engine=engine, shelf=shelf, progress=steps)
    got = embed(examples, backbone, CANVAS, engine=engine, shelf=shelf, progress=steps)
    assert engine.n_photos == 30
    assert steps.n == 50
    np.testing.assert_allclose(got.features, expected(backbone, 30), rtol=1e-4, atol=1e-5)


def test_several_backbones_decode_a_photo_once(tmp_path: Path) -> None:
    examples = photos(tmp_path, 20)
    backbones = [a_backbone(tmp_path, "a.onnx"), a_backbone(tmp_path, "b.onnx", seed=3)]
    shelf, engine = PlainShelf(), PlainEngine()
    embed(examples[:6], backbones[0], CANVAS, engine=engine, shelf=shelf, progress=Steps())
    got = embed_all(examples, backbones, CANVAS, engine=engine, shelf=shelf, progress=Steps())
    assert engine.n_photos == 6 + 20
    assert list(got) == [backbone.name for backbone in backbones]
    for backbone in backbones:
        np.testing.assert_allclose(got[backbone.name].features, expected(backbone, 20), rtol=1e-4, atol=1e-5)


def test_a_broken_photo_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    examples = photos(tmp_path, 5)
    Path(examples[1].path).write_bytes(b"")
    Path(examples[3].path).unlink()
    steps = Steps()
    got = embed(
        examples, a_backbone(tmp_path), CANVAS, engine=PlainEngine(), shelf=PlainShelf(), progress=steps
    )
    assert got.hashes == tuple(examples[i].content_hash for i in (0, 2, 4))
    np.testing.assert_allclose(
        got.features, expected(a_backbone(tmp_path), 5)[[0, 2, 4]], rtol=1e-4, atol=1e-5
    )
    assert [(problem.name, problem.reason.key) for problem in got.problems] == [
        ("1.png", "errors.empty_file"),
        ("3.png", "errors.file_not_readable"),
    ]
    assert steps.n == 5


def test_equal_contents_are_embedded_once(tmp_path: Path) -> None:
    (example,) = photos(tmp_path, 1)
    twin = an_example(7, "a", name="twin.png", path=example.path, content_hash=example.content_hash)
    engine, steps = PlainEngine(), Steps()
    got = embed(
        (example, twin), a_backbone(tmp_path), CANVAS, engine=engine, shelf=PlainShelf(), progress=steps
    )
    assert got.features.shape == (1, N_FEATURES)
    assert (engine.n_photos, steps.n) == (1, 2)


def test_photos_not_reached_in_time_are_left_out_and_the_others_are_kept(tmp_path: Path) -> None:
    backbone, examples = a_backbone(tmp_path), photos(tmp_path, 2 * CHUNK_SIZE)
    shelf, engine = PlainShelf(), PlainEngine(n_pieces=1)
    got = embed(examples, backbone, CANVAS, engine=engine, shelf=shelf, progress=Steps(), deadline=12.5)
    assert engine.deadlines == [12.5]
    assert got.hashes == tuple(example.content_hash for example in examples[:CHUNK_SIZE])
    assert len(got.features) == len(shelf.rows) == CHUNK_SIZE


def test_an_interruption_keeps_what_is_done_on_the_shelf(tmp_path: Path) -> None:
    class Interrupted(Steps):
        def advance(self, n: int = 1) -> None:
            if n > 0:
                raise KeyboardInterrupt

    shelf = PlainShelf()
    with pytest.raises(KeyboardInterrupt):
        embed(
            photos(tmp_path, 40), a_backbone(tmp_path), CANVAS,
            engine=PlainEngine(), shelf=shelf, progress=Interrupted(),
        )  # fmt: skip
    assert len(shelf.rows) == CHUNK_SIZE


def test_the_shelf_key_changes_with_graph_and_canvas(tmp_path: Path) -> None:
    first, second = a_backbone(tmp_path, "a.onnx"), a_backbone(tmp_path, "b.onnx", seed=3)
    crop = Canvas(size_px=16, fit="crop")
    assert len({shelf_key(first, CANVAS), shelf_key(second, CANVAS), shelf_key(first, crop)}) == 3


def test_one_graph_that_looks_at_two_sizes_has_two_shelf_keys_on_one_canvas() -> None:
    small, large = load_embedded(64), load_embedded(96)
    assert small.sha256 == large.sha256
    assert shelf_key(small, CANVAS) != shelf_key(large, CANVAS)


def test_no_examples_give_no_rows(tmp_path: Path) -> None:
    got = embed((), a_backbone(tmp_path), CANVAS, engine=PlainEngine(), shelf=PlainShelf(), progress=Steps())
    assert got.features.shape == (0, N_FEATURES)
    assert got.hashes == ()


@pytest.mark.parametrize("n_workers", [0, 2])
def test_the_real_engines_and_shelf_give_the_same(tmp_path: Path, n_workers: int) -> None:
    from apprenti.engine import InlineEngine, ProcessEngine
    from apprenti.store import MemoryShelf

    backbone, examples = a_backbone(tmp_path), photos(tmp_path, 40)
    with ProcessEngine(n_workers) if n_workers else InlineEngine() as engine:
        got = embed(
            examples, backbone, Canvas(size_px=24), engine=engine, shelf=MemoryShelf(), progress=Steps()
        )
    reference = embed(
        examples, backbone, Canvas(size_px=24), engine=PlainEngine(), shelf=PlainShelf(), progress=Steps()
    )
    assert np.array_equal(got.features, reference.features)
