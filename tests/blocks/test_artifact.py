from __future__ import annotations

import hashlib
import io
import json
import pickle
import struct
import zipfile
import zlib
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from tests.blocks.models import (
    a_manifest,
    a_model_file,
    an_assembled_graph,
    members_of,
    resealed,
    with_digests,
)
from tests.blocks.networks import noise

from apprenti.blocks import artifact
from apprenti.blocks.artifact import pack, unpack
from apprenti.domain.errors import ModelFileError
from apprenti.stages.predict import Predictor


@cache
def model_file() -> bytes:
    with TemporaryDirectory() as folder:
        return a_model_file(Path(folder))


def with_members(changes: dict[str, bytes]) -> dict[str, bytes]:
    return with_digests(members_of(model_file()) | changes)


def refusal_of(data: bytes) -> str:
    with pytest.raises(ModelFileError) as refusal:
        unpack(data)
    assert refusal.value.said("fr") != refusal.value.said("en")
    return refusal.value.key


def test_what_was_packed_comes_out_again(tmp_path: Path) -> None:
    graph, report = an_assembled_graph(tmp_path), {"labels": ["a", "é"], "scores": None}
    opened = unpack(pack(manifest=a_manifest(), graph=graph, report=report, golden_pixels=noise(5)))
    assert opened.graph == graph
    assert opened.report == report
    assert np.array_equal(opened.golden.pixels, noise(5)[:3])
    assert opened.golden.answers.shape == (3, 3)
    assert opened.manifest.outputs == ("probabilities", "embedding", "distance", "feature_map")
    assert replace(opened.manifest, sha256={}, outputs=()) == replace(a_manifest(), outputs=())
    assert set(opened.manifest.sha256) == {
        "model.onnx", "report.json", "golden/expected.json", "seen.bin", "golden/0.png", "golden/1.png", "golden/2.png",
    }  # fmt: skip


def test_a_model_remembers_the_photos_it_learnt_from_and_no_others(tmp_path: Path) -> None:
    hashes = [hashlib.sha256(bytes([number])).hexdigest() for number in range(20)]
    graph = an_assembled_graph(tmp_path)
    data = pack(manifest=a_manifest(), graph=graph, report={}, golden_pixels=noise(1), seen=hashes[:10])
    predictor = Predictor.open(data)
    assert [predictor.has_seen(content_hash) for content_hash in hashes] == [True] * 10 + [False] * 10


def test_a_model_file_is_a_plain_zip(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(model_file())) as archive:
        assert archive.testzip() is None
        assert archive.namelist()[0] == "manifest.json"
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_same_model_gives_the_same_bytes(tmp_path: Path) -> None:
    assert a_model_file(tmp_path) == model_file()


