from __future__ import annotations

from pathlib import Path

import pytest

from apprenti.domain.hub import HubFile, HubPin, read_address
from apprenti.store import keep_pin, read_pin

PIN = HubPin(
    repo="someone/vit",
    commit="0123456789abcdef0123456789abcdef01234567",
    files=(HubFile(name="model.onnx", size_bytes=3, sha256="0" * 64),),
    licence="mit",
)
ADDRESS = read_address("hf:someone/vit@main")


def test_a_pin_is_found_under_the_address_asked_for_and_under_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "pins"
    assert read_pin(folder, ADDRESS) is None
    keep_pin(folder, ADDRESS, PIN)
    assert read_pin(folder, ADDRESS) == PIN
    assert read_pin(folder, PIN.address) == PIN
    assert read_pin(folder, read_address("hf:someone/vit")) is None


@pytest.mark.parametrize("damage", ["{", "[]", "\x00", "../model.onnx"])
def test_a_damaged_record_counts_as_none(tmp_path: Path, damage: str) -> None:
    keep_pin(tmp_path, ADDRESS, PIN)
    for path in tmp_path.iterdir():
        path.write_text(path.read_text().replace("model.onnx", damage) if "model" in damage else damage)
    assert read_pin(tmp_path, ADDRESS) is None


def test_a_record_of_another_repository_counts_as_none(tmp_path: Path) -> None:
    keep_pin(tmp_path, ADDRESS, PIN)
    for path in tmp_path.iterdir():
        path.write_text(path.read_text().replace("someone/vit", "another/vit"))
    assert read_pin(tmp_path, ADDRESS) is None
