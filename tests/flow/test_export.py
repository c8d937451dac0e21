"""What is exported answers as the model does, or says by how much it does not; nothing is written by halves."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from tests.flow.small_models import CANVAS, LABELS, Digits, a_trained_model, labels_of, pixels_of
from tests.making import Silence

from apprenti.blocks.backbone import Backbone
from apprenti.blocks.classic import learn_classic
from apprenti.blocks.embedded import load_embedded
from apprenti.domain.errors import DataError, ModelFileError, OptionError, UserError
from apprenti.domain.recipe import Interval
from apprenti.domain.seams import Clock
from apprenti.engine import InlineEngine
from apprenti.flow.eight_bits import Cost, Difference
from apprenti.flow.export import Format, ModelExport, default_export_path, export_model, labels_content
from apprenti.flow.predict import open_model
from apprenti.flow.tools import Tools
from apprenti.stages.evaluate import PairedAccuracy
from apprenti.store import MemoryShelf

TOOLS = Tools(engine=InlineEngine(), shelf=MemoryShelf(), progress=Silence(), clock=time.monotonic)


def exported(model: Path, files: Mapping[str, Path | None], **options: object) -> ModelExport:
    asked = {"cpu_clock": steady_clock(), "tools": TOOLS, **options}
    return export_model(model, files, **asked)  # type: ignore[arg-type]


def steady_clock(ms_before: float = 2.0, ms_after: float = 1.0) -> Clock:
    """Return a clock by which a picture takes these milliseconds in the first session and in the second."""

    def ticks() -> Iterator[float]:
        now = 0.0
        while True:
            for ms in (ms_before, ms_after):
                yield now
                now += ms / 1000
                yield now

    going = ticks()
    return lambda: next(going)


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Digits:
    return Digits.written(tmp_path_factory.mktemp("digits"))


@pytest.fixture(scope="module")
def classic(digits: Digits) -> Backbone:
    return learn_classic(pixels_of(digits.train), seed=0)


@pytest.fixture(scope="module")
def model(digits: Digits, classic: Backbone, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network and hand-made features, side by side."""
    path = tmp_path_factory.mktemp("models") / "few.digits.apprenti"
    return a_trained_model(path, digits, [load_embedded(CANVAS.size_px), classic])