def test_any_flipped_byte_is_refused() -> None:
    data = model_file()
    places = [*range(0, len(data), len(data) // 150), *range(len(data) - 120, len(data))]
    for place in places:
        flipped = bytearray(data)
        flipped[place] ^= 1
        assert refusal_of(bytes(flipped)) in ("model_altered", "model_truncated")


def test_any_shorter_file_is_refused() -> None:
    data = model_file()
    for length in range(100, len(data), len(data) // 50):
        assert refusal_of(data[:length]) == "model_truncated"
    assert refusal_of(data[:-1]) == "model_truncated"


def test_a_longer_file_is_refused() -> None:
    assert refusal_of(model_file() + b"\0") == "model_truncated"
    assert refusal_of(b"\0" + model_file()) == "model_altered"


@pytest.mark.parametrize(
    "data",
    [b"", b"PK", b"{}", pickle.dumps([1, 2]), resealed({"data.pkl": b"x"})[:-80], bytes(1000)],
    ids=["empty", "short", "json", "pickle", "other-zip", "zeros"],
)
def test_a_foreign_file_is_refused(data: bytes) -> None:
    assert refusal_of(data) == "model_foreign"


def test_a_pickle_inside_is_never_opened() -> None:
    class Bomb:
        def __reduce__(self) -> tuple[object, ...]:
            return (pytest.fail, ("the pickle was opened",))

    for name in ("manifest.json", "report.json", "model.onnx", "golden/0.png"):
        bombed = with_members({"model.onnx": b""}) | {name: pickle.dumps(Bomb())}
        assert refusal_of(resealed(bombed)) in ("model_malformed", "model_altered")


@pytest.mark.parametrize(
    "name", ["../evil", "/etc/passwd", "C:\\evil", "golden/../../evil", "golden/3.png", "model.onnx/"]
)
def test_a_member_by_any_other_name_is_refused_and_nothing_is_written(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    members = members_of(model_file())
    members[name] = members.pop("golden/2.png")
    assert refusal_of(resealed(members)) == "model_malformed"
    assert list(tmp_path.rglob("*")) == []


def test_compressed_members_are_refused_so_nothing_can_inflate() -> None:
    members = with_members({"report.json": json.dumps({"x": " " * 50_000_000}).encode()})
    bomb = resealed(members, compression=zipfile.ZIP_DEFLATED)
    assert len(bomb) < 1_000_000
    assert refusal_of(bomb) == "model_malformed"


def test_a_member_past_its_cap_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(artifact, "MAX_JSON_BYTES", 3000)
    assert refusal_of(resealed(with_members({"report.json": b'"' + b" " * 5000 + b'"'}))) == "model_malformed"


def test_a_file_past_its_cap_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(artifact, "MAX_FILE_BYTES", 1000)
    assert refusal_of(model_file()) == "model_too_large"


def test_a_list_of_very_many_members_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    members = members_of(model_file())
    assert refusal_of(resealed(members | {f"{i}": b"" for i in range(500)})) == "model_malformed"
    monkeypatch.setattr(
        zipfile, "ZIP_FILECOUNT_LIMIT", 5
    )  # writes the records of a larger zip, which overrule
    larger = resealed(members)
    assert b"PK\x06\x07" in larger
    assert refusal_of(larger) == "model_malformed"


def test_a_newer_format_is_refused_with_the_advice_to_update() -> None:
    members = members_of(model_file())
    members["manifest.json"] = b'{"format_version": 3, "what": "ever"}'
    with pytest.raises(ModelFileError, match="update Apprenti") as refusal:
        unpack(resealed(members))
    assert refusal.value.key == "model_too_new"


@pytest.mark.parametrize(
    "changes",
    [
        {"manifest.json": b"[]"},
        {"manifest.json": b"{"},
        {"manifest.json": b'{"format_version": 1}'},
        {"manifest.json": b"[" * 100_000},
        {"report.json": b"[]"},
        {"golden/expected.json": b'{"probabilities": [[0.5]], "distances": [1]}'},
        {"golden/0.png": b"not a picture"},
    ],
    ids=str,
)
def test_members_of_the_wrong_shape_are_refused(changes: dict[str, bytes]) -> None:
    is_manifest = "manifest.json" in changes
    members = members_of(model_file()) | changes if is_manifest else with_members(changes)
    assert refusal_of(resealed(members)) == "model_malformed"


def test_a_member_that_is_not_the_one_the_manifest_names_is_refused() -> None:
    members = members_of(model_file())
    members["model.onnx"] += b"\0"
    assert refusal_of(resealed(members)) == "model_altered"


@pytest.mark.parametrize("side", [40, 60_000])
def test_a_golden_picture_of_another_size_is_refused_by_its_header(side: int) -> None:
    header = struct.pack(">4sIIBBBBB", b"IHDR", side, side, 8, 2, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    assert refusal_of(resealed(with_members({"golden/0.png": png}))) == "model_malformed"


def test_a_graph_with_weights_in_another_file_is_refused() -> None:
    import onnx
    from onnx import external_data_helper

    model = onnx.load_model_from_string(unpack(model_file()).graph)
    external_data_helper.set_external_data(model.graph.initializer[0], "../../etc/passwd")
    assert refusal_of(resealed(with_members({"model.onnx": model.SerializeToString()}))) == "model_malformed"


def test_packing_wants_golden_pixels_of_the_canvas(tmp_path: Path) -> None:
    graph = an_assembled_graph(tmp_path)
    for pixels in (noise(0), noise(3, 20)):
        with pytest.raises(ValueError, match="golden_pixels"):
            pack(manifest=a_manifest(), graph=graph, report={}, golden_pixels=pixels)
