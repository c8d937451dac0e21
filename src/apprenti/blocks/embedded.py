"""The backbone that ships with the package, so that photos are seen well without a file from anywhere.

Made by ``pretrain/``; what it was made of, how and how good it is stands in ``pretrain/MODEL_CARD.md``. The network
is that of ``residual_graph``; it takes squares of any size, and a size is chosen from the data.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

from apprenti.blocks.backbone import Backbone
from apprenti.domain.backbone_name import PACKAGED

FILE = "embedded.onnx"
N_FEATURES = 1696
LEAST_SIZE_PX = 32


def load_embedded(size_px: int, *, file: Path | None = None) -> Backbone:
    """Return the packaged backbone for squares of ``size_px``.

    Args:
        size_px: side of the squares it looks at, a multiple of 32; larger ones show more and take longer.
        file: other weights of the same kind, for comparing them.

    Raises:
        ValueError: the size is not a multiple of 32.

    Example:
        >>> load_embedded(96).name
        'embedded.v2-96'
    """
    if size_px < LEAST_SIZE_PX or size_px % LEAST_SIZE_PX:
        raise ValueError(f"expected a multiple of {LEAST_SIZE_PX} px, got {size_px}")
    return Backbone(
        name=f"{PACKAGED}-{size_px}",
        graph=_packaged() if file is None else file.read_bytes(),
        size_px=size_px,
        fit="squash",
        n_features=N_FEATURES,
        has_feature_map=True,
        licence="Apache-2.0",
        source="apprenti",
    )


@cache
def _packaged() -> bytes:
    return files("apprenti.blocks").joinpath("weights", FILE).read_bytes()