@pytest.fixture(scope="module")
def network(digits: Digits, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network alone: quicker."""
    path = tmp_path_factory.mktemp("network") / "network.apprenti"
    return a_trained_model(path, digits, [load_embedded(CANVAS.size_px)], head="lda.v1")


@pytest.fixture(scope="module")
def in_eight_bits(model: Path, digits: Digits, tmp_path_factory: pytest.TempPathFactory) -> ModelExport:
    folder = tmp_path_factory.mktemp("exports")
    return exported(model, {"onnx": folder / "a.onnx", "int8": folder / "a.int8.onnx"}, photos=digits.folder)


def answers(path: Path, pixels: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
    """Return what a plain ONNX Runtime, opened without any option, makes of pixels."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    rows = [session.run(["probabilities", "distance"], {"pixels": one[None]}) for one in pixels]
    return [np.concatenate(column) for column in zip(*rows, strict=True)]


def test_the_onnx_file_answers_as_the_predictor_does(
    model: Path, digits: Digits, in_eight_bits: ModelExport
) -> None:
    pixels = pixels_of(digits.test)
    predictor = open_model(model)
    expected = [predictor.outputs(one[None]) for one in pixels]
    probabilities, distances = answers(in_eight_bits.files[Format.ONNX].path, pixels)
    for row, right in enumerate(expected):
        np.testing.assert_allclose(probabilities[row], right["probabilities"][0], rtol=0, atol=1e-6)
        np.testing.assert_allclose(distances[row], right["distance"][0], rtol=0, atol=1e-6)
    assert in_eight_bits.golden is not None
    assert in_eight_bits.golden.n_same == in_eight_bits.golden.n == 3
    assert in_eight_bits.golden.probability < 1e-5


def test_an_onnx_file_says_itself_what_it_answers_and_wants(model: Path, in_eight_bits: ModelExport) -> None:
    for form, file in in_eight_bits.files.items():
        graph = onnx.load(file.path)
        onnx.checker.check_model(graph, full_check=True)
        said = {entry.key: entry.value for entry in graph.metadata_props}
        assert json.loads(said["labels"]) == list(LABELS)
        assert json.loads(said["preprocessing"])["size_px"] == CANVAS.size_px
        assert json.loads(said["familiarity_threshold"]) == open_model(model).manifest.familiarity_threshold
        assert json.loads(said["backbones"])[0]["licence"] == "Apache-2.0"
        assert f"{graph.producer_name} {graph.producer_version}" == said["created_by"]
        assert ("quantisation" in said) == (form is Format.INT8)


def test_only_convolutions_of_the_network_are_in_eight_bits(in_eight_bits: ModelExport) -> None:
    graph = onnx.load(in_eight_bits.files[Format.INT8].path).graph
    made_by = {output: node.op_type for node in graph.node for output in node.output}
    fed = [
        (node.input[0].split("/")[0], [made_by.get(name) for name in node.input])
        for node in graph.node
        if node.op_type == "Conv"
    ]
    counts = Counter((part, kinds == ["DequantizeLinear"] * 3) for part, kinds in fed)
    assert counts["backbone0", True] == 18
    assert counts["backbone1", False] > 0
    assert len(counts) == 2


def test_eight_bits_answer_nearly_as_the_model_and_say_how_nearly(
    model: Path, digits: Digits, in_eight_bits: ModelExport
) -> None:
    cost = in_eight_bits.cost
    assert cost is not None
    pixels, labels = pixels_of(digits.test), labels_of(digits.test)
    before = open_model(model).outputs(pixels)["probabilities"]
    after, _ = answers(in_eight_bits.files[Format.INT8].path, pixels)
    assert (before.argmax(axis=1) == after.argmax(axis=1)).mean() >= 0.95
    assert np.abs(before - after).max() < 0.1
    assert np.abs(before - after).max() > 0  # or nothing was quantised
    accuracy = cost.accuracy
    assert accuracy is not None
    assert accuracy.n == len(digits.test)  # the photos it learnt from are left out
    assert accuracy.n_right_before == (before.argmax(axis=1) == labels).sum() > 0.8 * len(labels)
    assert accuracy.n_right == (after.argmax(axis=1) == labels).sum()
    assert accuracy.difference_interval.low <= accuracy.difference <= accuracy.difference_interval.high
    assert 0 < cost.golden.probability < 0.1
    assert cost.pictures.n == 3 + len(LABELS)
    assert cost.n_bytes == in_eight_bits.files[Format.INT8].n_bytes < cost.n_bytes_before
    assert (cost.ms_before, cost.ms) == (pytest.approx(2.0), pytest.approx(1.0))
    assert [notice.key for notice in cost.notices] == ["evaluate.only_test"]


def test_the_same_model_gives_the_same_eight_bits(
    model: Path, in_eight_bits: ModelExport, tmp_path: Path
) -> None:
    again = exported(model, {"int8": tmp_path / "again.onnx"})
    assert again.files[Format.INT8].path.read_bytes() == in_eight_bits.files[Format.INT8].path.read_bytes()
    assert again.cost is not None
    assert again.cost.accuracy is None  # without photos it was not measured


def test_a_model_without_a_network_has_nothing_to_put_into_eight_bits(
    digits: Digits, classic: Backbone, tmp_path: Path
) -> None:
    alone = a_trained_model(tmp_path / "alone.apprenti", digits, [classic])
    with pytest.raises(UserError, match=r"alone\.apprenti.*--onnx") as refusal:
        exported(alone, {"int8": None, "labels": None})
    assert refusal.value.key == "export_no_network"
    assert list(tmp_path.iterdir()) == [alone]
    done = exported(alone, {"onnx": None, "labels": None})
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "alone.apprenti",
        "alone.labels.txt",
        "alone.onnx",
    ]
    pixels = pixels_of(digits.test[:5])
    expected = open_model(alone).outputs(pixels)["probabilities"]
    np.testing.assert_allclose(answers(done.files[Format.ONNX].path, pixels)[0], expected, atol=1e-5)


