"""Row 13: a pickle is uploaded as a model or as data, and runs when it is loaded.

Bitten: BentoML CVE-2025-27520, Ludwig CVE-2026-31237. Expected: no upload is ever unpickled.
"""

from __future__ import annotations

import ast
import io
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
from tests.abuse.source import calls, imports
from tests.stages.ingest.photos import png, read, write

from apprenti.blocks.artifact import unpack
from apprenti.blocks.decoding import look
from apprenti.blocks.onnx_backbone import load_backbone
from apprenti.domain.errors import ApprentiError, ItemError


class Bomb:
    def __reduce__(self) -> tuple[object, ...]:
        return (pytest.fail, ("the pickle was opened",))


def bombs() -> dict[str, bytes]:
    array = io.BytesIO()
    np.save(array, np.array([Bomb()], dtype=object), allow_pickle=True)
    torch_like = io.BytesIO()
    with zipfile.ZipFile(torch_like, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps(Bomb()))
    return {"pickle": pickle.dumps(Bomb()), "numpy": array.getvalue(), "torch": torch_like.getvalue()}


@pytest.mark.parametrize("kind", ["pickle", "numpy", "torch"])
def test_a_pickle_is_refused_as_a_model_a_backbone_a_photo_and_a_data_set(tmp_path: Path, kind: str) -> None:
    data = bombs()[kind]
    with pytest.raises(ApprentiError):
        unpack(data)
    with pytest.raises(ApprentiError):
        load_backbone(write(tmp_path / "backbone.onnx", data))
    with pytest.raises(ItemError):
        look(data, item="a.jpg")
    for ending in ("pkl", "csv", "parquet", "zip", "npy"):
        with pytest.raises(ApprentiError):
            read(write(tmp_path / f"data.{ending}", data))


def test_a_pickle_among_photos_is_set_aside_unread(tmp_path: Path) -> None:
    for n in range(24):
        write(tmp_path / "data" / ("cat" if n % 2 else "dog") / f"{n}.png", png(n))
    write(tmp_path / "data" / "cat" / "evil.png", pickle.dumps(Bomb()))
    dataset = read(tmp_path / "data")
    assert [one.name for one in dataset.set_aside] == ["cat/evil.png"]


def test_no_file_of_the_package_unpickles_but_the_pipe_between_its_own_processes() -> None:
    loaders = {"pickle", "cPickle", "dill", "joblib", "cloudpickle", "shelve", "marshal", "jsonpickle"}
    users = {file for file, name in imports() if name.partition(".")[0] in loaders}
    assert users == {"engine/child.py", "engine/wire.py"}


def test_every_array_is_loaded_with_pickles_refused() -> None:
    loads = [(place, node) for place, called, node in calls() if called in ("np.load", "numpy.load")]
    assert loads
    for place, node in loads:
        options = {option.arg: ast.unparse(option.value) for option in node.keywords}
        assert options.get("allow_pickle", "False") == "False", place
    assert [place for place, called, _ in calls() if called.endswith(".read_pickle")] == []
