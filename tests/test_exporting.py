"""Exporting through the command line and Python, in processes of their own, with nothing stood in for."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path

import numpy as np
import pytest
from tests.flow.small_models import CANVAS, LABELS, Digits, a_trained_model, pixels_of

import apprenti
from apprenti.blocks.embedded import load_embedded
from apprenti.cli import main


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Digits:
    return Digits.written(tmp_path_factory.mktemp("digits"))


@pytest.fixture(scope="module")
def model(digits: Digits, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "digits.apprenti"
    return a_trained_model(path, digits, [load_embedded(CANVAS.size_px)], head="lda.v1")


@pytest.fixture(autouse=True)
def one_worker_and_no_traces(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("APPRENTI_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("APPRENTI_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("APPRENTI_WORKERS", "1")


def test_the_command_line_writes_all_three_beside_the_model(model: Path, digits: Digits) -> None:
    import onnxruntime

    output, errors = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
        words = ["export", str(model), "--onnx", "--int8", "--labels", "--photos", str(digits.folder)]
        assert main([*words, "--force", "--json"]) == 0, (
            errors.getvalue()
        )  # a busy machine may measure anything
    said = json.loads(output.getvalue())
    assert {Path(file["file"]).name for file in said["files"].values()} == {
        "digits.onnx",
        "digits.int8.onnx",
        "digits.labels.txt",
    }
    assert said["int8"]["accuracy"]["n"] == len(digits.test)
    assert said["int8"]["accuracy"]["before"] > 0.8
    assert 0 < said["int8"]["ms"] < 1000
    session = onnxruntime.InferenceSession(
        str(model.with_name("digits.onnx")), providers=["CPUExecutionProvider"]
    )
    labels = model.with_name("digits.labels.txt").read_text(encoding="utf-8").splitlines()
    recogniser = apprenti.load(model)
    for photo, pixels in zip(digits.test[:5], pixels_of(digits.test[:5]), strict=True):
        (probabilities,) = session.run(["probabilities"], {"pixels": pixels[None]})
        prediction = recogniser.predict(photo)
        assert labels[int(np.argmax(probabilities))] == prediction.label
        assert float(probabilities.max()) == pytest.approx(prediction.probability, abs=1e-6)


def test_python_writes_what_is_named_where_it_is_named(model: Path, tmp_path: Path) -> None:
    done = apprenti.load(model).export(onnx=str(tmp_path / "mine.onnx"), labels=tmp_path / "mine.json")
    assert [file.path for file in done.files.values()] == [tmp_path / "mine.onnx", tmp_path / "mine.json"]
    assert json.loads((tmp_path / "mine.json").read_text(encoding="utf-8")) == list(LABELS)
    with pytest.raises(apprenti.ApprentiError, match="--overwrite"):
        apprenti.load(model).export(labels=tmp_path / "mine.json")