def test_a_network_in_eight_bits_is_exported_as_it_is_and_not_put_there_again(
    network: Path, digits: Digits, tmp_path: Path
) -> None:
    once = exported(network, {"int8": tmp_path / "once.onnx"})
    quantised = onnx.load(once.files[Format.INT8].path)
    features = onnx.helper.make_tensor_value_info("features", onnx.TensorProto.FLOAT, ["N", "d"])
    quantised.graph.node.append(onnx.helper.make_node("Identity", ["embedding"], ["features"]))
    quantised.graph.output.append(features)
    brought = replace(
        load_embedded(CANVAS.size_px),
        name="brought-1a2b3c4d",
        graph=quantised.SerializeToString(),
        has_feature_map=False,
    )
    model = a_trained_model(tmp_path / "twice.apprenti", digits, [brought])
    with pytest.raises(UserError) as refusal:
        exported(model, {"int8": None})
    assert refusal.value.key == "export_eight_bits_already"
    as_it_is = exported(model, {"onnx": None})
    assert as_it_is.golden is not None
    assert as_it_is.golden.probability < 1e-3


def test_what_is_slower_is_refused_whole_and_written_only_when_told(network: Path, tmp_path: Path) -> None:
    files = {"labels": tmp_path / "labels.txt", "int8": tmp_path / "slow.onnx"}
    with pytest.raises(UserError, match="4 ms on this machine instead of 2 ms") as refusal:
        exported(network, files, cpu_clock=steady_clock(2.0, 4.0))
    assert refusal.value.key == "export_slower"
    assert list(tmp_path.iterdir()) == []
    forced = exported(network, files, cpu_clock=steady_clock(2.0, 4.0), force=True)
    assert forced.cost is not None
    assert [one.key for one in forced.cost.objections] == ["export_slower"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["labels.txt", "slow.onnx"]


def a_cost(*, n_right: int | None = None, n_same: int = 20, ms: float = 1.0) -> Cost:
    """Return a cost of 100 photos, 90 of them right before, and 20 pictures."""
    same = Difference(n=20, n_same=n_same, probability=0.01, distance=0.01)
    accuracy = None
    if n_right is not None:
        interval = Interval(low=-0.05, high=0.05)
        accuracy = PairedAccuracy(
            n=100, n_right_before=90, n_right=n_right, n_changed=9, difference_interval=interval
        )
    return Cost(
        n_bytes_before=9, n_bytes=5, ms_before=1.0, ms=ms, golden=same, pictures=same, accuracy=accuracy
    )


@pytest.mark.parametrize(
    ("cost", "objections"),
    [
        (a_cost(), []),
        (a_cost(n_same=19), []),
        (a_cost(n_same=18), ["export_disagrees"]),
        (a_cost(n_right=95), []),
        (a_cost(n_right=89), []),
        (a_cost(n_right=88), ["export_inaccurate"]),
        (a_cost(n_right=90, n_same=10), []),  # what was measured counts
        (a_cost(ms=1.04), []),
        (a_cost(ms=1.06, n_same=0), ["export_disagrees", "export_slower"]),
    ],
)
def test_a_point_of_accuracy_a_twentieth_of_pictures_or_any_slowness_is_too_much(
    cost: Cost, objections: list[str]
) -> None:
    assert [one.key for one in cost.objections] == objections


def test_labels_stand_one_a_line_in_the_order_of_the_probabilities(model: Path, tmp_path: Path) -> None:
    done = exported(model, {"labels": tmp_path / "labels.txt"})
    assert (tmp_path / "labels.txt").read_text(encoding="utf-8").splitlines() == list(
        open_model(model).labels
    )
    assert (done.n_labels, done.golden, done.cost) == (4, None, None)
    exported(model, {"labels": tmp_path / "labels.json"})
    assert json.loads((tmp_path / "labels.json").read_text(encoding="utf-8")) == list(LABELS)


@pytest.mark.parametrize("label", ["a\nb", "a\r", "\u2028b", ""])
def test_a_label_that_is_not_one_line_goes_into_json_only(label: str) -> None:
    labels = ("café", label)
    with pytest.raises(OptionError) as refusal:
        labels_content(labels, Path("labels.txt"))
    assert refusal.value.key == "export_label_lines"
    assert json.loads(labels_content(labels, Path("labels.JSON"))) == list(labels)


@pytest.mark.parametrize(
    ("files", "options", "key"),
    [
        ({}, {}, "export_nothing"),
        ({"onnx": None}, {"photos": Path("photos")}, "export_only_int8"),
        ({"labels": None}, {"force": True}, "export_only_int8"),
        ({"onnx": Path("a"), "int8": Path("b/../a")}, {}, "export_same_file"),
    ],
)
def test_options_that_would_do_nothing_are_refused(
    files: dict[str, Path | None],
    options: dict[str, object],
    key: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OptionError) as refusal:
        exported(Path("missing.apprenti"), files, **options)
    assert refusal.value.key == key


def test_a_file_that_is_there_is_replaced_only_when_told(model: Path, tmp_path: Path) -> None:
    there = tmp_path / "labels.txt"
    there.write_text("mine", encoding="utf-8")
    with pytest.raises(OptionError, match="--overwrite"):
        exported(model, {"labels": there})
    assert there.read_text(encoding="utf-8") == "mine"
    exported(model, {"labels": there}, overwrite=True)
    assert there.read_text(encoding="utf-8") == "0\n1\n2\n3\n"


def test_the_model_itself_is_never_written_over(model: Path, tmp_path: Path) -> None:
    linked = tmp_path / "linked.onnx"
    linked.hardlink_to(model)
    with pytest.raises(OptionError) as refusal:
        exported(model, {"onnx": linked}, overwrite=True)
    assert refusal.value.key == "export_onto_model"
    assert open_model(linked).labels == LABELS


def test_a_place_that_cannot_be_written_is_refused_before_any_work(model: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError) as refusal:
        exported(model, {"labels": tmp_path / "l.txt", "onnx": tmp_path / "missing" / "a.onnx"})
    assert refusal.value.key == "folder_missing"
    assert list(tmp_path.iterdir()) == []


def test_a_foreign_file_and_photos_of_other_things_are_refused(
    model: Path, digits: Digits, tmp_path: Path
) -> None:
    foreign = tmp_path / "foreign.apprenti"
    foreign.write_bytes(b"no model")
    with pytest.raises(ModelFileError):
        exported(foreign, {"onnx": None})
    others = tmp_path / "photos" / "cat"
    others.mkdir(parents=True)
    (others / "1.png").write_bytes(digits.test[0].read_bytes())
    with pytest.raises(DataError) as refusal:
        exported(model, {"int8": tmp_path / "a.onnx"}, photos=tmp_path / "photos")
    assert refusal.value.key == "no_known_label"
    assert not (tmp_path / "a.onnx").exists()


def test_exports_lie_beside_the_model_under_its_name() -> None:
    names = [default_export_path(Path("models/hot.dogs.apprenti"), form).as_posix() for form in Format]
    assert names == ["models/hot.dogs.onnx", "models/hot.dogs.int8.onnx", "models/hot.dogs.labels.txt"]
    assert default_export_path(Path("model"), Format.ONNX) == Path("model.onnx")
