"""Row 10: a decoder written in C writes where it should not, or takes all memory there is.

Bitten: Pillow CVE-2026-112403, a heap overflow in its JPEG decoder. Expected: a version without it; decoding in a
process with limits, which leaves no core file.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FIRST_WITHOUT_THE_HOLE = (13, 0)


def numbers(written: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", written)[:2])


def test_no_pillow_with_a_known_hole_in_an_accepted_decoder_can_be_installed() -> None:
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    (pillow,) = (one for one in wanted if one.startswith("pillow"))
    assert pillow.startswith("pillow>=")
    assert numbers(pillow) >= FIRST_WITHOUT_THE_HOLE
    assert numbers(version("pillow")) >= FIRST_WITHOUT_THE_HOLE


@pytest.mark.skipif(sys.platform != "linux", reason="the limits are those of Linux")
def test_a_photo_that_takes_too_much_is_one_refusal_and_the_process_answers_the_next() -> None:
    code = """
import io, resource
from PIL import Image
from apprenti.blocks.reencoding import reencoded
from apprenti.domain.errors import ApprentiError
from apprenti.engine.limits import limit_this_process

def photo(side):
    buffer = io.BytesIO()
    Image.new("1", (side, side)).save(buffer, "PNG")
    return buffer.getvalue()

large, small = photo(9_900), photo(90)
limit_this_process(memory_mb=150, n_files=64)
try:
    reencoded(large, "large.png")
except (ApprentiError, MemoryError) as error:
    print("refused")
print(len(reencoded(small, "small.png")) > 50, resource.getrlimit(resource.RLIMIT_CORE))
"""
    environment = {"PYTHONPATH": str(ROOT / "src"), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["refused", "True (0, 0)"]
