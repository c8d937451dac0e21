"""Row 16: YAML makes objects, or a small document of any kind makes a large one.

Bitten: AutoGluon GHSA-6h2x-4gjf-jc5w. Expected: a safe loader or JSON, size capped. Here: no YAML at all.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.abuse.source import imports
from tests.blocks.models import resealed
from tests.blocks.networks import a_network, saved
from tests.blocks.test_artifact import refusal_of, with_members

from apprenti.blocks import artifact
from apprenti.blocks.onnx_backbone import MAX_CARD_BYTES, load_backbone
from apprenti.blocks.preprocessor import read_preprocessing
from apprenti.domain.errors import BackboneError, KnowledgeFileError
from apprenti.store import read_export

DEEP = b"[" * 200_000
YAML = b"!!python/object/apply:os.system ['echo pwned']\n"


def test_nothing_in_the_package_reads_yaml_or_xml_or_makes_objects_by_name() -> None:
    readers = {"yaml", "ruamel", "xml", "lxml", "plistlib", "configparser", "jsonpickle"}
    assert [(file, name) for file, name in imports() if name.partition(".")[0] in readers] == []


@pytest.mark.parametrize("data", [YAML, DEEP, b'{"a": NaN', b"\xff\xfe"])
def test_a_description_of_a_network_that_is_no_plain_json_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(BackboneError):
        read_preprocessing(data, item="a")
    path = saved(a_network(), tmp_path)
    path.with_name("tiny.onnx.json").write_bytes(data[: MAX_CARD_BYTES - 1])
    with pytest.raises(BackboneError):
        load_backbone(path)


def test_a_description_past_its_cap_is_not_read(tmp_path: Path) -> None:
    path = saved(a_network(), tmp_path)
    path.with_name("tiny.onnx.json").write_bytes(b" " * (MAX_CARD_BYTES + 1) + b"{}")
    with pytest.raises(BackboneError) as caught:
        load_backbone(path)
    assert caught.value.key == "backbone_too_large"


@pytest.mark.parametrize("member", ["report.json", "golden/expected.json"])
@pytest.mark.parametrize("data", [YAML, DEEP, b"[1]"])
def test_a_document_inside_a_model_file_that_is_not_what_it_should_be_is_refused(
    member: str, data: bytes
) -> None:
    assert refusal_of(resealed(with_members({member: data}))) == "model_malformed"


def test_a_document_inside_a_model_file_past_its_cap_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    large = json.dumps({"a": "b" * 200_000}).encode()
    changed = resealed(with_members({"report.json": large}))
    monkeypatch.setattr(artifact, "MAX_JSON_BYTES", 100_000)
    assert refusal_of(changed) == "model_malformed"


@pytest.mark.parametrize("data", [YAML, DEEP, b"a" * 70 * 2**20])
def test_knowledge_that_is_no_plain_json_or_too_large_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "knowledge"
    path.write_bytes(data)
    with pytest.raises(KnowledgeFileError):
        list(read_export(path))
