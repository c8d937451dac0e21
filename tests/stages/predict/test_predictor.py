from __future__ import annotations

import io
import json
import subprocess
import sys
import threading
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.blocks.models import (
    CANVAS,
    LABELS,
    a_manifest,
    a_model_file,
    an_assembled_graph,
    members_of,
    resealed,
    with_digests,
)
from tests.blocks.networks import noise

from apprenti.blocks.artifact import pack, unpack
from apprenti.blocks.decoding import decode
from apprenti.domain.errors import ItemError, ModelFileError
from apprenti.stages.predict import Predictor


def png(seed: int = 3) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(noise(1, 40, seed)[0]).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def predictor(tmp_path: Path) -> Predictor:
    return Predictor.open(a_model_file(tmp_path))


def test_the_answer_is_what_the_graph_makes_of_the_decoded_photo(predictor: Predictor) -> None:
    answer = predictor.predict_bytes(png(), item="x.png", top=2)
    outputs = predictor.outputs(decode(png(), CANVAS, item="x.png")[None])
    p_labels, distance = outputs["probabilities"][0], outputs["distance"][0]
    assert answer.item == "x.png"
    assert answer.label == LABELS[p_labels.argmax()]
    assert answer.probability == pytest.approx(p_labels.max())
    assert [label for label, _ in answer.top] == [LABELS[i] for i in np.argsort(-p_labels)[:2]]
    assert answer.distance == pytest.approx(distance / 2.0)
    assert answer.problem is None
    assert set(outputs) == {"probabilities", "embedding", "distance", "feature_map"}


@pytest.mark.parametrize(("top", "n"), [(0, 0), (1, 1), (3, 3), (99, 3)])
def test_no_more_labels_are_listed_than_there_are(predictor: Predictor, top: int, n: int) -> None:
    answer = predictor.predict_bytes(png(), item="x.png", top=top)
    assert len(answer.top) == n
    assert answer.label in LABELS


def test_a_photo_is_familiar_up_to_the_threshold(tmp_path: Path) -> None:
    far = Predictor.open(a_model_file(tmp_path, familiarity_threshold=1e-3)).predict_bytes(png(), item="x")
    near = Predictor.open(a_model_file(tmp_path, familiarity_threshold=1e3)).predict_bytes(png(), item="x")
    assert (far.familiar, near.familiar) == (False, True)
    assert far.distance > 1 > near.distance


def test_a_broken_photo_alone_is_an_error(predictor: Predictor) -> None:
    with pytest.raises(ItemError, match=r"empty\.png"):
        predictor.predict_bytes(b"", item="empty.png")


def test_a_broken_photo_among_others_is_answered_with_its_problem(
    predictor: Predictor, tmp_path: Path
) -> None:
    (tmp_path / "good.png").write_bytes(png())
    (tmp_path / "empty.png").write_bytes(b"")
    items = [
        ("good", tmp_path / "good.png"),
        ("empty", tmp_path / "empty.png"),
        ("absent", tmp_path / "absent.png"),
        ("folder", tmp_path),
        ("text", b"not a picture"),
        ("bytes", png()),
    ]
    answers = list(predictor.predict_many(items))
    assert [answer.item for answer in answers] == [name for name, _ in items]
    assert [answer.problem and answer.problem.key for answer in answers] == [
        None,
        "errors.empty_file",
        "errors.file_not_readable",
        "errors.file_not_readable",
        "errors.not_an_image",
        None,
    ]
    assert [answer.label is None for answer in answers] == [False, True, True, True, True, False]
    assert answers[1].problem is not None
    assert "empty" in answers[1].problem.said("fr")


def test_items_stream_in_constant_memory(predictor: Predictor) -> None:
    n_given = 0

    def endless() -> Iterator[tuple[str, bytes]]:
        nonlocal n_given
        while True:
            n_given += 1
            yield f"{n_given}.png", png()

    answers = predictor.predict_many(endless())
    next(answers)
    assert n_given == 1
    peaks = []
    tracemalloc.start()
    try:
        for n in (50, 500):
            tracemalloc.reset_peak()
            for _ in range(n):
                next(answers)
            peaks.append(tracemalloc.get_traced_memory()[1])
    finally:
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 300_000  # the pixels of 450 photos take 2,160,000 bytes


def test_threads_may_share_a_predictor(predictor: Predictor) -> None:
    photos = [png(seed) for seed in range(8)]
    alone = [predictor.predict_bytes(photo, item="x") for photo in photos]
    together: dict[int, object] = {}
    threads = [
        threading.Thread(
            target=lambda i=i: together.update({i: predictor.predict_bytes(photos[i], item="x")})
        )
        for i in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [together[i] for i in range(8)] == alone


def test_a_graph_that_does_not_give_its_golden_answers_is_refused(tmp_path: Path) -> None:
    data = pack(manifest=a_manifest(), graph=an_assembled_graph(tmp_path), report={}, golden_pixels=noise(3))
    expected = json.loads(members_of(data)["golden/expected.json"])
    for wrong in ("probabilities", "distances"):
        shifted = expected | {wrong: (np.array(expected[wrong]) + 0.05).tolist()}
        members = members_of(data) | {"golden/expected.json": json.dumps(shifted).encode()}
        with pytest.raises(ModelFileError) as refusal:
            Predictor.open(resealed(with_digests(members)))
        assert refusal.value.key == "model_golden"


def test_a_graph_that_does_not_run_is_refused(tmp_path: Path) -> None:
    members = members_of(a_model_file(tmp_path)) | {"model.onnx": b"\x08\x08"}
    with pytest.raises(ModelFileError) as refusal:
        Predictor.open(resealed(with_digests(members)))
    assert refusal.value.key == "model_malformed"


def test_opening_refuses_what_unpacking_refuses(tmp_path: Path) -> None:
    data = a_model_file(tmp_path)
    assert unpack(data).manifest == Predictor.open(data).manifest
    with pytest.raises(ModelFileError):
        Predictor.open(data[:-5])


WITHOUT_THE_REST = """
import sys
class Refusal:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in "onnx sklearn scipy tqdm platformdirs cleanlab fastapi pandas".split():
            raise ModuleNotFoundError(f"{name} is not installed")
sys.meta_path.insert(0, Refusal())
from pathlib import Path
from apprenti.stages.predict import Predictor
predictor = Predictor.open(Path(sys.argv[1]).read_bytes())
(answer,) = predictor.predict_many([("x", Path(sys.argv[2]))])
print(answer.label, predictor.report["labels"], file=sys.stdout)
"""


def test_predicting_needs_numpy_onnxruntime_and_pillow_alone(tmp_path: Path) -> None:
    (tmp_path / "m.apprenti").write_bytes(a_model_file(tmp_path))
    (tmp_path / "x.png").write_bytes(png())
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_THE_REST, str(tmp_path / "m.apprenti"), str(tmp_path / "x.png")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    expected = Predictor.open(a_model_file(tmp_path)).predict_bytes(png(), item="x").label
    assert done.stdout.split()[0] == expected
