"""The ``.apprenti`` file: a zip of ``manifest.json``, ``model.onnx``, ``report.json`` and ``golden/``.

Every byte is under a seal, the SHA-256 of the whole file in the zip's comment, so that a truncated or altered
file is refused before anything in it is looked at. A seal proves integrity, not origin, so what lies under it
is not trusted either: members are stored uncompressed (nothing can inflate), named one by one, and capped.
Nothing is ever unpacked to disk, and nothing in it is a pickle. Layout, member by member:

- ``manifest.json``: a ``domain.manifest.Manifest``.
- ``model.onnx``: pixels uint8 [N,S,S,3] → ``probabilities`` or ``value``, ``embedding``, ``distance``,
  ``feature_map``.
- ``report.json``: a ``domain.report.Report``.
- ``seen.bin``: 8 bytes of the SHA-256 of every photo learnt from, sorted, so that none is scored as if unseen.
- ``golden/0.png`` …: canvases of pixels, lossless, and ``golden/expected.json``: what must come out for them.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import struct
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.session import open_session
from apprenti.domain.errors import ModelFileError
from apprenti.domain.json_form import from_json, to_json
from apprenti.domain.manifest import FORMAT_VERSION, Manifest

SUFFIX = ".apprenti"
N_GOLDEN = 3
MAX_FILE_BYTES = 1_000_000_000
MAX_JSON_BYTES = 64_000_000
SEEN_BYTES = 8
MAX_SEEN_BYTES = 80_000_000
_MANIFEST, _GRAPH, _REPORT, _EXPECTED = "manifest.json", "model.onnx", "report.json", "golden/expected.json"
_SEEN = "seen.bin"
_PICTURES = tuple(f"golden/{i}.png" for i in range(N_GOLDEN))
_EXPECTED_AS = {"probabilities": "probabilities", "value": "values"}
"""What golden answers are called, by the name of the graph's output."""
_SEAL_START = b"apprenti sha256="
_SEAL_BYTES = len(_SEAL_START) + 64
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest a zip can tell: the same content is the same bytes
_EXTERNAL_DATA = b"location"
_AS_A_KEY = re.compile(rb"(?:\x0a|\x8a\x80*\x00)(?:\x08|\x88\x80*\x00)\Z")
"""Field 1, 8 letters long, as Protocol Buffers write it before the letters: in the shortest form, or padded."""
_LONGEST_KEY_BYTES = 20
"""How ONNX names the file of weights kept elsewhere: told from the bytes, so as to need no parser."""

_END_RECORD = struct.Struct("<4s6xH10x")  # end of central directory: signature, number of members


@dataclass(frozen=True, slots=True, kw_only=True)
class Golden:
    """Inputs and the outputs that must come out for them wherever the model is loaded.

    Args:
        pixels: uint8 [n,S,S,3].
        answers: float32 [n,K] probabilities, or [n] numbers.
        distances: float32 [n].
    """

    pixels: NDArray[np.uint8]
    answers: NDArray[np.float32]
    distances: NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """What is in a model file.

    Args:
        manifest: what the model says about itself.
        graph: serialized ONNX model.
        report: JSON data of a ``domain.report.Report``.
        golden: what the graph must answer.
        seen: [n] uint64, sorted; the first 8 bytes of the content hash of every photo learnt from.
    """

    manifest: Manifest
    graph: bytes
    report: Mapping[str, Any]
    golden: Golden
    seen: NDArray[np.uint64]


def pack(
    *,
    manifest: Manifest,
    graph: bytes,
    report: Mapping[str, Any],
    golden_pixels: NDArray[np.uint8],
    seen: Iterable[str] = (),
) -> bytes:
    """Return a model file; the same arguments give the same bytes.

    Args:
        manifest: its ``sha256`` and ``outputs`` are filled in here.
        graph: the assembled ONNX model.
        report: JSON data of the report.
        golden_pixels: uint8 [n,S,S,3], photos as the graph takes them; the first three are kept.
        seen: content hashes (hex) of the photos learnt from.

    Raises:
        ValueError: no golden pixels, or not of the manifest's canvas.
    """
    golden_pixels = golden_pixels[:N_GOLDEN]
    side = manifest.canvas.size_px
    if not len(golden_pixels) or golden_pixels.shape[1:] != (side, side, 3):
        raise ValueError(f"golden_pixels is {golden_pixels.shape}, expected [1 to 3, {side}, {side}, 3]")
    session = open_session(graph)
    answers, distances = session.run([manifest.answer, "distance"], {"pixels": golden_pixels})
    expected = {_EXPECTED_AS[manifest.answer]: answers.tolist(), "distances": distances.tolist()}
    members = {
        _GRAPH: graph,
        _REPORT: _json(report),
        _EXPECTED: _json(to_json(expected)),
        _SEEN: b"".join(sorted(bytes.fromhex(content_hash)[:SEEN_BYTES] for content_hash in seen)),
        **{name: _png(pixels) for name, pixels in zip(_PICTURES, golden_pixels, strict=False)},
    }
    manifest = replace(
        manifest,
        outputs=tuple(output.name for output in session.get_outputs()),
        sha256=_digests(members),
    )
    return _sealed({_MANIFEST: _json(to_json(manifest)), **members})


