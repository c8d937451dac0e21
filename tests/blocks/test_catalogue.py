from __future__ import annotations

import subprocess
import sys

import pytest

from apprenti.blocks.catalogue import BLOCKS, resolve
from apprenti.domain.errors import OptionError


@pytest.mark.parametrize("name", BLOCKS)
def test_every_name_leads_to_a_function_and_carries_a_version(name: str) -> None:
    assert callable(resolve(name))
    assert name.rpartition(".v")[2].isdecimal()


def test_an_unknown_name_is_refused_with_those_there_are() -> None:
    with pytest.raises(OptionError, match=r"called magic\.v1.*ridge\.v1"):
        resolve("magic.v1")


def test_blocks_load_no_heavy_library_before_they_are_fitted() -> None:
    code = (
        "import sys; from apprenti.blocks.catalogue import BLOCKS, resolve; "
        "[resolve(name) for name in BLOCKS]; import apprenti.blocks.pipeline, apprenti.blocks.familiarity; "
        "print([name for name in ('onnx', 'sklearn', 'scipy', 'onnxruntime') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
