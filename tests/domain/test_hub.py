from __future__ import annotations

from pathlib import Path

import pytest

from apprenti.domain.errors import OptionError
from apprenti.domain.hub import HubAddress, HubFile, HubPin, backbone_choice, is_commit, read_address

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("hf:someone/vit", ("someone/vit", "", "")),
        ("hf:some-one_2/vit.b16-224", ("some-one_2/vit.b16-224", "", "")),
        ("hf:someone/vit@v1.2", ("someone/vit", "v1.2", "")),
        (f"hf:someone/vit@{COMMIT}/onnx/model.onnx", ("someone/vit", COMMIT, "onnx/model.onnx")),
        ("hf:someone/vit/model_fp16.onnx", ("someone/vit", "", "model_fp16.onnx")),
    ],
)
def test_an_address_is_read_and_written_the_same(text: str, parts: tuple[str, str, str]) -> None:
    address = read_address(text)
    assert (address.repo, address.revision, address.file) == parts
    assert str(address) == text


@pytest.mark.parametrize(
    "text",
    [
        "hf:",
        "hf:vit",
        "hf:/etc/passwd",
        "hf:../vit",
        "hf:someone/..",
        "hf:someone/../../etc/passwd",
        "hf:someone/vit/../../../x.onnx",
        "hf:someone/vit/..%2f..%2fx.onnx",
        "hf:someone/vit//x.onnx",
        "hf:someone/vit/.hidden.onnx",
        "hf:someone/vit/a\\..\\b.onnx",
        "hf:someone/vit/x.onnx\n",
        "hf:someone/vit/x.onnx\0",
        "hf:someone/vit@",
        "hf:someone/vit@../main",
        "hf:someone/vit@refs/pr/1/../x",
        "hf:someone/vit@a b",
        "hf:someone--else/vit",
        "hf:someone/vit?x=1",
        "hf:someone/vit#x",
        "hf:http://somewhere/vit",
        "hf:someone:password@host/vit",
        "hf:sömeone/vit",
        "hf:someone/" + "v" * 97,
        "hf:someone/vit/" + "a/" * 9 + "x.onnx",
    ],
)
def test_what_could_lead_elsewhere_is_no_address(text: str) -> None:
    with pytest.raises(OptionError) as refusal:
        backbone_choice(text)
    assert refusal.value.key == "hub_address"


def test_anything_else_is_a_file() -> None:
    assert backbone_choice("classic") == Path("classic")
    assert backbone_choice(Path("nets/vit.onnx")) == Path("nets/vit.onnx")
    assert backbone_choice("./hf:someone/vit") == Path("hf:someone/vit")
    assert isinstance(backbone_choice("hf:someone/vit"), HubAddress)


def test_a_pin_names_itself_for_good() -> None:
    file = HubFile(name="onnx/model.onnx", size_bytes=3, sha256="0" * 64)
    pin = HubPin(repo="someone/vit", commit=COMMIT, files=(file,), licence="mit")
    assert read_address(str(pin.address)) == pin.address
    assert is_commit(pin.address.revision)
    assert pin.name == "vit"


@pytest.mark.parametrize(
    "changes",
    [
        {"commit": "main"},
        {"repo": "../vit"},
        {"files": ()},
        {"files": (HubFile(name="../x", size_bytes=1, sha256=""),)},
    ],
)
def test_a_pin_that_somebody_wrote_by_hand_is_refused(changes: dict[str, object]) -> None:
    file = HubFile(name="model.onnx", size_bytes=3, sha256="0" * 64)
    values = {"repo": "someone/vit", "commit": COMMIT, "files": (file,), "licence": ""} | changes
    with pytest.raises(ValueError, match="HubPin"):
        HubPin(**values)  # type: ignore[arg-type]
