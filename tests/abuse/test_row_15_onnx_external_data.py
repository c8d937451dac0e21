"""Row 15: an ONNX file says that its weights lie in another file, and reads whatever file it names.

Bitten: CVE-2026-27489. Expected: refused; networks are loaded from bytes.
"""

from __future__ import annotations

from pathlib import Path

import onnx
import pytest
from onnx import external_data_helper
from tests.abuse.source import calls
from tests.blocks.models import resealed
from tests.blocks.networks import a_network, saved
from tests.blocks.test_artifact import model_file, refusal_of, with_members

from apprenti.blocks.artifact import unpack
from apprenti.blocks.onnx_backbone import load_backbone
from apprenti.domain.errors import BackboneError

ELSEWHERE = ["../../etc/passwd", "/etc/passwd", "weights.bin", "file:///etc/passwd", ""]


def varint(number: int, padding: int = 0) -> bytes:
    """A number as Protocol Buffers write it, in more bytes than it needs: readers take both."""
    written = bytearray()
    while number > 0x7F:
        written.append(number & 0x7F | 0x80)
        number >>= 7
    written.append(number)
    if padding:
        written[-1] |= 0x80
        written += b"\x80" * (padding - 1) + b"\0"
    return bytes(written)


def field(number: int, content: bytes, padding: int = 0) -> bytes:
    return varint(number << 3 | 2, padding) + varint(len(content), padding) + content


def with_hidden_tensor(graph: bytes, padding: int) -> bytes:
    """A model and behind it, to be merged into it, one more constant that lies elsewhere."""
    entry = field(1, b"location", padding) + field(2, b"../../etc/passwd")
    tensor = b"\x08\x01\x10\x01" + field(8, b"hidden") + field(13, entry) + b"\x70\x01"  # one float32
    return graph + field(7, field(5, tensor))


@pytest.mark.parametrize("place", ELSEWHERE)
def test_a_backbone_whose_weights_lie_elsewhere_is_refused(tmp_path: Path, place: str) -> None:
    model = a_network()
    for tensor in model.graph.initializer:
        external_data_helper.set_external_data(tensor, place)
        tensor.ClearField("raw_data")
    (tmp_path / "weights.bin").write_bytes(bytes(100_000))
    with pytest.raises(BackboneError) as caught:
        load_backbone(saved(model, tmp_path))
    assert caught.value.key == "backbone_external_data"


@pytest.mark.parametrize("padding", [0, 1, 3])
def test_no_spelling_of_it_passes_in_a_backbone_or_in_a_model_file(tmp_path: Path, padding: int) -> None:
    graph = with_hidden_tensor(unpack(model_file()).graph, padding)
    hidden = onnx.load_model_from_string(graph).graph.initializer[-1]
    assert hidden.data_location == onnx.TensorProto.EXTERNAL  # a reader does find it
    assert hidden.external_data[0].value == "../../etc/passwd"
    assert refusal_of(resealed(with_members({"model.onnx": graph}))) == "model_malformed"

    path = tmp_path / "tiny.onnx"
    path.write_bytes(with_hidden_tensor(a_network().SerializeToString(), padding))
    with pytest.raises(BackboneError) as caught:
        load_backbone(path)
    assert caught.value.key == "backbone_external_data"


def test_a_network_with_a_part_called_location_is_none_of_those() -> None:
    model = onnx.load_model_from_string(unpack(model_file()).graph)
    model.graph.node[0].name = "location"
    model.graph.doc_string = "predicts a location"
    graph = model.SerializeToString()
    assert unpack(resealed(with_members({"model.onnx": graph}))).graph == graph


def test_sessions_are_opened_from_bytes_in_one_place_only() -> None:
    opened = {place.partition(":")[0] for place, called, _ in calls() if called.endswith("InferenceSession")}
    loaders = ("onnx.load", "onnx.load_model", "onnx.load_external_data_for_model")
    loaded = [place.partition(":")[0] for place, called, _ in calls() if called in loaders]
    assert opened == {"blocks/session.py"}
    assert loaded == ["blocks/quantising.py"]  # what it has just written into its own folder
