"""A minute of mixed load on the real server: no error, and its memory stays what it was."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.blocks.models import a_model_file

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
import endurance

SECONDS = 60


def photo(seed: int) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 256, (48, 64, 3), np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).resize((320, 240)).save(out, "JPEG")
    return out.getvalue()


@pytest.mark.slow
@pytest.mark.timeout(SECONDS + 120)
def test_a_minute_of_mixed_load_ends_without_an_error_and_takes_no_memory(tmp_path: Path) -> None:
    came = endurance.endure(a_model_file(tmp_path), [photo(seed) for seed in range(20)], seconds=SECONDS)
    assert came.wrong == []
    assert came.statuses.total() > 200
    assert came.growth < 1.15
