"""What a training keeps for the lessons comes back as it was, and nothing else is taken for it."""

from __future__ import annotations

import io
from dataclasses import fields
from functools import cache

import numpy as np
import pytest
from tests.lessons.contexts import context_named

from apprenti.blocks.run_file import read_run, write_run
from apprenti.domain.errors import ModelFileError
from apprenti.domain.lesson_context import LessonContext


@cache
def whole() -> bytes:
    return write_run(context_named("four_photos"))


def refused(data: bytes) -> bool:
    with pytest.raises(ModelFileError, match="photos"):
        read_run(data, name="photos.run")
    return True


def same(one: object, other: object) -> bool:
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other, equal_nan=True)
    return one == other


def parts(context: LessonContext, name: str) -> dict[str, object]:
    noun = getattr(context, name)
    return {field.name: getattr(noun, field.name) for field in fields(noun)}


def test_a_run_comes_back_as_it_was() -> None:
    kept = context_named("four_photos")
    back = read_run(whole(), name="photos.run")
    for name in ("test", "held_out", "photos"):
        for part, value in parts(kept, name).items():
            if part == "features":  # in half the bytes
                assert np.allclose(value, parts(back, name)[part], atol=1e-3)
            else:
                assert same(value, parts(back, name)[part]), (name, part)
    assert back.report == kept.report
    assert (back.run_id, back.name, back.timing) == (kept.run_id, kept.name, kept.timing)
    assert (back.head is None) == (kept.head is None)


def test_a_linear_layer_and_a_run_without_test_photos_come_back() -> None:
    kept = context_named("two_classes")
    back = read_run(write_run(kept), name="two.run")
    assert kept.head is not None
    assert same(back.head.weights, kept.head.weights)
    assert same(back.head.biases, kept.head.biases)
    assert len(read_run(whole(), name="four.run").test) == 0


def test_the_same_run_is_the_same_bytes() -> None:
    assert write_run(context_named("four_photos")) == whole()
    assert write_run(read_run(whole(), name="x.run")) == whole()


@pytest.mark.parametrize("data", [b"", b"PK", b"no run at all", bytes(1000)])
def test_bytes_of_something_else_are_refused(data: bytes) -> None:
    assert refused(data)


def test_a_truncated_run_is_refused_wherever_it_ends() -> None:
    for share in np.linspace(0.01, 0.99, 25):
        assert refused(whole()[: int(share * len(whole()))])


def test_a_damaged_run_is_refused_or_read_but_never_breaks() -> None:
    """Of a flipped byte outside the arrays nothing may change; inside them the checksums tell."""
    rng = np.random.default_rng(0)
    for place in rng.integers(0, len(whole()), 60):
        data = bytearray(whole())
        data[place] ^= 0xFF
        try:
            back = read_run(bytes(data), name="photos.run")
        except ModelFileError:
            continue
        assert back.report == context_named("four_photos").report


def rewritten(**changed: object) -> bytes:
    with np.load(io.BytesIO(whole()), allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    out = io.BytesIO()
    np.savez_compressed(out, **{name: one for name, one in {**arrays, **changed}.items() if one is not None})
    return out.getvalue()


@pytest.mark.parametrize(
    "changed",
    [
        {"words": None},
        {"words": np.frombuffer(b"[]", np.uint8)},
        {"words": np.frombuffer(b"\xff{", np.uint8)},
        {"photo_labels": np.array([0, 1, 2, 99])},
        {"photo_labels": np.array([0, -1, 0, 0])},
        {"photo_labels": np.array(["a", "b", "c", "d"])},
        {"photo_answers": np.zeros((4, 7), np.float32)},
        {"features": np.zeros(4, np.float16)},
        {"features": np.zeros((3, 2), np.float16)},
        {"head_weights": np.zeros((1, 1), np.float32), "head_biases": np.zeros(2, np.float32)},
        {"thumbnail_lengths": np.array([1])},
    ],
)
def test_arrays_that_do_not_go_together_are_refused(changed: dict[str, object]) -> None:
    assert refused(rewritten(**changed))


def test_nothing_is_unpickled() -> None:
    assert refused(rewritten(features=np.array([object()] * 4)))


def test_a_file_that_becomes_far_more_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    grown = rewritten(more=np.zeros(1_000_000, np.float32))
    assert read_run(grown, name="photos.run").run_id == "four"
    monkeypatch.setattr("apprenti.blocks.run_file.MAX_UNPACKED_BYTES", 1_000_000)
    assert refused(grown)