def unpack(data: bytes) -> Artifact:
    """Return what is in a model file, having checked every byte of it.

    Raises:
        ModelFileError: foreign, truncated, altered, too large, or written by a newer Apprenti.
    """
    if len(data) > MAX_FILE_BYTES:
        raise ModelFileError("model_too_large", limit=MAX_FILE_BYTES // 1_000_000)
    _check_seal(data)
    try:
        return _read(data)
    except ModelFileError:
        raise
    except Exception as error:  # under a valid seal: somebody built it wrong on purpose
        raise ModelFileError("model_malformed", detail=str(error)[:200]) from error


def _check_seal(data: bytes) -> None:
    """Refuse what is not, to the last byte, what was sealed; say which accident it looks like."""
    seal = data[-_SEAL_BYTES:]
    if seal.startswith(_SEAL_START):
        if seal != _seal(data[:-_SEAL_BYTES]):
            raise ModelFileError("model_altered")
    elif data[30:43] == _MANIFEST.encode():  # a zip names its first member there: the end is what is missing
        raise ModelFileError("model_truncated")
    else:
        raise ModelFileError("model_foreign")


def _read(data: bytes) -> Artifact:
    n_members = _n_members(data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        manifest_data = json.loads(_member(archive, _MANIFEST, MAX_JSON_BYTES))
        version = manifest_data["format_version"]
        if version > FORMAT_VERSION:  # before anything else of it is judged by today's rules
            raise ModelFileError("model_too_new", version=int(version), known=FORMAT_VERSION)
        manifest = from_json(Manifest, manifest_data)
        names = [_MANIFEST, _GRAPH, _REPORT, _EXPECTED, _SEEN, *_PICTURES[: n_members - 5]]
        if archive.namelist() != names:
            raise ValueError(f"members are {archive.namelist()[:20]}, expected {names}")
        members = {name: _member(archive, name, _cap(name)) for name in names[1:]}
    if manifest.sha256 != _digests(members):
        raise ModelFileError("model_altered")
    if _names_another_file(members[_GRAPH]):  # ONNX Runtime would go and look for it
        raise ValueError("weights in another file")
    pictures = [_pixels(data, manifest.canvas.size_px) for name, data in members.items() if name in _PICTURES]
    return Artifact(
        manifest=manifest,
        graph=members[_GRAPH],
        report=_as_object(json.loads(members[_REPORT])),
        golden=_golden(np.stack(pictures), json.loads(members[_EXPECTED]), manifest),
        seen=np.frombuffer(members[_SEEN], dtype=">u8").astype(np.uint64),
    )


def _names_another_file(graph: bytes) -> bool:
    """Return whether ``graph`` keeps weights elsewhere, told from its bytes so as to need no parser."""
    at = graph.find(_EXTERNAL_DATA)
    while at >= 0:
        if _AS_A_KEY.search(graph[max(0, at - _LONGEST_KEY_BYTES) : at]):
            return True
        at = graph.find(_EXTERNAL_DATA, at + 1)
    return False


def _n_members(data: bytes) -> int:
    """Return the number of members, before a list of millions could fill the memory.

    The record at the end has a fixed place, since the comment behind it has a fixed length. The marker of a
    larger zip (zip64), which would stand 20 bytes before it and overrule it, is not accepted.
    """
    end = len(data) - _SEAL_BYTES - _END_RECORD.size
    signature, n_members = _END_RECORD.unpack_from(data, end)
    if signature != b"PK\x05\x06" or data[end - 20 : end - 16] == b"PK\x06\x07":
        raise ValueError("not a plain zip")
    if not 6 <= n_members <= 5 + N_GOLDEN:
        raise ValueError(f"{n_members} members, expected 6 to {5 + N_GOLDEN}")
    return int(n_members)


def _member(archive: zipfile.ZipFile, name: str, max_bytes: int) -> bytes:
    entry = archive.getinfo(name)
    if entry.compress_type != zipfile.ZIP_STORED or entry.file_size > max_bytes:
        raise ValueError(f"{name} is compressed or larger than {max_bytes} bytes")
    return archive.read(entry)


def _cap(name: str) -> int:
    if name == _SEEN:
        return MAX_SEEN_BYTES
    return MAX_JSON_BYTES if name.endswith(".json") else MAX_FILE_BYTES


def _golden(pixels: NDArray[np.uint8], expected: Mapping[str, Any], manifest: Manifest) -> Golden:
    answers = np.asarray(expected[_EXPECTED_AS[manifest.answer]], dtype=np.float32)
    distances = np.asarray(expected["distances"], dtype=np.float32)
    n, n_labels = len(pixels), len(manifest.labels)
    if answers.shape != ((n, n_labels) if n_labels else (n,)) or distances.shape != (n,):
        raise ValueError(f"{_EXPECTED} does not fit {n} pictures and {n_labels} labels")
    return Golden(pixels=pixels, answers=answers, distances=distances)


def _png(pixels: NDArray[np.uint8]) -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def _pixels(png: bytes, side: int) -> NDArray[np.uint8]:
    """Return uint8 [side,side,3]; the size is judged from the header, before a pixel is decoded."""
    from PIL import Image

    with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
        if image.size != (side, side) or image.mode != "RGB":
            raise ValueError(f"a golden picture is {image.size} {image.mode}, expected {side} x {side} RGB")
        return np.asarray(image)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _as_object(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{_REPORT} is not a JSON object")
    return value


def _digests(members: Mapping[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(data).hexdigest() for name, data in members.items()}


def _sealed(members: Mapping[str, bytes]) -> bytes:
    """Return the zip of ``members`` in their order, nothing in it depending on the day or the machine."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, data in members.items():
            entry = zipfile.ZipInfo(name, date_time=_EPOCH)
            entry.create_system = 3  # else it tells whether Windows wrote it
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
        archive.comment = bytes(_SEAL_BYTES)  # its length is under the seal too
    head = buffer.getvalue()[:-_SEAL_BYTES]
    return head + _seal(head)


def _seal(head: bytes) -> bytes:
    return _SEAL_START + hashlib.sha256(head).hexdigest().encode()
